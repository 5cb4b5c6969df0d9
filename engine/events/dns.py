"""What the DNS says of an address or a domain."""

from datetime import datetime

from engine.events.base import Category, Fact
from engine.ids import IpAddr, Position
from engine.values.sending_domain import Beside, PartName
from engine.values.validation import Validation


class FcrdnsLooked(Fact, frozen=True, kw_only=True, tag="dns.fcrdns_looked"):
    """Forward-confirmed reverse DNS (RFC 1912 2.1): PTR names, and which of them point back."""

    ip: IpAddr
    names: tuple[str, ...] | None  # PTR; None: the question was not answered
    confirmed: tuple[str, ...] | None  # those with an A or AAAA of this address; None: not answered
    why: str = ""  # what was not answered, or what is wrong


class DomainValidated(Fact, frozen=True, kw_only=True, tag="dns.domain_validated"):
    """A look at a sending domain, with all that was heard: a replay needs no DNS."""

    domain: str
    validation: Validation
    cycle: Position  # the event that it was an answer to; what was asked later is not answered
    beside: Beside = Beside()
    failing: dict[PartName, datetime] = {}  # parts that a second look found wrong, and since when
    silent_since: datetime | None = None  # no look was answered in every part since; None: this was
    dropped: tuple[IpAddr, ...] = ()  # they sent for it at an earlier look, and do not any more


class DomainDropped(Fact, frozen=True, kw_only=True, tag="dns.domain_dropped"):
    """Nobody sends for it any more: its tenant has removed it."""

    domain: str
    ips: tuple[IpAddr, ...]  # that were told of it


DnsEvent = FcrdnsLooked | DomainValidated | DomainDropped
DNS: Category[DnsEvent] = Category("dns", DnsEvent)
