"""Counts of rows, brought together for each tenant."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from engine.ids import IpAddr, TenantId
from engine.rules.accounting.counted import Counted, largest, most_said
from engine.rules.accounting.owners import Owner
from engine.rules.accounting.times import hour_of
from engine.rules.redaction import fragment
from engine.values.traffic import Cause, Counts, Outcome, Reply, Said


class Group:
    """Rows of one source address and job, while one owner has the address.  Equal only to itself,
    for a tuple of texts would be hashed anew for each row.
    """

    __slots__ = ("ip", "job", "owner")

    def __init__(self, of: tuple[Owner, IpAddr, str]) -> None:
        self.owner, self.ip, self.job = of


Cells = Counter[tuple[Group, int, str, Outcome]]  # with the quarter of an hour, and the provider


class Heard:
    """What receivers gave as reasons."""

    def __init__(self) -> None:
        self.causes: defaultdict[tuple[Owner, IpAddr, str, Cause], int] = defaultdict(int)
        self.times: defaultdict[tuple[Owner, IpAddr, str, Reply], int] = defaultdict(int)
        self.texts: dict[tuple[Owner, IpAddr, str, Reply], str] = {}

    def add(
        self, owner: Owner, ip: IpAddr, provider: str, receiver: str, reply: Reply, text: str
    ) -> None:
        self.causes[owner, ip, provider, reply.cause] += 1
        if reply.kind:
            key = (owner, ip, receiver, reply)
            self.times[key] += 1
            if key not in self.texts:
                self.texts[key] = fragment(text)


def summed(cells: Cells, heard: Heard) -> dict[TenantId | None, Counted]:
    hours: defaultdict[Owner, dict[Any, Any]] = defaultdict(dict)
    jobs: defaultdict[Owner, dict[Any, Any]] = defaultdict(dict)
    for (group, slot, provider, outcome), number in cells.items():
        owner, ip = group.owner, group.ip
        hour = hour_of(slot, owner.day_tz)
        _add(hours[owner], (hour, ip, provider), outcome, number)
        _add(jobs[owner], (ip, group.job), outcome, number)
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
    found: dict[IpAddr, dict[str, dict[Cause, int]]] = {}
    for (whose, ip, provider, cause), number in sorted(heard.causes.items(), key=str):
        if whose == owner:
            found.setdefault(ip, {}).setdefault(provider, {})[cause] = number
    return found


def _said(owner: Owner, heard: Heard) -> tuple[Said, ...]:
    """The most frequent texts of each address."""
    by_ip: dict[IpAddr, list[Said]] = {}
    for key, number in heard.times.items():
        whose, ip, receiver, reply = key
        if whose == owner and reply.kind:
            said = Said(
                ip=ip,
                kind=reply.kind,
                by=reply.by,
                receiver=receiver,
                times=number,
                text=heard.texts[key],
            )
            by_ip.setdefault(ip, []).append(said)
    return tuple(one for ip in sorted(by_ip) for one in most_said(by_ip[ip]))
