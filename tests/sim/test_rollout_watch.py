"""What runs after a rollout is looked at; a breach brings older choices back, and only those."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from engine.commands.tenant import CreateTenant, SetOverlay
from engine.events.rollout import RolloutBreached, RolloutWatched
from engine.events.tenant import OverlaySet
from engine.projections.alerts import ALERTS
from engine.projections.rollouts import ROLLOUTS, Rollout
from engine.values.overlay import Chosen
from tests.support.spec import ACME, HOSTNAME, IP, NODE, day
from tests.support.world import World, virtually

pytestmark = pytest.mark.sim
GOOD, BAD = Chosen("one", HOSTNAME), Chosen("two", "wrong.acme.example")


def choose(chosen: Chosen) -> SetOverlay:
    return SetOverlay(slug=ACME, virtual_mtas={IP: chosen}, nodes={IP: NODE})


def file(world: World) -> Rollout:
    return world.last.views.get(ROLLOUTS, f"{NODE}/{ACME}")


def in_world(story: Callable[[World], Awaitable[None]]) -> None:
    async def whole() -> None:
        world = World()
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
