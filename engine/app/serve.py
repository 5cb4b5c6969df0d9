"""One engine under way: pump, log, API and signs of life in one task group."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import structlog

from engine.adapters.host import Host
from engine.adapters.prometheus import EffectTally, PartTally
from engine.adapters.systemd import Systemd
from engine.api import seals
from engine.api.app import build
from engine.api.deps import Deps, UnderWay
from engine.api.exports import Exports
from engine.api.key_uses import ForgetsUses, KeepsUses, KeyUses
from engine.api.open_requests import OpenRequests
from engine.api.rates import Rates
from engine.api.refusals import Refusals
from engine.api.seals import Seal
from engine.api.shown_ips import ShownIps
from engine.api.turns import Turns
from engine.api.validations import Validations
from engine.app import figures, head_line, listening, own_watch
from engine.app.assemble import Engine, Parts, assemble
from engine.app.figures import Tallies
from engine.app.first import Starter
from engine.app.watchdog import Vitals, watchdog
from engine.config import Config
from engine.effects import Effect
from engine.ids import InstanceId, TenantId
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
    opened: Callable[[Deps], None] | None = None  # hears of the API before it is served
    part_tally: PartTally | None = None  # of a caller who counts calls of his own in it
    connections: Callable[[], Mapping[str, int]] = dict  # to Postgres, by what they are for
    seal_key: bytes = b""  # of what tenants hold; b"": one for this process alone
    key_uses: KeepsUses = ForgetsUses()
    telegram: Callable[[], str] = str  # why nobody is heard there
    configured_chats: frozenset[str] | None = None  # None: there is no bot
    mail: Callable[[], str] = str  # why its server takes none


@asynccontextmanager
async def running(parts: Parts, settings: Settings) -> AsyncIterator[Live]:
    """An engine that has folded its log and serves; on leaving, effects under way may end."""
    tallies, requests = Tallies(settings.part_tally or PartTally()), OpenRequests()
    parts = figures.watched(parts, tallies.parts)
    engine = assemble(
        parts,
        tuning=settings.config.tuning(),
        nap_max=settings.nap_max,
        watch=lambda what, effect: _watch(tallies.effects, what, effect),
    )

    async def at_rest() -> bool:
        return requests.idle and await engine.pump.at_rest()

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
            async with _site(parts, settings, engine, vitals, tallies, requests) as port:
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


@asynccontextmanager
async def _site(
    parts: Parts,
    settings: Settings,
    engine: Engine,
    vitals: Vitals,
    tallies: Tallies,
    requests: OpenRequests,
) -> AsyncIterator[int]:
    config, uses = settings.config, KeyUses(settings.key_uses)
    listening.refuse_exposed(config.api)
    metrics = figures.metrics(
        parts,
        engine,
        tallies,
        vitals,
        data_dir=Path(config.data_dir),
        leads=lambda: True,
        connections=settings.connections,
    )
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
        mailwizz_for=partial(mailwizz_of, config),
        mailwizz_shared=lambda instance: len(config.mailwizz[instance].tenants) != 1,
        allow_reserved=parts.allow_reserved,
        metrics=metrics.render,
        unwell=lambda: vitals.reasons,
        telegram=settings.telegram,
        configured_chats=lambda: settings.configured_chats,
        mail=settings.mail,
        agenda=lambda: _under_way(engine),
        version=VERSION,
        engine_id=config.engine_id,
        requests=requests,
        epoch=lambda: parts.fence().epoch,
        resolver=parts.resolver,
        pmta=parts.pmta,
        validations=Validations(),
        exports=Exports(),
        turns=Turns(),
        catalogue=parts.catalogue,
        seen=tallies.seen,
        key_uses=uses,
        shown_ips=ShownIps(parts.catalogue),
        proxies=listening.proxies(config.api),
        rates=Rates(config.api.requests_per_minute),
        refusals=Refusals(config.api.refused_per_minute),
        seal=Seal(settings.seal_key or settings.token(seals.KEY_BITS)),
        tuning=config.tuning(),
    )
    if settings.opened is not None:
        settings.opened(deps)
    async with uses.kept(), listening.listening(build(deps), config.api) as port:
        yield port


def mailwizz_of(config: Config, tenant: TenantId) -> tuple[InstanceId, ...]:
    """The installations that this tenant may name."""
    return tuple(
        instance
        for instance, table in config.mailwizz.items()
        if not table.tenants or tenant in table.tenants
    )


def _under_way(engine: Engine) -> UnderWay:
    performer = engine.performer
    return UnderWay(performer.running(), performer.wishes(), engine.pump.next_wake())


def _watch(tally: EffectTally, what: str, effect: Effect) -> None:
    tally(what, effect)
    LOGS.info(f"effect.{what}", key=effect.key, kind=effect.kind, tenant=effect.tenant)
