"""A MailWizz delivery server: whose it is, and what MailWizz was told about it."""

from engine.events.base import Category, Fact
from engine.ids import InstanceId, IpAddr, ServerId
from engine.values.server import ServerRow, ServerWish


class ServerClaimed(Fact, frozen=True, kw_only=True, tag="server.claimed"):
    ip: IpAddr
    instance: InstanceId
    server_id: ServerId


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


ServerEvent = ServerClaimed | ServerPlanned | ServerTold | ServerFailed | ServerUnknown
SERVER: Category[ServerEvent] = Category("server", ServerEvent)
