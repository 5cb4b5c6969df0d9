"""Views as the API shows them.  The names are promises to clients; the views' own are not."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from engine.api.present_ip import cap, output
from engine.ids import AlertId, IpAddr, NodeId, ServerId, TenantId, without_cycle
from engine.projections.alerts import Alert
from engine.projections.audit import Request
from engine.projections.effects import Wish
from engine.projections.rollouts import Rollout
from engine.projections.servers import Server
from engine.values.server import ServerRow, ServerWish
from engine.values.vmta import Vmta


class AlertShown(Struct, frozen=True, kw_only=True):
    id: AlertId
    tenant: TenantId | None
    name: str
    subject: str
    severity: str
    title: str
    facts: Mapping[str, str]
    firing: bool
    acknowledged: bool
    silenced_until: datetime | None
    since: datetime | None


def alert(view: Alert) -> AlertShown | None:
    """One that never fired is none."""
    if not view.episode:
        return None
    return AlertShown(
        id=view.id,
        tenant=view.tenant,
        name=view.name,
        subject=view.subject,
        severity=view.severity,
        title=view.title,
        facts=view.facts,
        firing=view.firing,
        acknowledged=bool(view.telling.acknowledged),
        silenced_until=view.silenced_until,
        since=view.since,
    )


class WishShown(Struct, frozen=True, kw_only=True):
    key: str
    effect: str
    tenant: TenantId | None
    state: str
    why: str
    attempts: int  # that were refused, one after the other
    retry_at: datetime | None  # not before then, and only if it is still wanted


def wish(view: Wish, *, platform: bool) -> WishShown:
    """A key ends with the position that it follows from, which is the platform's to know."""
    return WishShown(
        key=view.key if platform else without_cycle(view.key),
        effect=view.effect,
        tenant=view.tenant,
        state=view.state,
        why=view.why,
        attempts=view.retry.attempt - 1,
        retry_at=view.retry.at,
    )


class RequestShown(Struct, frozen=True, kw_only=True):
    id: str
    tenant: TenantId | None
    actor: str
    at: datetime | None
    commands: tuple[str, ...]
    outcome: str
    why: str


def request(view: Request) -> RequestShown:
    return RequestShown(
        id=view.request,
        tenant=view.tenant,
        actor=view.actor,
        at=view.at,
        commands=view.commands,
        outcome=view.outcome,
        why=view.why,
    )


class VmtaShown(Struct, frozen=True, kw_only=True):
    purpose: str
    hostname: str
    intake: str
    output: str
    cap: int | None


class RolloutShown(Struct, frozen=True, kw_only=True):
    node: NodeId
    tenant: TenantId
    state: str
    wanted: Mapping[IpAddr, VmtaShown]
    told: Mapping[IpAddr, VmtaShown]
    ending: str | None  # of the last rollout
    why: str
    ended_at: datetime | None


def rollout(view: Rollout) -> RolloutShown | None:
    if not view.node:
        return None
    return RolloutShown(
        node=view.node,
        tenant=view.tenant,
        state=view.state,
        wanted={ip: _vmta(one) for ip, one in view.wanted.items()},
        told={ip: _vmta(one) for ip, one in view.told.items()},
        ending=view.ending,
        why=view.why,
        ended_at=view.ended_at,
    )


def _vmta(one: Vmta) -> VmtaShown:
    return VmtaShown(
        purpose=one.purpose,
        hostname=one.hostname,
        intake=one.levers.intake,
        output=output(one.levers),
        cap=cap(one.levers),
    )


class ServerShown(Struct, frozen=True, kw_only=True):
    address: IpAddr
    tenant: TenantId
    instance: str | None
    server_id: ServerId | None
    hostname: str
    state: str
    wanted: ServerWish | None
    told: ServerWish | None
    row: ServerRow | None  # as last seen
    gone: bool  # the row of that number, from MailWizz; then another may be named
    why: str
    looked_at: datetime | None


def server(view: Server) -> ServerShown | None:
    if not view.ip:
        return None
    return ServerShown(
        address=view.ip,
        tenant=view.tenant,
        instance=view.instance,
        server_id=view.claimed.server_id if view.claimed else None,
        hostname=view.hostname,
        state=view.state,
        wanted=view.wish,
        told=view.told,
        row=view.row,
        gone=view.gone,
        why=view.why,
        looked_at=view.looked_at,
    )
