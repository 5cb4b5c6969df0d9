"""What a look into a MailWizz installation found of one tenant's delivery servers."""

from engine.events.base import Category, Fact
from engine.ids import InstanceId, IpAddr
from engine.values.server import ServerRow


class MailwizzLooked(Fact, frozen=True, kw_only=True, tag="mailwizz.looked"):
    instance: InstanceId
    ips: tuple[IpAddr, ...]  # whose rows were looked for
    rows: dict[IpAddr, ServerRow] = {}  # found: the one row whose hostname is the address's
    several: tuple[IpAddr, ...] = ()  # more than one row carries their hostname: none is believed
    why: str = ""  # not "": MailWizz's database did not answer


MailwizzEvent = MailwizzLooked
MAILWIZZ: Category[MailwizzEvent] = Category("mailwizz", MailwizzEvent)
