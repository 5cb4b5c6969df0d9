"""Two addresses under one quota, in a whole engine."""

from datetime import timedelta

from engine.commands.tenant import ChangeTenant
from engine.events.alert import AlertFired
from engine.events.effect import EffectRefused, EffectStuck
from engine.events.ip import StageEntered
from engine.projections.quotas import QUOTAS
from tests.support.acme import BESIDE, acme
from tests.support.spec import ACME, NODE, day
from tests.support.world import MAIN, World, virtually


async def begun(quota: int) -> World:
    world = await acme(quota=quota)
    await world.warm_up()
    await world.run(day(3))
    await world.warm_up(BESIDE)
    return world


def rates(world: World) -> dict[str, int]:
    running = world.node.host(NODE).running
    return {name: int(one.rate.removesuffix("/d")) for name, one in running.items()}


def test_the_caps_of_a_tenant_stay_within_its_quota_on_the_node_and_in_mailwizz() -> None:
    async def lived() -> tuple[World, list[int], list[int]]:
        world = await begun(300)
        sums: list[int] = []
        for n in range(4, 26):
            await world.run(day(n), restarts=[day(n) - timedelta(hours=5)] if n % 5 == 0 else ())
            sums.append(sum(rates(world).values()))
        rows = world.mailwizz.rows_of[MAIN].values()
        ours = [one.daily for one in rows if one.hostname.endswith(".acme.example")]
        return world, sums, ours

    world, sums, daily = virtually(lived)
    assert max(sums) == 300
    assert daily == [150, 150]
    assert sums == sorted(sums), "nothing falls while nothing is wrong"
    view = world.last.views.get(QUOTAS, ACME)
    assert (view.given, view.limited) == (300, 2)
    assert rates(world) == {"acme--203-0-113-7": 150, "acme--203-0-113-9": 150}
    story = world.log_story
    stages = [one.event.stage for one in story if isinstance(one.event, StageEntered)]
    assert max(stages) == 2, "200 a day were never told, so their stage does not end"
    assert not [one for one in story if isinstance(one.event, EffectStuck | EffectRefused)]
    fired = [one.event.alert for one in story if isinstance(one.event, AlertFired)]
    assert [one for one in fired if "quota_reached" in one] == ["acme/quota_reached/quota#1"]


def test_a_quota_that_is_taken_away_gives_back_at_midnight_what_it_held_down() -> None:
    async def freed() -> tuple[dict[str, int], dict[str, int]]:
        world = await begun(100)
        await world.run(day(10))
        await world.ask(ChangeTenant(slug=ACME, quota=None))
        await world.run(day(10) + timedelta(hours=2))
        before = rates(world)
        await world.run(day(11))
        return before, rates(world)

    before, after = virtually(freed)
    assert sum(before.values()) == 100
    assert after == {"acme--203-0-113-7": 200, "acme--203-0-113-9": 200}
