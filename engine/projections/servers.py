"""Each address's MailWizz delivery server: which it is, what is wanted of it, what it was told."""

from datetime import datetime
from typing import Any, Literal, assert_never, get_args

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.effect import EffectRefused
from engine.events.ip import IpRegistered, LeverEvent
from engine.events.ip_removal import IpRemoved, IpWithdrawn
from engine.events.mailwizz import MailwizzLooked
from engine.events.node import PauseFailed, QueuesPaused
from engine.events.server import (
    ServerClaimed,
    ServerEvent,
    ServerFailed,
    ServerPlanned,
    ServerReleased,
    ServerTold,
    ServerUnknown,
)
from engine.events.tenant import OverlaySet
from engine.ids import InstanceId, IpAddr, NodeId, TenantId
from engine.projections.projection import Projection, of_tenant
from engine.rules import overlay, timing
from engine.values.levers import STOPPED, Levers, PerDay
from engine.values.overlay import Quota
from engine.values.retry import Work
from engine.values.server import ServerName, ServerRow, ServerWish

LEVERS = get_args(LeverEvent)


class Server(Struct, frozen=True, gc=False):
    ip: IpAddr = IpAddr("")
    tenant: TenantId = TenantId("")
    node: NodeId = NodeId("")
    instance: InstanceId | None = None  # None: the tenant has no MailWizz
    hostname: str = ""
    claimed: ServerName | None = None
    row: ServerRow | None = None  # as last seen
    several: bool = False  # more than one row carries the hostname
    gone: bool = False  # the claimed row
    wish: ServerWish | None = None  # wanted; None: nothing is wanted of it
    told: ServerWish | None = None
    ours: bool = False  # it was we who switched it off
    planned: ServerWish | None = None  # begun, and its end not known
    after: datetime | None = None  # a stop waits so long for PowerMTA's to have begun
    tell: Work = Work()
    look: Work = Work()
    looked_at: datetime | None = None
    claim: Work = Work()
    why: str = ""
    levers: Levers = STOPPED  # what the engine wants of the address
    quota: Quota | None = None  # the tenant's own, if it chose one
    drains: bool = False  # the tenant left it out
    withdrawn: bool = False  # the address is on its way out
    removed: bool = False  # and gone; a server that it still has is switched off first

    @property
    def state(self) -> Literal["none", "unknown", "on", "off", "wanted"]:
        if self.claimed is None:
            return "none"
        if self.planned is not None:
            return "unknown"
        if self.told is None or self.told != self.wish:
            return "wanted"
        return "on" if self.told.on else "off"


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    event = recorded.event
    if isinstance(event, MailwizzLooked):
        return tuple(key for ip in event.ips for key in of_tenant(recorded, ip))
    if isinstance(event, EffectRefused):
        return of_tenant(recorded, event.target.name) if event.target.kind == "server" else ()
    if isinstance(event, OverlaySet):
        return tuple(key for ip in event.nodes for key in of_tenant(recorded, ip))
    return of_tenant(recorded, event.ip)


def evolve(view: Server, recorded: Recorded[Event]) -> Server:
    event, at = recorded.event, recorded.at
    if isinstance(event, LEVERS):
        return _moved(view, event, recorded)
    if isinstance(event, ServerEvent):
        return _served(view, event, recorded)
    match event:
        case QueuesPaused() | PauseFailed():
            return replace(view, after=None)
        case OverlaySet():
            return _chosen(view, event, recorded)
        case MailwizzLooked():
            return view if _gone(view) else _looked(view, event, recorded)
        case IpRemoved():
            return replace(view, removed=True) if view.claimed else Server(tenant=view.tenant)
        case EffectRefused(why=why):
            again = view.tell.failed(at)
            return replace(view, tell=again, claim=view.claim.failed(at), why=why)
        case _:
            return view


def _served(view: Server, event: ServerEvent, recorded: Recorded[Event]) -> Server:
    here, at = Work(recorded.position), recorded.at
    match event:
        case ServerClaimed(instance=instance, server_id=server_id, ours=ours):
            name = ServerName(instance, server_id)
            row = view.row if view.row and view.row.server_id == server_id else None
            ours = view.ours or ours
            return replace(view, claimed=name, row=row, tell=here, ours=ours)
        case ServerPlanned(wish=wish):
            return replace(view, planned=wish, look=here)
        case ServerTold(wish=wish, row=row):
            ours = not wish.on and (view.ours or (view.row is not None and view.row.on))
            return replace(view, planned=None, told=wish, row=row, ours=ours, look=here, why="")
        case ServerFailed(why=why):
            return replace(view, planned=None, tell=view.tell.failed(at), why=why)
        case ServerUnknown(why=why):
            return replace(view, look=view.look.failed(at), why=why)
        case ServerReleased() if view.removed:
            return Server(tenant=view.tenant)
        case ServerReleased():
            return replace(view, claimed=None, row=None, told=None, ours=False, gone=False)
        case _:
            assert_never(event)


def _gone(view: Server) -> bool:
    """A look that was under way may end after it."""
    return bool(view.tenant) and not view.ip


def _moved(view: Server, event: Any, recorded: Recorded[Event]) -> Server:
    if isinstance(event, IpRegistered):
        ip, tenant = event.ip, recorded.tenant or view.tenant
        before = view if view.instance == event.instance else Server()
        view = Server(
            ip=ip,
            tenant=tenant,
            node=event.node,
            instance=event.instance,
            claimed=before.claimed,
            ours=before.ours,
        )
    return replace(
        _wanted(replace(view, levers=event.vmta.levers), recorded),
        hostname=event.vmta.hostname or view.hostname,
        after=recorded.at + timing.MAILWIZZ_AFTER if event.stop else None,
        withdrawn=isinstance(event, IpWithdrawn),
    )


def _chosen(view: Server, event: OverlaySet, recorded: Recorded[Event]) -> Server:
    chosen = event.virtual_mtas.get(view.ip)
    drains = view.ip in event.drained
    view = replace(view, quota=chosen.quota if chosen else None, drains=drains)
    return _wanted(view, recorded)


def _wanted(view: Server, recorded: Recorded[Event]) -> Server:
    wish = _wish(overlay.narrowed(view.levers, view.quota, drains=view.drains))
    tell = Work(recorded.position) if wish != view.wish else view.tell
    return replace(view, wish=wish, tell=tell)


def _wish(levers: Levers) -> ServerWish:
    """Closed is off with the quotas left alone; never 0, which means unlimited."""
    if levers.intake == "closed":
        return ServerWish(on=False, daily=None)
    daily = levers.output.cap if isinstance(levers.output, PerDay) else None
    return ServerWish(on=True, daily=daily)


def _looked(view: Server, event: MailwizzLooked, recorded: Recorded[Event]) -> Server:
    at = recorded.at
    if event.why:
        return replace(view, look=view.look.failed(at), why=event.why)
    row = event.rows.get(view.ip)
    drifted = row is not None and view.told is not None and drift(row, view.told)
    return replace(
        view,
        row=row,
        several=view.ip in event.several,
        gone=view.ip in event.gone,
        look=Work(recorded.position),
        looked_at=at,
        told=None if drifted else view.told,
        tell=Work(recorded.position) if drifted else view.tell,
        why="",
    )


def drift(row: ServerRow, told: ServerWish) -> bool:
    """Somebody set it higher, or on, against what we told.  A lower quota set by hand holds, and
    so does a server that a person switched off.
    """
    if not told.on:
        return row.on
    over = told.daily is not None and (row.daily == 0 or row.daily > told.daily)
    return over and not row.own_plan


SERVERS = Projection(
    name="servers",
    folds=(
        *(*LEVERS, IpRemoved, QueuesPaused, PauseFailed, MailwizzLooked, EffectRefused, OverlaySet),
        *get_args(ServerEvent),
    ),
    keys=keys,
    initial=Server(),
    evolve=evolve,
    tenant=lambda view: view.tenant,
    columns=lambda view: {"instance": view.instance, "state": view.state},
    version=4,
)
