"""What the DNS says of a domain's DMARC policy."""

from typing import Literal

from msgspec import Struct

from engine.values.finding import Finding
from engine.values.status import Status

Policy = Literal["none", "quarantine", "reject"]


class DmarcEffective(Struct, frozen=True, gc=False):
    """As published, with what a tag that is not there falls back to."""

    p: Policy
    sp: Policy  # of subdomains that exist
    np: Policy  # of those that do not
    t: bool  # testing: each is applied one step weaker


class ReportAddress(Struct, frozen=True, gc=False):
    """Where reports are to go; None in either field: could not be told."""

    uri: str
    external: bool  # in another organisation's domain
    authorised: bool | None  # its domain agrees (RFC 9990 4); one's own needs no agreement
    reachable: bool | None = None  # its domain takes mail


class Alignment(Struct, frozen=True, gc=False):
    """Whether a name that SPF or DKIM proves stands for the domain in From."""

    by: Literal["spf", "dkim"]
    domain: str  # of MAIL FROM, or the signature's d=
    mode: Literal["relaxed", "strict"]
    aligned: bool | None
    organizational_domain: str | None


class DmarcReport(Struct, frozen=True, kw_only=True, gc=False):
    domain: str
    valid: bool | None
    status: Status
    policy: Policy | None = None  # what a receiver applies to failing mail From this domain
    record: str | None = None
    found_at: str | None = None  # "_dmarc.example.com"
    organizational_domain: str | None = None
    effective: DmarcEffective | None = None
    queries: tuple[str, ...] = ()  # the tree walk of this domain, in its order
    rua: tuple[ReportAddress, ...] = ()
    ruf: tuple[ReportAddress, ...] = ()
    alignment: tuple[Alignment, ...] = ()
    ttl: int | None = None  # seconds
    findings: tuple[Finding, ...] = ()
