"""Finding, telling and reading MailWizz's delivery servers."""

from engine.effects.base import Look, Stream, Touch
from engine.events.ip import IP
from engine.events.server import SERVER
from engine.ids import InstanceId, IpAddr, ServerId, TenantId
from engine.values.server import ServerName, ServerWish
from engine.values.target import Target


class FindServer(Look, frozen=True, kw_only=True, tag="server.find"):
    """Gathered with the others of the same moment into one look at the installation."""

    tenant: TenantId
    ip: IpAddr
    instance: InstanceId
    hostname: str
    server_id: ServerId | None = None  # the address has it already, whatever its hostname

    @property
    def target(self) -> Target:
        return Target("server", self.ip)


class TellServer(Touch, frozen=True, kw_only=True, tag="server.tell"):
    tenant: TenantId
    ip: IpAddr
    server: ServerName
    wish: ServerWish
    ours: bool  # it was we who switched it off

    @property
    def stop(self) -> bool:
        return not self.wish.on

    @property
    def decided_by(self) -> tuple[Stream, ...]:
        return (IP, self.ip), (SERVER, str(self.server))

    @property
    def target(self) -> Target:
        return Target("server", self.ip)


class ReadServer(Look, frozen=True, kw_only=True, tag="server.read"):
    """What became of a wish whose outcome is unknown."""

    tenant: TenantId
    ip: IpAddr
    server: ServerName

    @property
    def target(self) -> Target:
        return Target("server", self.ip)


class LookAtCampaigns(Look, frozen=True, kw_only=True, tag="server.look_at_campaigns"):
    """What MailWizz counted of them, over its API."""

    tenant: TenantId
    instance: InstanceId

    @property
    def target(self) -> Target:
        return Target("campaigns", self.instance)
