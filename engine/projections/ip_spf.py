"""What SPF says of an address, for each domain that it sends for."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from msgspec import Struct

from engine.events.dns import DomainDropped, DomainValidated
from engine.ids import IpAddr, Position
from engine.values.spf import IpResult, Result


class Spf(Struct, frozen=True, gc=False):
    """By the last look that could tell; an unknown answer leaves the last definite one standing."""

    at: Position = Position(0)
    result: Result | None = None  # None: no look could tell yet
    why: str = ""  # of no result; a permerror's reason

    @property
    def authorises(self) -> bool:
        return self.result == "pass"


Spfs = Mapping[str, Spf]  # by domain


def looked(before: Spfs, event: DomainValidated, ip: IpAddr, at: Position) -> dict[str, Spf]:
    if ip in event.dropped:
        return dropped(before, event.domain)
    known = before.get(event.domain, Spf())
    found = _of(event.validation.report.spf.ips, ip)
    return dict(before) | {event.domain: _heard(known, found, at)}


def dropped(before: Spfs, domain: str) -> dict[str, Spf]:
    return {name: one for name, one in before.items() if name != domain}


def concerned(event: DomainValidated | DomainDropped) -> tuple[IpAddr, ...]:
    if isinstance(event, DomainDropped):
        return event.ips
    return tuple(dict.fromkeys((*event.validation.check.ips, *event.dropped)))


def _of(results: Sequence[IpResult], ip: IpAddr) -> IpResult | None:
    """A look has them in the order of their addresses, and each of these looks for its own."""
    at = bisect_left(results, ip, key=lambda one: one.ip)
    if at < len(results) and results[at].ip == ip:
        return results[at]
    return next((one for one in results if one.ip == ip), None)


def _heard(known: Spf, found: IpResult | None, at: Position) -> Spf:
    if found is None or found.result == "temperror":
        why = found.reason if found else "it was not among the addresses"
        return known if known.result else Spf(why=why)
    return Spf(at, found.result, found.reason)
