"""One engine under way: pump, log, API and signs of life in one task group."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

import structlog

from engine.adapters.host import Host
from engine.adapters.prometheus import EffectTally, PartTally
from engine.api.open_requests import OpenRequests
from engine.app import figures, head_line, listening, own_watch, restored
from engine.app.assemble import Engine, assemble
from engine.app.figures import Tallies
from engine.app.first import Starter
from engine.app.parts import Parts
from engine.app.settings import Job, Settings
from engine.app.site import Shown, site
from engine.app.watchdog import Vitals, watchdog
from engine.config import Config
from engine.effects import Effect

STOP_S = 20  # real seconds that effects under way have to end
LOGS = structlog.get_logger("engine")


class Live(NamedTuple):
    """A running engine."""

    engine: Engine
    port: int
    admin_key: str | None  # only of a first start
    at_rest: Callable[[], Awaitable[bool]]


@asynccontextmanager
async def running(parts: Parts, settings: Settings) -> AsyncIterator[Live]:
    """An engine that has folded its log and serves; on leaving, effects under way may end.
    Raises StartRefused.
    """
    listening.refuse_exposed(settings.config.api)
    tallies, requests = Tallies(settings.part_tally or PartTally()), OpenRequests()
    parts = figures.watched(parts, tallies.parts)
    engine = assemble(
        parts,
        tuning=settings.config.tuning(),
        nap_max=settings.nap_max,
        watch=lambda what, effect: _watch(tallies.effects, what, effect),
    )

    async def at_rest() -> bool:
        """A request may come while the log is asked for its head."""
        return await engine.pump.at_rest() and requests.idle

    await restored.stand_down(parts.log, parts.history, engine.handler)
    async with asyncio.TaskGroup() as tasks:
        if settings.found is not None:
            settings.found(engine)
        vitals = Vitals(engine.pump, parts.log.head, parts.clock)
        watch = partial(watchdog, settings.systemd, settings.watchdog_s, vitals)
        work: list[Job] = [engine.pump.run, engine.rebuilds.run, watch, *settings.jobs]
        work.append(partial(head_line.hourly, parts.log, parts.clock))
        work.append(_own_watch(parts, settings.config, engine, tallies))
        jobs = [tasks.create_task(job()) for job in work]
        try:
            await engine.pump.reached(await parts.log.head())
            key = await _first(parts, settings, engine)
            async with site(Shown(parts, settings, engine, vitals, tallies, requests)) as port:
                settings.systemd.tell("READY=1", f"STATUS=serving on port {port}")
                LOGS.info("engine.started", port=port, position=engine.pump.position)
                await head_line.say(parts.log)
                yield Live(engine, port, key, at_rest)
                settings.systemd.tell("STOPPING=1")
            await _settle(engine)
            await _last_image(engine)
            await head_line.say(parts.log)
        finally:
            for job in jobs:
                job.cancel()
    LOGS.info("engine.stopped")


def _own_watch(parts: Parts, config: Config, engine: Engine, tallies: Tallies) -> Job:
    return partial(
        own_watch.watch,
        parts.log,
        parts.ids,
        engine.views,
        config.engine_id,
        data_dir=config.data_dir,
        room=Host(Path(config.data_dir)).disk,
        requests=tallies.failed,
    )


async def _first(parts: Parts, settings: Settings, engine: Engine) -> str | None:
    start = Starter(engine.handler, engine.views, parts.log, parts.ids)
    config = settings.config
    await start.led(config.engine_id, parts.fence())
    await start.authority()
    await start.nodes(config.nodes, config.engine_id)
    key = await start.admin_key(settings.token)
    await engine.pump.reached(await parts.log.head())
    return key


async def _settle(engine: Engine) -> None:
    """No new effect begins, and those under way may end; what does not is looked at next time."""
    engine.performer.close()
    with suppress(TimeoutError):
        async with asyncio.timeout(STOP_S):
            await engine.performer.settled()


async def _last_image(engine: Engine) -> None:
    """So that the next start folds little; one that takes too long is left."""
    with suppress(TimeoutError):
        async with asyncio.timeout(STOP_S), engine.pump.held():
            await engine.imaging.stop(engine.pump.position)


def _watch(tally: EffectTally, what: str, effect: Effect) -> None:
    tally(what, effect)
    LOGS.info(f"effect.{what}", key=effect.key, kind=effect.kind, tenant=effect.tenant)
