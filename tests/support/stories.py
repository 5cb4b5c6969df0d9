"""Stories in which much goes wrong."""

from datetime import timedelta
from functools import cache

from engine.runtime.pump import BATCH_MAX
from tests.support.spec import DAY_1, IP, OTHER, PSBL, RIVAL, day
from tests.support.world import World, virtually

QUIET = day(40) + timedelta(minutes=30)


async def hard_times(world: World) -> World:
    """Two tenants, a node that drops and refuses, a listing, restarts."""
    await world.let("act")
    await world.register_node()
    await world.warm_up()
    await world.warm_up(OTHER, RIVAL)
    world.node.faults = ["drop before", "refuse", "drop after upload", "drop after", "refuse"]
    world.node.deaf, world.node.stubborn = 2, 2
    restarts = [DAY_1 + timedelta(seconds=35), day(8) + timedelta(seconds=5)]
    await world.run(day(16), restarts=restarts)
    world.lists.list(IP, PSBL)
    await world.run(day(20))
    world.lists.clear(IP, PSBL)
    await world.run(QUIET, restarts=[day(22)])
    return world


@cache
def hard_times_told(seed: int = 0, batch_max: int = BATCH_MAX) -> World:
    """For those who only read it: it takes seconds to tell."""

    async def told() -> World:
        return await hard_times(World(batch_max=batch_max))

    return virtually(told, seed)
