"""What was measured, as data: lines of one table, and the aims that they are held against."""

from collections.abc import Sequence
from typing import NamedTuple

from bench.measure import Sample, Spread, ratios, spread


class Line(NamedTuple):
    name: str
    samples: Sequence[Sample]  # one a round

    @property
    def rate(self) -> Spread:
        return spread([sample.rate for sample in self.samples])

    def wait_ms(self, share: float) -> Spread | None:
        """None where nobody waited for single events."""
        if not all(sample.waits for sample in self.samples):
            return None
        return spread([sample.wait_ms(share) for sample in self.samples])


class Aim(NamedTuple):
    text: str  # as in "at least 10 times message-db"
    found: float
    least: float | None = None
    most: float | None = None
    unit: str = " times"

    @property
    def reached(self) -> bool:
        above = self.least is None or self.found >= self.least
        return above and (self.most is None or self.found <= self.most)


class Table(NamedTuple):
    key: str  # by which ``--only`` names it
    title: str
    notes: Sequence[str]
    lines: Sequence[Line]
    ours: str  # the line that the others are compared with
    aims: Sequence[Aim]
    unit: str = "events/s"

    def times(self, name: str) -> Spread | None:
        """How many times as fast as this one ours is; None for our own, and for who was not run."""
        found = {line.name: line.samples for line in self.lines}
        if name.startswith("email-engine") or name == self.ours or name not in found:
            return None
        return ratios(found[self.ours], found[name])

    def aim(
        self, text: str, name: str, *, least: float | None = None, most: float | None = None
    ) -> list[Aim]:
        """Against another line; none where that was not run."""
        times = self.times(name)
        return [] if times is None else [Aim(text, times.median, least, most)]
