"""A MailWizz delivery server: whose it is, and what MailWizz was told about it."""

from engine.events.base import Category, Fact
from engine.ids import InstanceId, IpAddr, ServerId
from engine.values.server import ServerRow, ServerWish


class ServerClaimed(Fact, frozen=True, kw_only=True, tag="server.claimed"):
    ip: IpAddr
    instance: InstanceId
    server_id: ServerId
    ours: bool = False  # it was we who switched it off, when an address before this one left it


class ServerPlanned(Fact, frozen=True, kw_only=True, tag="server.planned"):
    ip: IpAddr
    wish: ServerWish


class ServerTold(Fact, frozen=True, kw_only=True, tag="server.told"):
    ip: IpAddr
    wish: ServerWish
    row: ServerRow  # as it reads now


class ServerFailed(Fact, frozen=True, kw_only=True, tag="server.failed"):
    ip: IpAddr
    why: str


class ServerUnknown(Fact, frozen=True, kw_only=True, tag="server.unknown"):
    ip: IpAddr
    attempt: int
    why: str


class ServerReleased(Fact, frozen=True, kw_only=True, tag="server.released"):
    """Its address is removed, or its row is gone and another was named: any other may claim it."""

    ip: IpAddr
    ours: bool = False  # it was we who switched it off


ServerEvent = (
    ServerClaimed | ServerPlanned | ServerTold | ServerFailed | ServerUnknown | ServerReleased
)
SERVER: Category[ServerEvent] = Category("server", ServerEvent)
