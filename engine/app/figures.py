"""What is measured of a running engine, and where each figure comes from."""

from collections.abc import Callable, Mapping
from pathlib import Path

from engine.adapters.host import Host
from engine.adapters.prometheus import (
    Agenda,
    EffectTally,
    Metrics,
    PartTally,
    RequestTally,
    Sources,
)
from engine.adapters.prometheus import Vitals as VitalsShown
from engine.adapters.timed import MAIL, MAILWIZZ, NODE, POSTGRES, RESOLVER, TELEGRAM, timed
from engine.app.assemble import Engine
from engine.app.own_watch import Requests as Failed
from engine.app.parts import Parts
from engine.app.watchdog import Vitals
from engine.values.version import VERSION


def watched(parts: Parts, told: PartTally) -> Parts:
    """The same parts, each call of which is counted and timed."""
    return parts._replace(
        log=timed(parts.log, POSTGRES, told),
        models=timed(parts.models, POSTGRES, told),
        pmta=timed(parts.pmta, NODE, told),
        mailwizz=timed(parts.mailwizz, MAILWIZZ, told),
        resolver=timed(parts.resolver, RESOLVER, told),
        messenger=timed(parts.messenger, TELEGRAM, told),
        mailer=timed(parts.mailer, MAIL, told),
    )


class Tallies:
    """What this process counts by itself, from its start on."""

    def __init__(self, parts: PartTally) -> None:
        self.effects = EffectTally()
        self.requests = RequestTally()
        self.parts = parts
        self.failed = Failed()

    def seen(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self.requests(method, route, status, seconds)
        self.failed(route, status)


def metrics(
    parts: Parts,
    engine: Engine,
    tallies: Tallies,
    vitals: Vitals,
    *,
    data_dir: Path,
    leads: Callable[[], bool],
    connections: Callable[[], Mapping[str, int]],
) -> Metrics:
    sources = Sources(
        version=VERSION,
        tip=parts.log.tip,
        position=lambda: engine.pump.position,
        available=lambda: engine.pump.log_away_since is None,
        leads=leads,
        epoch=lambda: parts.fence().epoch,
        agenda=lambda: _agenda(engine),
        vitals=lambda: VitalsShown(not vitals.reasons, vitals.late_s),
        connections=connections,
        host=Host(data_dir),
    )
    return Metrics(
        engine.views,
        sources,
        effects=tallies.effects,
        requests=tallies.requests,
        parts=tallies.parts,
    )


def _agenda(engine: Engine) -> Agenda:
    performer = engine.performer
    return Agenda(
        wanted=len(performer.wishes()),
        running=len(performer.running()),
        stuck=len(performer.stuck),
        next_wake=engine.pump.next_wake(),
    )
