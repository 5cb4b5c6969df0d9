"""What SPF (RFC 7208) says of a domain, and of each address that sends for it."""

from typing import Literal

from msgspec import Struct

from engine.ids import IpAddr
from engine.values.finding import Finding

Policy = Literal["pass", "fail", "softfail", "neutral"]  # the four words of a qualifier
Result = Literal["pass", "fail", "softfail", "neutral", "none", "permerror", "temperror"]


class IpResult(Struct, frozen=True, gc=False):
    """What a receiver makes of mail from this address, by its MAIL FROM and by its HELO name."""

    ip: IpAddr
    result: Result
    term: str = ""  # of the domain's own record: the one that matched, or at which it ended
    explanation: str = ""  # the domain's own words for a fail (exp=)
    via: tuple[str, ...] = ()  # the terms below it, of the records that it leads to
    reason: str = ""  # why there is none, a permerror or a temperror
    helo: Result | None = None  # of the HELO name alone: it is what counts for bounces


class SpfReport(Struct, frozen=True, gc=False):
    valid: bool | None  # None: could not be told
    record: str | None = None  # if there is exactly one
    records: tuple[str, ...] = ()
    policy: Policy | None = None  # what `all` says, that of redirect= where there is none
    worst: int = 0  # terms that ask the DNS, if nothing matches before the end; at most 10
    void: int = 0  # questions among them that find nothing; at most 2
    ips: tuple[IpResult, ...] = ()
    findings: tuple[Finding, ...] = ()
