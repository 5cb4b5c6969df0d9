"""What is read of the rows under one header, column by column: the interpreter's own loops go
through a column faster than ours through rows.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from engine.rules.accounting import lines
from engine.rules.accounting.columns import Layout, layout
from engine.rules.accounting.lines import Lines, Row

DELIVERED = frozenset({"d", "delivery"})
_DELIVERY = "d(?:elivery)?+"
_OTHER = "(tq?|r?b|f)"  # others are rare, or not in use


class Deliveries(NamedTuple):
    """Cells as they are written; "" where the header lacks one."""

    times: Sequence[str] = ()
    domains: Sequence[str] = ()  # of recipients, and perhaps some of what is before them
    mtas: Sequence[str] = ()
    sources: Sequence[str] = ()
    vmtas: Sequence[str] = ()
    jobs: Sequence[str] = ()
    queues: Sequence[str] = ()


class Others(NamedTuple):
    """The same of rows that are no deliveries, and by what they are judged."""

    times: Sequence[str] = ()
    domains: Sequence[str] = ()
    mtas: Sequence[str] = ()
    sources: Sequence[str] = ()
    vmtas: Sequence[str] = ()
    jobs: Sequence[str] = ()
    queues: Sequence[str] = ()
    kinds: Sequence[str] = ()
    statuses: Sequence[str] = ()
    categories: Sequence[str] = ()
    reporters: Sequence[str] = ()
    texts: Sequence[str] = ()
    feedback_jobs: Sequence[str] = ()


class Reading(NamedTuple):
    """How: by patterns, or row by row, each in the columns' order."""

    kind: int  # place of the type
    deliveries: Lines
    quotes: Sequence[int]  # its groups that take the first quotes of cells
    others: Lines
    delivery: Callable[[Row], tuple[str, ...]]
    other: Callable[[Row], tuple[str, ...]]


@lru_cache(maxsize=64)
def reading(columns: tuple[str, ...]) -> Reading | None:
    """None: under such a header no row says anything."""
    at = layout(columns)
    if at is None:
        return None
    wanted = (at.time, at.rcpt, at.mta, at.source, at.vmta, at.job, at.queue)
    judged = (at.kind, at.status, at.category, at.reporter, at.diagnostic, at.feedback_job)
    quoted = [place for place, name in enumerate(columns) if _may_be_quoted(name)]
    deliveries = _deliveries(at, wanted, quoted)
    return Reading(
        kind=at.kind,
        deliveries=deliveries,
        quotes=deliveries.groups[len(wanted) :],
        others=_others(at, (*wanted, *judged)),
        delivery=_row(at, wanted),
        other=_row(at, (*wanted, *judged)),
    )


def _deliveries(at: Layout, wanted: Sequence[int], quoted: Sequence[int]) -> Lines:
    taken = {
        **dict.fromkeys(quoted, lines.QUOTED),
        **dict.fromkeys(wanted, lines.PLAIN_TAKEN),
        at.rcpt: lines.PLAIN_DOMAIN,
        at.time: lines.PLAIN_TIME,  # so a line that is no delivery has "" there
    }
    return lines.lines(_DELIVERY, at.width, taken, lines.PLAIN, (*wanted, *quoted))


def _others(at: Layout, wanted: Sequence[int]) -> Lines:
    taken = {
        **dict.fromkeys(wanted, lines.TAKEN),
        at.rcpt: lines.DOMAIN,
        at.diagnostic: lines.TEXT,
        at.feedback_job: lines.TEXT,
    }
    return lines.lines(_OTHER, at.width, taken, lines.CELL, wanted)


def _may_be_quoted(name: str) -> bool:
    """Texts of others, and lists; in what else PowerMTA writes of deliveries a comma is rare."""
    return name.lower() in ("dsndiag", "dlvesmtpavailable") or name.lower().startswith("header_")


def _row(at: Layout, wanted: Sequence[int]) -> Callable[[Row], tuple[str, ...]]:
    picked = itemgetter(*wanted)

    def taken(row: Row) -> tuple[str, ...]:
        cells = [*row, ""]  # where columns are read that the header lacks
        cells[at.rcpt] = cells[at.rcpt].rpartition("@")[2]
        found: tuple[str, ...] = picked(cells)
        return found

    return taken
