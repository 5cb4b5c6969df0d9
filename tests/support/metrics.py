"""A scrape, read as Prometheus reads it, and an engine's figures without an engine."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from engine.adapters.host import Host
from engine.adapters.prometheus import (
    Agenda,
    EffectTally,
    Metrics,
    PartTally,
    RequestTally,
    Sources,
    Vitals,
)
from engine.errors import LogUnavailable
from engine.events import Event, Recorded
from engine.ids import Position
from engine.ports import Tip
from engine.projections import PROJECTIONS
from engine.runtime.views import Views
from tests.support.spec import DAY_1

Scraped = dict[tuple[str, frozenset[tuple[str, str]]], float]


def read(text: bytes) -> Scraped:
    """By name and labels.  Each sample is there once."""
    found: Scraped = {}
    for family in text_string_to_metric_families(text.decode()):
        for sample in family.samples:
            key = (sample.name, frozenset(sample.labels.items()))
            assert key not in found, key
            found[key] = float(sample.value)
    return found


def value(found: Scraped, name: str, /, **labels: str) -> float | None:
    """Of the sample with exactly these labels; None: there is none."""
    return found.get((f"email_engine_{name}", frozenset(labels.items())))


def series(found: Scraped, name: str) -> dict[tuple[str, ...], float]:
    """By the values of the labels, in the order of the labels' names."""
    return {
        tuple(value for _, value in sorted(labels)): one
        for (whose, labels), one in found.items()
        if whose == f"email_engine_{name}"
    }


class Figures:
    """What an engine would say of itself; tests set it."""

    def __init__(self, host: Host | None = None) -> None:
        self.head: Position | None = Position(7)  # None: the log is away
        self.position = Position(3)
        self.last_at: datetime | None = DAY_1
        self.available = self.leads = True
        self.agenda = Agenda(wanted=4, running=2, stuck=1, next_wake=DAY_1)
        self.vitals = Vitals(True, 0.25)
        self.connections: Mapping[str, int] = {"writer": 1, "views": 2}
        self.views = Views(PROJECTIONS)
        self.clock = DAY_1.timestamp()  # the wall's
        self.effects, self.requests = EffectTally(), RequestTally()
        self.parts = PartTally(lambda: self.clock)
        sources = Sources(
            version="0.1.0",
            tip=self._tip,
            position=lambda: self.position,
            available=lambda: self.available,
            leads=lambda: self.leads,
            epoch=lambda: 5,
            agenda=lambda: self.agenda,
            vitals=lambda: self.vitals,
            connections=lambda: self.connections,
            host=host or Host(Path("/")),
        )
        self.metrics = Metrics(
            self.views,
            sources,
            effects=self.effects,
            requests=self.requests,
            parts=self.parts,
        )

    def fold(self, story: Iterable[Recorded[Event]]) -> None:
        for recorded in story:
            list(self.views.fold(recorded))

    async def scrape(self, *, ready: bool = True) -> Scraped:
        return read(await self.metrics.render(ready=ready))

    async def _tip(self) -> Tip:
        if self.head is None:
            raise LogUnavailable("it is away")
        return Tip(self.head, b"", self.last_at)
