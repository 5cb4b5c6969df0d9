"""A reactor asking a decider."""

from engine.commands.alert import FireAlert
from engine.commands.ip import IpCommand
from engine.commands.server import ClaimServer
from engine.commands.tenant import BeginReview, ReportPool
from engine.effects.base import Do
from engine.values.target import Target


class Dispatch(Do, frozen=True, kw_only=True, tag="command.dispatch"):
    """A class of its own: it touches nothing but the log, and is never withheld."""

    command: IpCommand | ClaimServer | FireAlert | BeginReview | ReportPool

    @property
    def stop(self) -> bool:
        return self.command.stop

    @property
    def target(self) -> Target:
        match self.command:
            case ClaimServer(ip=ip):
                return Target("server", ip)
            case ReportPool(slug=slug, purpose=purpose):
                return Target("tenant", f"{slug}/{purpose}")
            case BeginReview(slug=slug):
                return Target("tenant", slug)
            case FireAlert(alert=alert):
                return Target("alert", alert)
            case _:
                return Target("ip", self.command.ip)

    @property
    def subject(self) -> str:
        return f"{type(self.command).__struct_config__.tag}/{self.target.name}"
