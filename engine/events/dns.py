"""What the DNS says of an address or a domain."""

from engine.events.base import Category, Fact
from engine.ids import IpAddr


class FcrdnsLooked(Fact, frozen=True, kw_only=True, tag="dns.fcrdns_looked"):
    """Forward-confirmed reverse DNS (RFC 1912 2.1): PTR names, and which of them point back."""

    ip: IpAddr
    names: tuple[str, ...] | None  # PTR; None: the question was not answered
    confirmed: tuple[str, ...] | None  # those with an A or AAAA of this address; None: not answered
    why: str = ""  # what was not answered, or what is wrong


DnsEvent = FcrdnsLooked
DNS: Category[DnsEvent] = Category("dns", DnsEvent)
