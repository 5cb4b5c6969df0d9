"""Who takes mail for a domain."""

from msgspec import Struct

from engine.ids import IpAddr
from engine.values.finding import Finding
from engine.values.status import Status


class MxHost(Struct, frozen=True, kw_only=True, gc=False):
    host: str
    preference: int
    addresses: tuple[IpAddr, ...] | None = None  # None: not answered, or not asked
    whole: bool = True  # there are no more; else one of A and AAAA was not answered
    aliases: tuple[str, ...] = ()  # CNAMEs, which an MX host may not be


class MxReport(Struct, frozen=True, kw_only=True, gc=False):
    domain: str
    valid: bool | None
    status: Status
    record: str | None = None  # the first by preference
    records: tuple[str, ...] = ()  # by preference
    exists: bool | None = None  # the domain has an SOA, or a part in its parent's zone
    implicit: bool = False  # no MX, and mail goes to the domain's own address (RFC 5321 5.1)
    hosts: tuple[MxHost, ...] = ()
    findings: tuple[Finding, ...] = ()
