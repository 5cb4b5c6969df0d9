"""What is counted of many rows at once, column by column."""

from collections.abc import Iterator, Sequence
from itertools import compress
from typing import Any, NamedTuple

from engine.rules.accounting.outcomes import FEEDBACK, of_row
from engine.rules.accounting.reading import Deliveries, Others
from engine.values.traffic import Outcome


class Taken(NamedTuple):
    """Cells as they are written, and what became of each message."""

    times: Sequence[str]
    domains: Sequence[str]
    mtas: Sequence[str]
    sources: Sequence[str]
    vmtas: Sequence[str]
    jobs: Sequence[str]
    queues: Sequence[str]
    outcomes: Sequence[Outcome]
    texts: Sequence[str]  # the reasons given; "" for none

    def addresses(self) -> Iterator[tuple[str, str]]:
        """Each row's source address and VMTA."""
        return zip(self.sources, self.vmtas, strict=True)

    def only(self, wanted: Sequence[object]) -> "Taken":
        """Without the rows at whose places nothing is wanted."""
        columns: list[list[Any]] = [[*compress(column, wanted)] for column in self]
        return Taken(*columns)


def taken(sent: Deliveries, others: Others) -> Taken:
    """Others of known types alone."""
    number, kinds = len(sent.times), others.kinds
    delivered: list[Outcome] = ["delivered"] * number
    fed = [kind in FEEDBACK for kind in kinds]
    mtas = zip(others.mtas, others.reporters, strict=True)
    jobs = zip(others.jobs, fed, others.feedback_jobs, strict=True)
    texts = zip(fed, others.texts, strict=True)
    return Taken(
        times=[*sent.times, *others.times],
        domains=[*sent.domains, *others.domains],
        mtas=[*sent.mtas, *(mta or reporter for mta, reporter in mtas)],
        sources=[*sent.sources, *others.sources],
        vmtas=[*sent.vmtas, *others.vmtas],
        jobs=[*sent.jobs, *(job or (named if feeds else "") for job, feeds, named in jobs)],
        queues=[*sent.queues, *others.queues],
        outcomes=[*delivered, *map(of_row, kinds, others.categories, others.statuses)],
        texts=[*([""] * number), *("" if feeds else text for feeds, text in texts)],
    )
