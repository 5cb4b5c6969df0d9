"""Rows to counts.  Here each message passes once, so what can be known of many rows is looked up
once for all of them.
"""

from collections.abc import Callable, Mapping
from itertools import compress
from typing import TypeVar

from engine.ids import IpAddr, TenantId
from engine.rules.accounting import owners, times
from engine.rules.accounting.counted import Counted
from engine.rules.accounting.leaks import Leak, Leaks, Standing
from engine.rules.accounting.outcomes import BOUNCED, DEFERRED, FEEDBACK, IGNORED, deleted
from engine.rules.accounting.owners import PLATFORM, Owners
from engine.rules.accounting.providers import (
    OTHER,
    ROLLUP,
    of_domain,
    of_host,
    of_queue,
    organisation,
)
from engine.rules.accounting.reading import Others
from engine.rules.accounting.records import Block
from engine.rules.accounting.refused_since import RefusedSince, Since
from engine.rules.accounting.summed import Heard, Numbers, Sender, summed
from engine.rules.accounting.taken import Taken, taken
from engine.rules.replies import Replies
from engine.values.traffic import Refused

Key = TypeVar("Key")
Value = TypeVar("Value")
Source = tuple[str, str]  # address and VMTA, as they are written

_NONE: Mapping[IpAddr, Standing] = {}
_NOBODY: Mapping[TenantId, Since] = {}
AHEAD_S = 86_400  # a row dated further ahead than this is not believed
# Nor one of before 2000 (UTC): a host that lost its clock begins again in 1970.
EARLIEST = 946_684_800
# Of rows whose address changed hands: each counts for its own time's owner.
MOVED = Sender((PLATFORM, IpAddr("")))


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
        since: Mapping[TenantId, Since] = _NOBODY,
        clock: str = "",
    ) -> None:
        self.clock = clock
        self.rows = 0  # that were read, of a type that is known
        self.deleted = 0  # left out: an administrator removed the message
        self.misdated = 0  # left out: no time stamp, or one of the future
        self.strange = 0  # left out: of a type that nobody knows, or without needed columns
        self._owners, self._replies, self._latest = whose, replies, now + AHEAD_S
        self._seconds = Known(self._second)
        self._slots = Known(self._slot)
        self._senders = Known(self._sender)
        self._made = Known(Sender)
        self._domains = Known(_of_rcpt)
        self._hosts = Known(of_host)
        self._organisations = Known(organisation)
        self._doubtful = False  # a time stamp or an owner needs a look at each row
        self._numbers = Numbers()
        self._heard = Heard()
        self._leaks = Leaks(stops)
        self._refused = RefusedSince(since)
        self._watched = bool(stops or since)

    def add(self, block: Block) -> None:
        """Most rows are deliveries, and these need no judgement."""
        self.strange += block.mute
        self.rows += len(block.deliveries.times) + len(block.others.times)
        self._count(taken(block.deliveries, self._wanted(block.others)))

    def counts(self) -> dict[TenantId | None, Counted]:
        """By tenant; the platform's are those that are nobody's."""
        return summed(self._numbers, self._heard)

    def leaks(self) -> dict[TenantId, dict[IpAddr, Leak]]:
        """What went out of addresses that were to stand still."""
        return self._leaks.found()

    def refused(self) -> dict[TenantId, Refused]:
        """What was refused or put off later than ``since``, of each tenant named there."""
        return self._refused.found()

    def _wanted(self, rows: Others) -> Others:
        cells = zip(rows.kinds, rows.statuses, rows.texts, rows.mtas, strict=True)
        wanted = [self._is_wanted(*row) for row in cells]
        return rows if all(wanted) else Others(*([*compress(one, wanted)] for one in rows))

    def _is_wanted(self, kind: str, status: str, text: str, mta: str) -> bool:
        if kind in BOUNCED:
            gone = deleted(status, text, mta)
            self.deleted += gone
            return not gone
        if kind in DEFERRED or kind in FEEDBACK:
            return True
        self.rows -= 1
        self.strange += kind not in IGNORED
        return False

    def _count(self, rows: Taken) -> None:
        senders = [*map(self._senders.__getitem__, rows.addresses())]
        slots = [*map(self._slots.__getitem__, rows.times)]
        if self._doubtful:
            seconds = [*map(self._seconds.__getitem__, rows.times)]
            self.misdated += seconds.count(0)
            rows, slots = rows.only(seconds), [*compress(slots, seconds)]
            senders = [*map(self._owned, rows.addresses(), filter(None, seconds))]
        providers = self._providers(rows)
        self._numbers.add(senders, slots, providers, rows)
        self._hear(rows, senders, providers)
        self._date(rows, senders)

    def _date(self, rows: Taken, senders: list[Sender]) -> None:
        """Compares rows with the moments from which there were to be none, or might be more."""
        seconds = map(self._seconds.__getitem__, rows.times)
        dated = zip(senders, seconds, rows.outcomes, strict=True)
        sent: list[tuple[IpAddr, TenantId | None, int]] = []
        for sender, second, outcome in dated if self._watched else ():
            if outcome == "delivered":
                sent.append((sender.ip, sender.owner.tenant, second))
            else:
                self._refused.see(sender.owner.tenant, second, outcome)
        self._leaks.see(sent)

    def _hear(self, rows: Taken, senders: list[Sender], providers: list[str]) -> None:
        found = compress(zip(rows.texts, rows.mtas, senders, providers, strict=True), rows.texts)
        for text, mta, sender, provider in found:
            reply = self._replies.reply(text, provider, sender.ip)
            if reply is not None:
                who = provider if provider != OTHER else self._organisations[mta]
                self._heard.add((sender, provider, who, reply), text)

    def _providers(self, rows: Taken) -> list[str]:
        """Few queues are rolled up, and their names are as many as domains."""
        hosts, found = self._hosts, map(self._domains.__getitem__, rows.domains)
        return [
            provider or hosts[mta] or (ROLLUP in queue and of_queue(queue)) or OTHER
            for provider, mta, queue in zip(found, rows.mtas, rows.queues, strict=True)
        ]

    def _second(self, text: str) -> int:
        """0: not to be believed."""
        found = times.seconds(text) or 0
        if EARLIEST <= found <= self._latest:
            return found
        self._doubtful = True
        return 0

    def _slot(self, text: str) -> int:
        return self._seconds[text] // times.SLOT_S

    def _sender(self, source: Source) -> Sender:
        address, vmta = source
        if len(self._owners.spans(vmta, owners.address(address, vmta))) > 1:
            self._doubtful = True
            return MOVED
        return self._at(source, 0)

    def _owned(self, source: Source, second: int) -> Sender:
        sender = self._senders[source]
        return self._at(source, second) if sender is MOVED else sender

    def _at(self, source: Source, second: int) -> Sender:
        address, vmta = source
        ip = owners.address(address, vmta)
        return self._made[owners.at(self._owners.spans(vmta, ip), second), ip]


def _of_rcpt(rcpt: str) -> str:
    return of_domain(rcpt.rpartition("@")[2])
