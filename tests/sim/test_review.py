"""A tenant whose two addresses are listed in one week, in a whole engine."""

from engine.commands.ip import RegisterIp
from engine.commands.tenant import EndReview
from engine.events.alert import AlertFired
from engine.events.effect import EffectRefused, EffectStuck
from engine.events.ip import IpStopped, StageEntered
from engine.events.tenant import ReviewBegan
from engine.projections.ips import IPS
from engine.rules.dnsbl import question
from engine.values.phase import Phase
from tests.support.acme import BESIDE, acme
from tests.support.spec import ACME, IP, NODE, PURPOSE, ZEN, day
from tests.support.world import MAIN, World, virtually


async def begun() -> World:
    world = await acme()
    for ip in (IP, BESIDE):
        await world.ask(RegisterIp(ip=ip, node=NODE, purpose=PURPOSE, instance=MAIN))
    return world


def phases(world: World) -> set[Phase]:
    return {world.last.views.get(IPS, f"{ACME}/{ip}").phase for ip in (IP, BESIDE)}


def test_two_listings_in_a_week_stop_every_start_until_an_admin_ends_the_review() -> None:
    async def lived() -> tuple[World, list[set[Phase]], int]:
        world = await begun()
        await world.run(day(3))
        seen = [phases(world)]
        for n, ip in ((3, IP), (5, BESIDE)):
            world.lists.v4[question(ip, ZEN)] = ("127.0.0.2",)
            await world.run(day(n + 1))
            del world.lists.v4[question(ip, ZEN)]
        seen.append(phases(world))
        await world.run(day(12))
        seen.append(phases(world))
        before = len(await world.happened(StageEntered))
        end = EndReview(slug=ACME, reason="the list was cleaned", addresses=(IP, BESIDE))
        await world.ask(end)
        await world.run(day(13))
        seen.append(phases(world))
        return world, seen, before

    world, seen, before = virtually(lived)
    assert seen[0] == {Phase.WARMING}
    story = world.log_story
    stops = [one.event.ip for one in story if isinstance(one.event, IpStopped)]
    assert stops == [IP, BESIDE]
    (began,) = [one.event for one in story if isinstance(one.event, ReviewBegan)]
    assert (began.why, began.ips, began.addresses) == ("listings", (IP, BESIDE), (IP, BESIDE))
    assert Phase.STANDBY in seen[2]
    after = [one for one in story if isinstance(one.event, StageEntered)]
    assert len(after) > before, "what is clean starts once the review is ended"
    assert not [one for one in story if isinstance(one.event, EffectStuck | EffectRefused)]
    fired = [one.event.alert for one in story if isinstance(one.event, AlertFired)]
    assert [one for one in fired if "/review/" in one] == ["acme/review/acme#1"]
