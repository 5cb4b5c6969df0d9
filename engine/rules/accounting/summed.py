"""Counts of rows, brought together for each tenant."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from engine.ids import IpAddr, TenantId
from engine.rules.accounting.counted import JOB_MAX, Counted, largest, most_said
from engine.rules.accounting.owners import Owner
from engine.rules.accounting.taken import Taken
from engine.rules.accounting.times import hour_of
from engine.rules.redaction import fragment
from engine.values.traffic import Cause, Counts, Outcome, Reply, Said


class Sender:
    """An address while one owner has it.  Equal only to itself, for a tuple of texts would be
    hashed anew for each row.
    """

    __slots__ = ("ip", "owner")

    def __init__(self, of: tuple[Owner, IpAddr]) -> None:
        self.owner, self.ip = of


class Numbers:
    """By hour and provider, and apart from it by job, as events have them: both together would be
    as many as all senders' jobs times all providers, more than find room beside a core.
    """

    def __init__(self) -> None:
        self.hours: Counter[tuple[Sender, int, str, Outcome]] = Counter()  # quarters of them
        self.jobs: Counter[tuple[Sender, str, Outcome]] = Counter()  # as they are written

    def add(
        self, senders: list[Sender], slots: list[int], providers: list[str], rows: Taken
    ) -> None:
        self.hours.update(zip(senders, slots, providers, rows.outcomes, strict=True))
        self.jobs.update(zip(senders, rows.jobs, rows.outcomes, strict=True))


# The provider, the same or another organisation, and what it meant.
Reason = tuple[Sender, str, str, Reply]


class Heard:
    """What receivers gave as reasons."""

    def __init__(self) -> None:
        self.times: dict[Reason, int] = {}
        self.texts: dict[Reason, str] = {}

    def add(self, reason: Reason, text: str) -> None:
        number = self.times[reason] = self.times.get(reason, 0) + 1
        if number == 1 and reason[-1].kind:
            self.texts[reason] = fragment(text)


def summed(numbers: Numbers, heard: Heard) -> dict[TenantId | None, Counted]:
    hours: defaultdict[Owner, dict[Any, Any]] = defaultdict(dict)
    jobs: defaultdict[Owner, dict[Any, Any]] = defaultdict(dict)
    for (sender, slot, provider, outcome), number in numbers.hours.items():
        hour = hour_of(slot, sender.owner.day_tz)
        _add(hours[sender.owner], (hour, sender.ip, provider), outcome, number)
    names = {job: fragment(job)[:JOB_MAX] for job in {job for _, job, _ in numbers.jobs}}
    for (sender, written, outcome), number in numbers.jobs.items():
        _add(jobs[sender.owner], (sender.ip, names[written]), outcome, number)
    return {
        owner.tenant: Counted(
            day_tz=owner.day_tz,
            hours=_counts(hours[owner], 2),
            jobs={ip: largest(of) for ip, of in _counts(jobs[owner], 1).items()},
            causes=_causes(owner, heard),
            said=_said(owner, heard),
        )
        for owner in hours
    }


def _add(tree: dict[Any, Any], path: tuple[object, ...], outcome: Outcome, number: int) -> None:
    for step in path:
        tree = tree.setdefault(step, {})
    tree[outcome] = tree.get(outcome, 0) + number


def _counts(tree: Mapping[Any, Any], depth: int) -> dict[Any, Any]:
    """The tree with Counts as its leaves, in the order of its keys."""
    below: Callable[[Any], Any] = lambda one: _counts(one, depth - 1)  # noqa: E731
    if depth < 0:
        return Counts(**tree)  # type: ignore[return-value]
    return {key: below(tree[key]) for key in sorted(tree)}


def _causes(owner: Owner, heard: Heard) -> dict[IpAddr, dict[str, dict[Cause, int]]]:
    times: Counter[tuple[IpAddr, str, Cause]] = Counter()
    for (sender, provider, _, reply), number in heard.times.items():
        if sender.owner == owner:
            times[sender.ip, provider, reply.cause] += number
    found: dict[IpAddr, dict[str, dict[Cause, int]]] = {}
    for (ip, provider, cause), number in sorted(times.items()):
        found.setdefault(ip, {}).setdefault(provider, {})[cause] = number
    return found


def _said(owner: Owner, heard: Heard) -> tuple[Said, ...]:
    """The most frequent texts of each address."""
    by_ip: dict[IpAddr, list[Said]] = {}
    for reason, number in heard.times.items():
        sender, _, receiver, reply = reason
        if sender.owner == owner and reply.kind:
            said = Said(
                ip=sender.ip,
                kind=reply.kind,
                by=reply.by,
                receiver=receiver,
                times=number,
                text=heard.texts[reason],
            )
            by_ip.setdefault(sender.ip, []).append(said)
    return tuple(said for ip in sorted(by_ip) for said in most_said(by_ip[ip]))
