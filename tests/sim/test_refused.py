"""A race that was lost too often: what was wanted is done a little later."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from engine.errors import VersionConflict
from engine.events.effect import EffectRefused, EffectStuck
from engine.events.ip import IpStopped
from engine.ids import Actor, Position, Version
from engine.ports import Slice
from engine.runtime.command_handler import ATTEMPTS_MAX
from tests.support.spec import DAY_1, IP, PSBL
from tests.support.world import World, virtually


class Racing(World):
    """Somebody else is faster whenever an address is to be stopped, for so many times."""

    def __init__(self, races: int) -> None:
        super().__init__()
        written = self.log.append

        async def append(slices: Sequence[Slice], *, actor: Actor, cause: str) -> Position:
            nonlocal races
            stops = any(isinstance(new.event, IpStopped) for one in slices for new in one.events)
            if stops and races:
                races -= 1
                raise VersionConflict("ip", Version(0), Version(1))
            return await written(slices, actor=actor, cause=cause)

        self.log.append = append  # type: ignore[method-assign]


def test_a_stop_that_was_refused_comes_a_minute_later() -> None:
    async def story() -> Racing:
        world = Racing(races=2 * ATTEMPTS_MAX)
        await world.let("act")
        await world.register_node()
        await world.warm_up()
        await world.run(DAY_1 + timedelta(hours=1))
        world.lists.list(IP, PSBL)
        await world.run(DAY_1 + timedelta(hours=3))
        return world

    told = virtually(story).log_story
    refused = [one.at for one in told if isinstance(one.event, EffectRefused)]
    stopped = [one.at for one in told if isinstance(one.event, IpStopped)]
    times = [*refused, *stopped]
    apart = [round((later - at).total_seconds()) for at, later in pairwise(times)]
    assert apart == [60, 60]
    assert not any(isinstance(one.event, EffectStuck) for one in told)
