"""What block lists answered: one event per address and look."""

from engine.events.base import Category, Fact
from engine.ids import IpAddr, Zone
from engine.values.verdict import Answer


class DnsblLooked(Fact, frozen=True, kw_only=True, tag="dnsbl.looked"):
    ip: IpAddr
    round: str  # looks of one moment share it
    answers: dict[Zone, Answer]  # of the zones that were asked; a dead one is named, unproved
    catalogue: int  # version of the zone catalogue that judged
    whole: bool = False  # a look at all lists, whatever came of it
    spared: tuple[Zone, ...] = ()  # suspected, as for others of its tenant: stops nobody yet
    skipped: tuple[Zone, ...] = ()  # not asked, for the day's questions were used up
    gone: tuple[Zone, ...] = ()  # dead for a week: their listings of it end with them
    sooner_s: int = 0  # how soon budgets let one look again that deserves it; 0: no sooner


DnsblEvent = DnsblLooked
DNSBL: Category[DnsblEvent] = Category("dnsbl", DnsblEvent)
