"""Weeks of random trouble, by seed: whatever happened, once the world is well all is as it should.

``python -m tests.sim.test_faults 0 200`` tries more seeds than the test does.
"""

import random
import sys
from collections.abc import Sequence
from datetime import timedelta

import pytest

from engine.effects.base import Look
from engine.events.effect import EffectRefused, EffectStuck
from engine.events.rollout import RolloutEnded
from engine.ids import Actor, Position, TenantId
from engine.ports import Slice
from engine.projections.ips import IPS
from engine.projections.rollouts import ROLLOUTS
from engine.projections.servers import SERVERS
from engine.rules.pmta_config import tenant_file
from engine.values.levers import Paused
from engine.values.vmta import Vmta
from tests.support.fake_node import Fault
from tests.support.spec import DAY_1, IP, NODE, OTHER, PSBL, RIVAL
from tests.support.world import MAIN, World, virtually

FAULTS: tuple[Fault, ...] = ("drop before", "refuse", "drop after upload", "drop after")
CALM = timedelta(hours=9, seconds=50)  # the longest pause between two tries, and then some


class Watched(World):
    """Each time a rollout is called done, the node is compared with what was planned."""

    def __init__(self, *, batch_max: int) -> None:
        super().__init__(batch_max=batch_max)
        self.lies: list[object] = []
        written = self.log.append

        async def append(slices: Sequence[Slice], *, actor: Actor, cause: str) -> Position:
            for one in slices:
                for new in one.events:
                    if isinstance(new.event, RolloutEnded) and one.tenant:
                        self._compare(one.tenant, new.event)
            return await written(slices, actor=actor, cause=cause)

        self.log.append = append  # type: ignore[method-assign]

    def _compare(self, tenant: TenantId, ended: RolloutEnded) -> None:
        running = self.node.host(NODE).running
        for ip, levers in ended.changed.items():
            (expected,) = tenant_file.expected(tenant, {ip: Vmta("p", "h", levers)})
            found = running.get(expected.vmta)
            if found is not None and found.rate != expected.rate:
                self.lies.append((ip, expected.rate, found.rate))


async def trouble(seed: int) -> Watched:
    dice = random.Random(seed)
    world = Watched(batch_max=dice.choice([1, 3, 1_000]))
    node = world.node
    node.takes_s = dice.choice([5.0, 30.0, 200.0])
    node.reload_clears_pauses = dice.random() < 0.5
    await world.let("act")
    await world.register_node()
    await world.warm_up()
    await world.warm_up(OTHER, RIVAL)
    node.faults = [dice.choice(FAULTS) for _ in range(dice.randrange(9))]
    node.deaf, node.stubborn, node.mute = (dice.randrange(n) for n in (6, 5, 3))
    at = DAY_1
    for _ in range(dice.randrange(3, 10)):
        at += timedelta(seconds=dice.randrange(1, 6 * 86_400))
        await world.run(at)  # and a restart
        _strike(world, dice)
    world.mailwizz.down.clear()
    world.messenger.down = ""
    node.faults, node.deaf, node.stubborn, node.mute = [], 0, 0, 0
    await world.run(at + CALM)
    return world


def _strike(world: World, dice: random.Random) -> None:
    ip = dice.choice([IP, OTHER])
    match dice.choice(["list", "list", "clear", "clear", "restart", "mailwizz", "node", "phone"]):
        case "list":
            world.lists.list(ip, PSBL)
        case "clear":
            world.lists.clear(ip, PSBL)
        case "restart":
            world.node.restart(NODE)
        case "mailwizz":
            world.mailwizz.down ^= {MAIN}
        case "node":
            world.node.faults.append(dice.choice(FAULTS))
        case _:
            world.messenger.down = "" if world.messenger.down else "Telegram is away"


def unwell(world: Watched) -> list[object]:
    """What is not as it should be."""
    views, host = world.last.views, world.node.host(NODE)
    found: list[object] = [*world.lies]
    found += [
        one.event for one in world.log_story if isinstance(one.event, EffectStuck | EffectRefused)
    ]
    wishes = world.last.performer.wishes()
    found += [effect.key for effect in wishes if not isinstance(effect, Look)]
    found += [one for one in views.of(SERVERS).values() if one.told != one.wish]
    for rollout in views.of(ROLLOUTS).values():
        if rollout.wanted != rollout.told or rollout.planned is not None:
            found.append(rollout)
        for expected in tenant_file.expected(rollout.tenant, rollout.wanted):
            if host.running.get(expected.vmta) != expected:
                found.append((expected, host.running.get(expected.vmta)))
    for row in views.of(IPS).values():
        ours = tenant_file.vmta(row.tenant, row.ip) in host.still
        if row.vmta.hostname and ours != (row.vmta.levers.output == Paused()):
            found.append((row.ip, row.phase, "paused" if ours else "not paused"))
    return found


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 3])
def test_once_the_world_is_well_all_is_as_it_should(seed: int) -> None:
    async def story() -> Watched:
        return await trouble(seed)

    assert unwell(virtually(story, seed)) == []


if __name__ == "__main__":
    for number in range(int(sys.argv[1]), int(sys.argv[2])):
        print(number, unwell(virtually(lambda n=number: trouble(n), number)) or "well")  # type: ignore[misc]
