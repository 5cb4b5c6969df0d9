"""The API of an engine under way: what it works with, and its socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from engine.adapters.prometheus import Metrics
from engine.api import seals
from engine.api.app import build
from engine.api.deps import Deps, UnderWay
from engine.api.exports import Exports
from engine.api.key_uses import KeyUses
from engine.api.open_requests import OpenRequests
from engine.api.rates import Rates
from engine.api.refusals import Refusals
from engine.api.seals import Seal
from engine.api.shown_ips import ShownIps
from engine.api.turns import Turns
from engine.api.validations import Validations
from engine.app import figures, listening
from engine.app.assemble import Engine
from engine.app.figures import Tallies
from engine.app.parts import Parts
from engine.app.settings import Settings
from engine.app.watchdog import Vitals
from engine.config import Config
from engine.ids import InstanceId, TenantId
from engine.values.version import VERSION


class Shown(NamedTuple):
    """What is under way, and what is counted of it."""

    parts: Parts
    settings: Settings
    engine: Engine
    vitals: Vitals
    tallies: Tallies
    requests: OpenRequests


@asynccontextmanager
async def site(of: Shown) -> AsyncIterator[int]:
    """The port that it is served on.  Raises StartRefused."""
    uses = KeyUses(of.settings.key_uses)
    deps = _as_wished(_deps(of, uses), of.settings)
    if of.settings.opened is not None:
        of.settings.opened(deps)
    async with uses.kept(), listening.listening(build(deps), of.settings.config.api) as port:
        yield port


def _deps(of: Shown, uses: KeyUses) -> Deps:
    parts, settings, engine, config = of.parts, of.settings, of.engine, of.settings.config
    return Deps(
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
        leads=_leads,
        mailwizz_for=partial(mailwizz_of, config),
        mailwizz_shared=lambda instance: len(config.mailwizz[instance].tenants) != 1,
        allow_reserved=parts.allow_reserved,
        metrics=_metrics(of).render,
        agenda=lambda: _under_way(engine),
        version=VERSION,
        engine_id=config.engine_id,
        requests=of.requests,
        epoch=lambda: parts.fence().epoch,
        resolver=parts.resolver,
        pmta=parts.pmta,
        validations=Validations(),
        exports=Exports(),
        turns=Turns(),
        seal=Seal(settings.seal_key or settings.token(seals.KEY_BITS)),
        key_uses=uses,
        shown_ips=ShownIps(parts.catalogue),
        seen=of.tallies.seen,
        unwell=lambda: of.vitals.reasons,
        catalogue=parts.catalogue,
    )


def _as_wished(deps: Deps, settings: Settings) -> Deps:
    """What may be asked how often, by whom, and what is not under way here."""
    config = settings.config
    return deps._replace(
        rates=Rates(config.api.requests_per_minute),
        refusals=Refusals(config.api.refused_per_minute),
        proxies=listening.proxies(config.api),
        configured_chats=lambda: settings.configured_chats,
        telegram=settings.telegram,
        mail=settings.mail,
        tuning=config.tuning(),
    )


def _metrics(of: Shown) -> Metrics:
    return figures.metrics(
        of.parts,
        of.engine,
        of.tallies,
        of.vitals,
        data_dir=Path(of.settings.config.data_dir),
        leads=_leads,
        connections=of.settings.connections,
    )


def _leads() -> bool:
    """Followers are built later: whoever serves, leads."""
    return True


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
