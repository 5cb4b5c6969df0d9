"""A person pauses one address for a week, in a whole engine, which also starts anew meanwhile."""

from functools import cache
from typing import Any

from engine.commands.ip_pause import PauseIp, ResumeIp
from engine.events.effect import EffectRefused, EffectStuck
from engine.events.ip import StageEntered
from engine.projections.ips import IPS
from engine.values.levers import STOPPED
from engine.values.phase import Phase
from tests.sim.test_suspension import begun, lever
from tests.support.spec import ACME, IP, OTHER, day
from tests.support.world import World, virtually


@cache
def lived() -> tuple[World, list[Any]]:
    async def main() -> tuple[World, list[Any]]:
        world = await begun()
        seen: list[Any] = []
        await world.run(day(4))
        seen.append((lever(world, IP), lever(world, OTHER)))
        await world.ask(PauseIp(ip=IP, reason="something odd is going out"))
        await world.run(day(11), restarts=[day(6)])
        seen.append((lever(world, IP), lever(world, OTHER)))
        seen.append(world.last.views.get(IPS, f"{ACME}/{IP}"))
        await world.ask(ResumeIp(ip=IP))
        await world.run(day(12))
        seen.append((lever(world, IP), lever(world, OTHER)))
        return world, seen

    return virtually(main)


def test_its_queues_stand_still_and_its_server_is_off_until_it_is_resumed() -> None:
    world, (before, during, row, after) = lived()
    sends, stands = (False, True), (True, False)
    assert (before, during, after) == ((sends, sends), (stands, sends), (sends, sends))
    assert (row.phase, row.stage, row.vmta.levers) == (Phase.WARMING, 1, STOPPED)
    assert row.paused is not None
    theirs = [one.event for one in world.log_story if one.tenant == ACME]
    stages = [one.stage for one in theirs if isinstance(one, StageEntered)]
    assert stages == [1], "no day counted while it lasted"
    failed = [one for one in world.log_story if isinstance(one.event, EffectStuck | EffectRefused)]
    assert not failed
