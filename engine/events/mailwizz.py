"""What a look into a MailWizz installation found of one tenant's delivery servers."""

from engine.events.base import Category, Fact
from engine.ids import InstanceId, IpAddr
from engine.values.campaign import Campaign
from engine.values.server import ServerRow
from engine.values.traffic import Counts


class MailwizzLooked(Fact, frozen=True, kw_only=True, tag="mailwizz.looked"):
    instance: InstanceId
    ips: tuple[IpAddr, ...]  # whose rows were looked for
    rows: dict[IpAddr, ServerRow] = {}  # found: the one row whose hostname is the address's
    several: tuple[IpAddr, ...] = ()  # more than one row carries their hostname: none is believed
    taken: tuple[IpAddr, ...] = ()  # the one row with their hostname is another address's
    gone: tuple[IpAddr, ...] = ()  # they have a server, and MailWizz has no such row any more
    why: str = ""  # not "": MailWizz's database did not answer
    clock: str = ""  # of its database: hours from UTC, as "+02:00"; "": not told
    slow_s: int = 0  # seconds that its database took to answer, where those are too many


class CampaignsCounted(Fact, frozen=True, kw_only=True, tag="mailwizz.campaigns_counted"):
    """Of a tenant's campaigns: those whose counts are others than before."""

    instance: InstanceId
    changed: dict[str, Campaign] = {}  # by MailWizz's number
    beside: dict[str, Counts] = {}  # what accounting counted of their mail, where it grew
    differ: tuple[str, ...] = ()  # where both say different things of a rate; some of them
    why: str = ""  # not "": nothing could be read


MailwizzEvent = MailwizzLooked | CampaignsCounted
MAILWIZZ: Category[MailwizzEvent] = Category("mailwizz", MailwizzEvent)
