"""What reverse DNS says of the addresses that send for a domain."""

from typing import Literal

from msgspec import Struct

from engine.ids import IpAddr
from engine.values.finding import Finding
from engine.values.status import Status

PtrResult = Literal["pass", "fail", "permerror", "temperror"]  # of iprev (RFC 8601 2.7.3)


class PtrIp(Struct, frozen=True, kw_only=True, gc=False):
    ip: IpAddr
    result: PtrResult  # permerror: there is no PTR record
    names: tuple[str, ...] = ()  # PTR
    confirmed: tuple[str, ...] = ()  # those with an address record of this very address
    generic: str | None = None  # why the first of them looks like a provider's own
    expected: str | None = None  # the name that the engine sends as from here


class PtrReport(Struct, frozen=True, kw_only=True, gc=False):
    valid: bool | None
    status: Status
    scope: Literal["ips", "mx_hosts"]  # sending addresses; or, none known, those of the MX hosts
    record: str | None = None  # the first address's PTR, as a zone file writes it
    hostname: str | None = None  # the first address's name, a confirmed one if there is any
    ips: tuple[PtrIp, ...] = ()
    findings: tuple[Finding, ...] = ()
