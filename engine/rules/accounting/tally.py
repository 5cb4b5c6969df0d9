"""Rows to counts.  Here each message passes once, so what can be known of many rows is looked up
once for all of them.
"""

from collections.abc import Callable, Mapping
from itertools import compress
from operator import itemgetter
from typing import TypeVar

from engine.ids import IpAddr, TenantId
from engine.rules.accounting import owners, times
from engine.rules.accounting.columns import Layout, layout
from engine.rules.accounting.counted import JOB_MAX, Counted
from engine.rules.accounting.deliveries import Delivery, Places, Row, reading
from engine.rules.accounting.leaks import Leak, Leaks, Standing
from engine.rules.accounting.outcomes import deleted, outcome
from engine.rules.accounting.owners import PLATFORM, Owners
from engine.rules.accounting.providers import OTHER, of_domain, of_host, of_queue, organisation
from engine.rules.accounting.records import Block
from engine.rules.accounting.summed import Group, Heard, Numbers, Reason, Sender, summed
from engine.rules.redaction import fragment
from engine.rules.replies import Replies
from engine.values.traffic import Outcome

Key = TypeVar("Key")
Value = TypeVar("Value")
GroupKey = tuple[str, str, str]  # source address, VMTA, job: as they are written

_NONE: Mapping[IpAddr, Standing] = {}
AHEAD_S = 86_400  # a row dated further ahead than this is not believed
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
# Of rows whose address changed hands: each counts for its own time's owner.
MOVED = Group((Sender((PLATFORM, IpAddr(""))), ""))


class Known(dict[Key, Value]):
    """What was found out once for a key; ``find`` is asked for others."""

    def __init__(self, find: Callable[[Key], Value]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, key: Key) -> Value:
        found = self[key] = self._find(key)
        return found


class Tally:
    """``now``: seconds since 1970.  ``clock``: by which the node counts, hours from UTC."""

    def __init__(
        self,
        whose: Owners,
        replies: Replies,
        *,
        now: int,
        stops: Mapping[IpAddr, Standing] = _NONE,
        clock: str = "",
    ) -> None:
        self.clock = clock
        self.rows = 0  # that were read, of a type that is known
        self.deleted = 0  # left out: an administrator removed the message
        self.misdated = 0  # left out: no time stamp, or one of the future
        self.strange = 0  # left out: of a type that nobody knows, or without needed columns
        self._owners, self._replies, self._latest = whose, replies, now + AHEAD_S
        self._seconds = Known(self._second)
        self._groups = Known(self._group)
        self._senders = Known(Sender)
        self._made = Known(Group)
        self._domains = Known(_of_rcpt)
        self._hosts = Known(of_host)
        self._queues = Known(of_queue)
        self._organisations = Known(organisation)
        self._outcomes = Known(_outcome)
        self._doubtful = False  # a time stamp or an owner needs a look at each row
        self._numbers = Numbers()
        self._heard = Heard()
        self._leaks = Leaks(stops)

    def add(self, block: Block) -> None:
        """Most rows are deliveries, and these need no judgement; so they go through all together,
        and what is done for each of them is done by the interpreter's own loops.
        """
        place, how = layout(block.columns), reading(block.columns)
        if place is None or how is None:
            self.strange += len(block.rows)
            return
        self.rows += len(block.deliveries) + len(block.rows)
        self._delivered(how.places, block.deliveries)
        for row in block.rows:
            self._judged(place, [*row, ""])

    def counts(self) -> dict[TenantId | None, Counted]:
        """By tenant; the platform's are those that are nobody's."""
        return summed(self._numbers, self._heard)

    def leaks(self) -> dict[TenantId, dict[IpAddr, Leak]]:
        """What went out of addresses that were to stand still."""
        return self._leaks.found()

    def _delivered(self, at: Places, found: list[Delivery]) -> None:
        key = itemgetter(at.source, at.vmta, at.job)
        seconds = [*map(self._seconds.__getitem__, map(itemgetter(at.time), found))]
        groups = [*map(self._groups.__getitem__, map(key, found))]
        if self._doubtful:
            self.misdated += seconds.count(0)
            found = [*compress(found, seconds)]
            seconds = [*filter(None, seconds)]
            groups = [*map(self._owned, map(key, found), seconds)]
        domains, hosts, queues = self._domains, self._hosts, self._queues
        rcpt, mta, queue = at.rcpt, at.mta, at.queue
        providers = [
            domains[one[rcpt]] or hosts[one[mta]] or queues[one[queue]] or OTHER for one in found
        ]
        self._leaks.see(
            (group.sender.ip, group.sender.owner.tenant, second)
            for group, second in zip(groups, seconds, strict=True)
        )
        slots = [second // times.SLOT_S for second in seconds]
        self._numbers.add(groups, slots, providers, "delivered")

    def _judged(self, place: Layout, row: Row) -> None:
        kind, key = row[place.kind], _group_key(place, row)
        status, text, mta = row[place.status], row[place.diagnostic], row[place.mta]
        if kind in BOUNCED and deleted(status, text, mta):
            self.deleted += 1
        elif kind in BOUNCED:
            self._count(place, row, self._outcomes[row[place.category], status], key, text)
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
        group = self._owned(key, second)
        owner, ip = group.sender.owner, group.sender.ip
        mta = row[place.mta] or row[place.reporter]
        provider = (
            self._domains[row[place.rcpt].rpartition("@")[2]]
            or self._hosts[mta]
            or self._queues[row[place.queue]]
            or OTHER
        )
        self._numbers.one(group, second // times.SLOT_S, provider, outcome)
        if text:
            reply = self._replies.reply(text, provider, ip)
            if reply is not None:
                who = provider if provider != OTHER else self._organisations[mta]
                self._heard.add(Reason(owner, ip, provider, who, reply), text)

    def _second(self, text: str) -> int:
        """0: not to be believed."""
        found = times.seconds(text) or 0
        if 0 < found <= self._latest:
            return found
        self._doubtful = True
        return 0

    def _owned(self, key: GroupKey, second: int) -> Group:
        group = self._groups[key]
        return self._at(key, second) if group == MOVED else group

    def _group(self, key: GroupKey) -> Group:
        source, vmta, _ = key
        if len(self._owners.spans(vmta, owners.address(source, vmta))) > 1:
            self._doubtful = True
            return MOVED
        return self._at(key, 0)

    def _at(self, key: GroupKey, second: int) -> Group:
        source, vmta, job = key
        ip = owners.address(source, vmta)
        owner = owners.at(self._owners.spans(vmta, ip), second)
        return self._made[self._senders[owner, ip], fragment(job)[:JOB_MAX]]


def _outcome(of: tuple[str, str]) -> Outcome:
    return outcome(*of)


def _of_rcpt(rcpt: str) -> str:
    return of_domain(rcpt.rpartition("@")[2])


def _group_key(place: Layout, row: Row) -> GroupKey:
    return row[place.source], row[place.vmta], row[place.job]
