"""A small fleet whose read models are thrown away, and what the log says of them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from engine.errors import LogUnavailable, innermost
from engine.ids import Position
from engine.ports import Differing, New, Rebuilt, Row, Slice
from engine.projections import PROJECTIONS
from engine.runtime.views import Views
from engine.store.memory import MemoryDatabase
from engine.store.memory_models import MemoryReadModels
from tests.support.postgres import eventually
from tests.support.spec import ACME, IP
from tests.support.world import World

KEY = f"{ACME}/{IP}"
AN_HOUR = timedelta(hours=1)


class WatchedModels(MemoryReadModels):
    """A test may do something after each piece that is laid, and before rows are compared, or let
    some pieces not come through.
    """

    laid: Callable[[], Awaitable[None]] | None = None
    compared: Callable[[], Awaitable[None]] | None = None
    away = 0  # pieces that find nobody
    sweeping_s = 0.0

    async def lay(self, rows: Sequence[Row]) -> None:
        if self.away:
            self.away -= 1
            raise LogUnavailable("nobody answers")
        await super().lay(rows)
        if self.laid is not None:
            await self.laid()

    async def sweep(self) -> int:
        await asyncio.sleep(self.sweeping_s)
        return await super().sweep()

    async def differing(self) -> Differing:
        if self.compared is not None:
            await self.compared()
        return await super().differing()


async def worked() -> World:
    """An address that warms up, and an hour of what comes of it."""
    world = World()
    await world.register_node()
    await world.let("act")
    await world.warm_up()
    await world.run(world.clock.now() + AN_HOUR)
    return world


def watched(world: World) -> WatchedModels:
    models = WatchedModels(world.log)
    world.models = models
    world.restart()
    return models


@asynccontextmanager
async def at_work(world: World) -> AsyncIterator[None]:
    """Pump and rebuilds side by side, as the process has them, until the block is left."""
    engine = world.engine
    async with asyncio.TaskGroup() as tasks:
        jobs = [tasks.create_task(one()) for one in (engine.pump.run, engine.rebuilds.run)]
        await engine.pump.reached(await world.log.head())
        yield
        for job in jobs:
            job.cancel()


async def end_of(world: World, spoilt: Callable[[], Awaitable[object]]) -> BaseException:
    """What ends a process that must not live on after a rebuild."""
    try:
        async with at_work(world):
            await spoilt()
            world.engine.rebuilds.ask("a test")
            await asyncio.sleep(AN_HOUR.total_seconds())
    except BaseExceptionGroup as ended:
        return innermost(ended)
    raise AssertionError("it lives on")


async def rebuilt(world: World) -> Rebuilt:
    """Once the one under way has ended."""
    await eventually(lambda: not world.engine.rebuilds.progress.doing)
    last = world.log.database.rebuilt
    assert last is not None
    return last


async def as_the_log_says(world: World) -> bool:
    """Rows and checkpoint, folded here without a pump."""
    story, views = await world.story(), Views(PROJECTIONS)
    for recorded in story:
        list(views.fold(recorded))
    rows: dict[str, dict[str, Row]] = {one.name: {} for one in PROJECTIONS}
    for name, key in views.all_keys():
        rows[name][key] = views.row(name, key)
    at = story[-1].position if story else Position(0)
    return world.log.database.rows == rows and await world.models.checkpoint() == at


async def restored(world: World, events: int) -> None:
    """The log forgets all but its first events; the rows stay as they were."""
    first, before = (await world.story())[:events], world.log.database
    after = world.log.database = MemoryDatabase()
    after.rows, after.checkpoint = before.rows, before.checkpoint
    after.codecs, after.rebuilt, after.fence = before.codecs, before.rebuilt, before.fence
    for one in first:
        again = Slice(stream=one.stream, tenant=one.tenant, events=[New(one.id, one.event)])
        await world.log.append([again], actor=one.actor, cause=one.cause)
    world.models = MemoryReadModels(world.log)
    world.restart()
