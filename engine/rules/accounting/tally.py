"""Rows to counts.  Here each message passes once, so what can be known of many rows is looked up
once for all of them.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import compress, islice, repeat
from operator import not_
from typing import TypeVar

from engine.ids import IpAddr, TenantId
from engine.rules.accounting import owners, times
from engine.rules.accounting.cells import HELD
from engine.rules.accounting.columns import Layout, layout
from engine.rules.accounting.counted import JOB_MAX, Counted
from engine.rules.accounting.outcomes import deleted, outcome
from engine.rules.accounting.owners import PLATFORM, Owners
from engine.rules.accounting.providers import OTHER, of_domain, of_host, of_queue, organisation
from engine.rules.accounting.records import Block, Row
from engine.rules.accounting.summed import Cells, Group, Heard, summed
from engine.rules.redaction import fragment
from engine.rules.replies import Replies
from engine.values.traffic import Outcome

Key = TypeVar("Key")
Value = TypeVar("Value")
GroupKey = tuple[str, str, str]  # source address, VMTA, job: as they are written

AHEAD_S = 86_400  # a row dated further ahead than this is not believed
DELIVERED = frozenset({"d", "delivery"})
BOUNCED = frozenset({"b", "bounce"})
DEFERRED: dict[str, Outcome] = {
    **dict.fromkeys(("t", "transient"), "deferred"),
    **dict.fromkeys(("tq", "transient-queue"), "held"),
}
FEEDBACK: dict[str, Outcome] = {
    **dict.fromkeys(("f", "feedback-loop"), "complaints"),
    **dict.fromkeys(("rb", "remote-bounce"), "remote"),
}
IGNORED = frozenset({"r", "receipt", "rs", "remote-status"})
MOVED = Group((PLATFORM, IpAddr(""), ""))  # its address changed hands: each row counts for itself


class Known(dict[Key, Value]):
    """What was found out once for a key; ``find`` is asked for others."""

    def __init__(self, find: Callable[[Key], Value]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, key: Key) -> Value:
        found = self[key] = self._find(key)
        return found


class Tally:
    """``now``: seconds since 1970."""

    def __init__(self, whose: Owners, replies: Replies, *, now: int) -> None:
        self.rows = 0  # that were read, of a type that is known
        self.deleted = 0  # left out: an administrator removed the message
        self.misdated = 0  # left out: no time stamp, or one of the future
        self.strange = 0  # left out: of a type that nobody knows, or without needed columns
        self._owners, self._replies, self._latest = whose, replies, now + AHEAD_S
        self._seconds = Known(self._second)
        self._groups = Known(self._group)
        self._made = Known(Group)
        self._domains = Known(of_domain)
        self._hosts = Known(of_host)
        self._cells: Cells = Counter()
        self._heard = Heard()

    def add(self, block: Block) -> None:
        """Most rows are deliveries, and these need no judgement; so they go through all together,
        and what is done for each of them is done by the interpreter's own loops.
        """
        place, number = layout(block.columns), len(block.cells) // (len(block.columns) or 1)
        if place is None:
            self.strange += number
            return
        self.rows += number
        kinds = block.cells[place.kind :: place.width]
        if not {*kinds} - DELIVERED:
            self._delivered(place, block.cells, None)
            return
        plain = [kind in DELIVERED for kind in kinds]
        self._delivered(place, block.cells, plain)
        for at in compress(range(0, len(block.cells), place.width), map(not_, plain)):
            self._judged(place, _row(place, block.cells, at))

    def counts(self) -> dict[TenantId | None, Counted]:
        """By tenant; the platform's are those that are nobody's."""
        return summed(self._cells, self._heard)

    def _delivered(self, place: Layout, cells: list[str], which: list[bool] | None) -> None:
        def column(at: int) -> Iterable[str]:
            found = cells[at :: place.width] if at < place.width else repeat("")
            return found if which is None else compress(found, which)

        keys = zip(column(place.source), column(place.vmta), column(place.job), strict=False)
        seconds = [*map(self._seconds.__getitem__, column(place.time))]
        groups = [*map(self._groups.__getitem__, islice(keys, len(seconds)))]
        if 0 in seconds or MOVED in groups:
            for at in compress(range(0, len(cells), place.width), which or repeat(True)):
                row = _row(place, cells, at)
                self._count(place, row, "delivered", _group_key(place, row))
            return
        domains, hosts = self._domains, self._hosts
        providers = [
            domains[rcpt.rpartition("@")[2]] or hosts[mta] or of_queue(queue) or OTHER
            for rcpt, mta, queue in zip(
                column(place.rcpt), column(place.mta), column(place.queue), strict=False
            )
        ]
        slots = [second // times.SLOT_S for second in seconds]
        self._cells.update(zip(groups, slots, providers, repeat("delivered"), strict=False))

    def _judged(self, place: Layout, row: Row) -> None:
        kind, key = row[place.kind], _group_key(place, row)
        status, text, mta = row[place.status], row[place.diagnostic], row[place.mta]
        if kind in BOUNCED and deleted(status, text, mta):
            self.deleted += 1
        elif kind in BOUNCED:
            self._count(place, row, outcome(row[place.category], status), key, text)
        elif kind in DEFERRED:
            self._count(place, row, DEFERRED[kind], key, text)
        elif kind in FEEDBACK:
            source, vmta, job = key
            key = (source, vmta, job or row[place.feedback_job])
            self._count(place, row, FEEDBACK[kind], key)
        else:
            self.rows -= 1
            self.strange += kind not in IGNORED

    def _count(
        self, place: Layout, row: Row, outcome: Outcome, key: GroupKey, text: str = ""
    ) -> None:
        second = self._seconds[row[place.time]]
        if not second:
            self.misdated += 1
            return
        group = self._groups[key]
        if group == MOVED:
            group = self._at(key, second)
        mta = row[place.mta] or row[place.reporter]
        provider = (
            self._domains[row[place.rcpt].rpartition("@")[2]]
            or self._hosts[mta]
            or of_queue(row[place.queue])
            or OTHER
        )
        self._cells[group, second // times.SLOT_S, provider, outcome] += 1
        if text:
            reply = self._replies.reply(text, provider, group.ip)
            if reply is not None:
                who = provider if provider != OTHER else organisation(mta)
                self._heard.add(group.owner, group.ip, provider, who, reply, text)

    def _second(self, text: str) -> int:
        """0: not to be believed."""
        found = times.seconds(text) or 0
        return found if 0 < found <= self._latest else 0

    def _group(self, key: GroupKey) -> Group:
        source, vmta, _ = key
        if len(self._owners.spans(vmta, owners.address(source, vmta))) > 1:
            return MOVED
        return self._at(key, 0)

    def _at(self, key: GroupKey, second: int) -> Group:
        source, vmta, job = key
        ip = owners.address(source, vmta)
        owner = owners.at(self._owners.spans(vmta, ip), second)
        return self._made[owner, ip, fragment(job)[:JOB_MAX]]


def _row(place: Layout, cells: list[str], at: int) -> Row:
    """With one more cell, where columns are read that the header lacks."""
    row = cells[at : at + place.width]
    return [*[cell.replace(HELD, ",") for cell in row], ""] if HELD in "".join(row) else [*row, ""]


def _group_key(place: Layout, row: Row) -> GroupKey:
    return row[place.source], row[place.vmta], row[place.job]
