"""What block lists answered: one event per address and look."""

from engine.events.base import Category, Fact
from engine.ids import IpAddr, Zone
from engine.values.verdict import Answer


class DnsblLooked(Fact, frozen=True, kw_only=True, tag="dnsbl.looked"):
    ip: IpAddr
    round: str  # looks of one moment share it
    answers: dict[Zone, Answer]  # of the zones that were asked; a dead one is named, unproved
    catalogue: int  # version of the zone catalogue that judged


DnsblEvent = DnsblLooked
DNSBL: Category[DnsblEvent] = Category("dnsbl", DnsblEvent)
