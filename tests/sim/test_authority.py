"""Nothing is touched unless engine, node and tenant all say act."""

from datetime import timedelta

import pytest

from engine.events.effect import EffectWithheld
from engine.events.ip import IpStopped
from engine.events.rollout import RolloutPlanned
from engine.ports import Fence
from engine.projections.alerts import ALERTS
from engine.projections.effects import EFFECTS
from tests.support.spec import ACME, IP, NODE, PSBL, day
from tests.support.world import MAIN, World, virtually

ALL = ["engine", f"node-{NODE}", f"tenant-{ACME}"]


@pytest.mark.parametrize("observing", ALL)
def test_an_observed_fleet_is_looked_at_and_never_touched(observing: str) -> None:
    async def observed() -> World:
        world = World()
        await world.let("act", *(one for one in ALL if one != observing))
        await world.register_node()
        await world.warm_up()
        world.lists.list(IP, PSBL)
        world.lists.clear(IP, PSBL)
        await world.run(day(2))
        world.lists.list(IP, PSBL)
        await world.run(day(4), restarts=[day(2) + timedelta(hours=5)])
        assert len(await world.happened(IpStopped)) == 1, "it decides all the same"
        assert {one.why for one in await world.happened(EffectWithheld)} == {observing}
        assert await world.happened(RolloutPlanned) == [], "and holds no open plan"
        return world

    world = virtually(observed)
    assert world.node.done == []
    assert next(iter(world.mailwizz.rows_of[MAIN].values())).status == "active"
    withheld = world.last.views.of(EFFECTS)
    asked = {effect.key for effect in world.last.performer.wishes()}
    assert asked <= set(withheld), "what is wanted now is what is shown as withheld"
    assert {effect.kind for effect in world.last.performer.wishes()} == {
        "rollout.deploy",
        "node.pause_queues",
        "server.tell",
    }


def test_each_wish_is_withheld_once_and_again_when_authority_came_and_went() -> None:
    async def times() -> tuple[int, int]:
        world = World()
        await world.let("act", *ALL[1:])
        await world.register_node()
        await world.warm_up()
        await world.run(day(1) + timedelta(hours=2))
        before = len(await world.happened(EffectWithheld))
        await world.let("act", "engine")
        await world.let("observe", "engine")
        await world.run(day(1) + timedelta(hours=4))
        return before, len(await world.happened(EffectWithheld))

    assert virtually(times) == (2, 4), "the file and the delivery server, twice"


def test_a_node_that_a_later_log_led_is_touched_by_nobody_and_people_hear_why() -> None:
    async def restored() -> World:
        world = World()
        world.node.host(NODE).fence = Fence(1_000, "main of the log that was lost")
        await world.let("act", *ALL)
        await world.register_node()
        await world.warm_up()
        await world.run(day(1) + timedelta(hours=2))
        return world

    world = virtually(restored)
    assert world.node.done == []
    alert = world.last.views.get(ALERTS, f"-/stood_down/node-{NODE}")
    assert (alert.firing, alert.severity, alert.episode) == (True, "critical", 1)
    assert "at epoch 1000 by main of the log that was lost" in alert.facts["Why"]
    assert alert.telling.messages, "it was told"


def test_the_wheel_is_handed_over() -> None:
    async def told() -> list[str]:
        world = World()
        await world.register_node()
        await world.warm_up()
        await world.run(day(3))
        assert world.node.done == []
        await world.let("act")
        await world.run(day(3) + timedelta(hours=1))
        return sorted(world.node.host(NODE).running)

    assert virtually(told) == ["acme--203-0-113-7"]
