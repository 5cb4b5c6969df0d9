"""A reactor asking a decider."""

from functools import cached_property

from engine.commands.alert import FireAlert, ResolveAlert
from engine.commands.domain_key import RevokeKey, UseKey
from engine.commands.ip import IpCommand
from engine.commands.ip_listing import EndAcknowledgement, NoteListing
from engine.commands.rollout import PassCanary
from engine.commands.server import ClaimServer, ReleaseServer
from engine.commands.tenant import BeginReview, JudgeCapacity, ReportPool, RestoreOverlay
from engine.effects.base import Do
from engine.values.target import Target


class Dispatch(Do, frozen=True, kw_only=True, tag="command.dispatch"):
    """A class of its own: it touches nothing but the log, and is never withheld."""

    command: (
        IpCommand
        | ClaimServer
        | ReleaseServer
        | FireAlert
        | ResolveAlert
        | BeginReview
        | ReportPool
        | PassCanary
        | RestoreOverlay
        | JudgeCapacity
        | UseKey
        | RevokeKey
    )

    @property
    def stop(self) -> bool:
        return self.command.stop

    @cached_property
    def target(self) -> Target:
        match self.command:
            case ClaimServer(ip=ip) | ReleaseServer(ip=ip):
                return Target("server", ip)
            case ReportPool(slug=slug, purpose=purpose):
                return Target("tenant", f"{slug}/{purpose}")
            case PassCanary(tenant=slug, node=node):
                return Target("tenant", f"{slug}/{node}")
            case BeginReview(slug=slug) | RestoreOverlay(slug=slug) | JudgeCapacity(slug=slug):
                return Target("tenant", slug)
            case UseKey() | RevokeKey() as of_key:
                domain, selector = of_key.domain, of_key.selector
                return Target("dkim", f"{domain}/{selector}")
            case FireAlert(alert=alert) | ResolveAlert(alert=alert):
                return Target("alert", alert)
            case _:
                return Target("ip", self.command.ip)

    @property
    def subject(self) -> str:
        """One look at an address may lead to several commands of one kind."""
        kind = str(type(self.command).__struct_config__.tag)
        match self.command:
            case NoteListing(why=one) | EndAcknowledgement(zone=one):
                return f"{kind}/{one}/{self.target.name}"
            case _:
                return f"{kind}/{self.target.name}"
