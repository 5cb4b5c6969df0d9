"""What runs after a rollout is looked at; a breach brings older choices back, and only those."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from engine.commands.tenant import CreateTenant, SetOverlay
from engine.events.rollout import RolloutBreached, RolloutWatched
from engine.events.tenant import OverlaySet
from engine.projections.alerts import ALERTS
from engine.projections.rollouts import ROLLOUTS, Rollout
from engine.rules.pmta_config import tenant_file
from engine.values.overlay import Chosen
from engine.values.traffic import Source
from engine.values.tuning import Tuning
from tests.support.accounting import HEADER, line
from tests.support.spec import ACME, HOSTNAME, IP, NODE, day
from tests.support.world import HOURLY, World, virtually

pytestmark = pytest.mark.sim
GOOD, BAD = Chosen("one", HOSTNAME), Chosen("two", "wrong.acme.example")


def choose(chosen: Chosen) -> SetOverlay:
    return SetOverlay(slug=ACME, virtual_mtas={IP: chosen}, nodes={IP: NODE})


def file(world: World) -> Rollout:
    return world.last.views.get(ROLLOUTS, f"{NODE}/{ACME}")


def in_world(story: Callable[[World], Awaitable[None]], tuning: Tuning = HOURLY) -> None:
    async def whole() -> None:
        world = World(tuning=tuning)
        await world.register_node()
        await world.ask(
            CreateTenant(
                slug=ACME, name="A", brand_domain="a.example", sending_domain_base="b.example"
            )
        )
        await world.let("act")
        await world.warm_up()
        await world.run(day(3))
        await world.ask(choose(GOOD))
        await world.run(day(4))
        await story(world)

    virtually(whole)


async def goes_wrong(world: World, at: datetime) -> None:
    """Somebody else's reload takes the VMTA away, a little after the rollout."""
    await world.ask(choose(BAD))
    await world.run(at + timedelta(minutes=1, seconds=50))
    assert "wrong.acme.example" in world.node.host(NODE).files[ACME]
    world.node.host(NODE).running.clear()


def test_a_good_rollout_stands_its_watch_in_four_looks() -> None:
    async def story(world: World) -> None:
        looks = [one for one in await world.happened(RolloutWatched) if one.overlay == 1]
        assert [(one.look, one.over) for one in looks[:4]] == [
            (1, False),
            (2, False),
            (3, False),
            (4, True),
        ]
        assert file(world).watch is None

    in_world(story)


def test_a_breach_brings_the_older_choices_back_with_todays_cap_and_is_told() -> None:
    async def story(world: World) -> None:
        await goes_wrong(world, day(4))
        await world.run(day(4) + timedelta(minutes=30))
        (breach,) = await world.happened(RolloutBreached)
        assert [one.sign for one in breach.evidence] == ["missing"]
        restored = (await world.happened(OverlaySet))[-1]
        assert (restored.restored, restored.virtual_mtas) == (1, {IP: GOOD})
        text = world.node.host(NODE).files[ACME]
        assert HOSTNAME in text
        assert "max-smtp-msg-rate 50/d" in text
        assert file(world).state == "told"
        alert = world.last.views.get(ALERTS, f"{ACME}/rollout_breached/{NODE}")
        assert (alert.episode, alert.firing) == (1, False)
        assert alert.facts["Done"].startswith("rolled back to what was chosen in version 1")

    in_world(story)


def test_a_rollback_that_fails_its_watch_too_is_told_and_stays() -> None:
    async def story(world: World) -> None:
        await goes_wrong(world, day(4))
        for minute in range(3, 30):
            await world.run(day(4) + timedelta(minutes=minute))
            world.node.host(NODE).running.clear()
        breaches = await world.happened(RolloutBreached)
        assert [one.back_to for one in breaches] == [1, None]
        assert len(await world.happened(OverlaySet)) == 3

    in_world(story)


def test_a_crash_during_the_watch_loses_no_look() -> None:
    async def story(world: World) -> None:
        await goes_wrong(world, day(4))
        world.restart()
        await world.run(day(4) + timedelta(minutes=30))
        assert len(await world.happened(RolloutBreached)) == 1
        assert file(world).overlay == 3

    in_world(story)


def test_a_powermta_that_dies_of_it_is_a_breach() -> None:
    async def story(world: World) -> None:
        await world.ask(choose(BAD))
        await world.run(day(4) + timedelta(minutes=1, seconds=50))
        world.node.host(NODE).down = True
        await world.run(day(4) + timedelta(minutes=6))
        breach = (await world.happened(RolloutBreached))[0]
        assert [one.sign for one in breach.evidence] == ["down"]
        assert breach.back_to == 1

    in_world(story)


# --- by accounting


def rows(kind: str, number: int, at: datetime) -> str:
    stamp, vmta = f"{at:%Y-%m-%d %H:%M:%S+0000}", tenant_file.vmta(ACME, IP)
    what = "smtp;550 5.1.1 no such user" if kind == "b" else ""
    row = line(kind, stamp, vmta, diagnostic=what, source=IP)
    return row.replace(",,,", ",,bad-mailbox,") * number


async def counts(world: World, name: str, *of: str) -> None:
    world.files.files[name] = (HEADER + "".join(of)).encode()


def with_accounting(story: Callable[[World], Awaitable[None]]) -> None:
    source = {NODE: Source(directory="/var/log/pmta/done")}
    in_world(story, replace(HOURLY, accounting=source))


def test_a_rollout_after_which_mail_bounces_as_it_did_not_before_is_taken_back() -> None:
    async def story(world: World) -> None:
        await counts(world, "1.csv", rows("d", 300, day(4)))
        await world.run(day(4) + timedelta(minutes=10))
        await world.ask(choose(BAD))
        await world.run(day(4) + timedelta(minutes=13))
        await counts(world, "2.csv", rows("b", 40, day(4) + timedelta(minutes=13)))
        await world.run(day(4) + timedelta(minutes=40))
        (breach,) = await world.happened(RolloutBreached)
        assert [(one.sign, one.found) for one in breach.evidence] == [("bounce", "40 of 40")]
        assert (await world.happened(OverlaySet))[-1].virtual_mtas == {IP: GOOD}
        assert HOSTNAME in world.node.host(NODE).files[ACME]

    with_accounting(story)


def test_a_spike_before_a_rollout_that_is_counted_after_it_is_not_blamed_on_it() -> None:
    async def story(world: World) -> None:
        await counts(world, "1.csv", rows("d", 300, day(4)))
        await world.run(day(4) + timedelta(minutes=10))
        await world.ask(choose(BAD))
        await world.run(day(4) + timedelta(minutes=13))
        spike = rows("b", 40, day(4) + timedelta(minutes=9))
        few = rows("b", 4, day(4) + timedelta(minutes=13))
        await counts(world, "2.csv", spike, few)
        await world.run(day(4) + timedelta(minutes=40))
        assert not await world.happened(RolloutBreached)
        assert file(world).watch is None
        assert "wrong.acme.example" in world.node.host(NODE).files[ACME]

    with_accounting(story)
