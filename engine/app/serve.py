"""One engine under way: pump, log, API and signs of life in one task group."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

import structlog
from aiohttp import web

from engine.adapters.prometheus import EffectTally, Metrics, RequestTally
from engine.adapters.systemd import Systemd
from engine.api.app import KEEPALIVE_S, build
from engine.api.deps import Deps, UnderWay
from engine.api.open_requests import OpenRequests
from engine.api.turns import Turns
from engine.api.validations import Validations
from engine.app import head_line
from engine.app.assemble import Engine, Parts, assemble
from engine.app.first import Starter
from engine.app.watchdog import watchdog
from engine.config import Config
from engine.effects import Effect
from engine.errors import LogUnavailable, StartRefused
from engine.ids import InstanceId, TenantId
from engine.ports import Log
from engine.runtime.pump import NAP_MAX
from engine.values.version import VERSION

STOP_S = 20  # real seconds that effects under way have to end
LOGS = structlog.get_logger("engine")

Job = Callable[[], Coroutine[Any, Any, None]]


class Live(NamedTuple):
    """A running engine."""

    engine: Engine
    port: int
    admin_key: str | None  # only of a first start
    at_rest: Callable[[], Awaitable[bool]]


class Settings(NamedTuple):
    config: Config
    token: Callable[[int], bytes]
    systemd: Systemd
    jobs: Sequence[Job] = ()  # the log's heartbeat, the bot …
    nap_max: timedelta = NAP_MAX
    watchdog_s: float = 0.0  # within which systemd wants a sign of life; 0: it does not watch
    found: Callable[[Engine], None] | None = None  # hears of the views before they are folded


@asynccontextmanager
async def running(parts: Parts, settings: Settings) -> AsyncIterator[Live]:
    """An engine that has folded its log and serves; on leaving, effects under way may end."""
    tally, requests = EffectTally(), OpenRequests()
    engine = assemble(
        parts,
        tuning=settings.config.tuning(),
        nap_max=settings.nap_max,
        watch=lambda what, effect: _watch(tally, what, effect),
    )

    async def at_rest() -> bool:
        return requests.idle and await engine.pump.at_rest()

    async with asyncio.TaskGroup() as tasks:
        if settings.found is not None:
            settings.found(engine)
        watch = partial(watchdog, settings.systemd, settings.watchdog_s, engine.pump.alive)
        work: list[Job] = [engine.pump.run, engine.rebuilds.run, watch, *settings.jobs]
        work.append(partial(head_line.hourly, parts.log, parts.clock))
        jobs = [tasks.create_task(job()) for job in work]
        try:
            await engine.pump.reached(await parts.log.head())
            key = await _first(parts, settings, engine)
            async with _site(parts, settings, engine, tally, requests) as port:
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


async def _first(parts: Parts, settings: Settings, engine: Engine) -> str | None:
    start = Starter(engine.handler, engine.views, parts.log, parts.ids)
    config = settings.config
    await start.led(config.engine_id, parts.fence())
    await start.authority()
    await start.nodes(config.nodes)
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


@asynccontextmanager
async def _site(
    parts: Parts, settings: Settings, engine: Engine, tally: EffectTally, requests: OpenRequests
) -> AsyncIterator[int]:
    config = settings.config
    seen = RequestTally()
    metrics = Metrics(engine.views, tally, seen, lambda: engine.pump.position, VERSION)
    deps = Deps(
        handler=engine.handler,
        log=parts.log,
        models=parts.models,
        views=engine.views,
        pump=engine.pump,
        rebuilds=engine.rebuilds,
        past=engine.past,
        clock=parts.clock,
        ids=parts.ids,
        token=settings.token,
        leads=lambda: True,
        mailwizz_for=lambda tenant: mailwizz_of(config, tenant),
        allow_reserved=config.allow_reserved_addresses,
        metrics=partial(_metrics, metrics, parts.log),
        agenda=lambda: _under_way(engine),
        version=VERSION,
        engine_id=config.engine_id,
        requests=requests,
        epoch=lambda: parts.fence().epoch,
        resolver=parts.resolver,
        pmta=parts.pmta,
        validations=Validations(),
        turns=Turns(),
        catalogue=parts.catalogue,
        seen=seen,
        tuning=config.tuning(),
    )
    runner = web.AppRunner(build(deps), keepalive_timeout=KEEPALIVE_S, shutdown_timeout=5)
    await runner.setup()
    try:
        site = web.TCPSite(runner, config.api.host, config.api.port, reuse_address=True)
        try:
            await site.start()
        except OSError as taken:
            raise StartRefused(
                f"cannot listen on {config.api.host}:{config.api.port}: {taken.strerror};"
                " is another engine running? [api] port (or --port of the demo) sets another"
            ) from taken
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def _metrics(metrics: Metrics, log: Log) -> bytes:
    """A log that is away has no head to show, and the rest is wanted all the more."""
    head = None
    with suppress(LogUnavailable):
        head = await log.head()
    return metrics.render(head)


def mailwizz_of(config: Config, tenant: TenantId) -> InstanceId | None:
    """The one installation that this tenant may name; None where there is none, or a choice."""
    open_to = [
        instance
        for instance, table in config.mailwizz.items()
        if not table.tenants or tenant in table.tenants
    ]
    return open_to[0] if len(open_to) == 1 else None


def _under_way(engine: Engine) -> UnderWay:
    performer = engine.performer
    return UnderWay(performer.running(), performer.wishes(), engine.pump.next_wake())


def _watch(tally: EffectTally, what: str, effect: Effect) -> None:
    tally(what, effect)
    LOGS.info(f"effect.{what}", key=effect.key, kind=effect.kind, tenant=effect.tenant)
