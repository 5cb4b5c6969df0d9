"""What must stand still on a node, whoever's it is, and what of it the node must be told.

A platform view that no tenant reads: each tenant has a file of its own, but a reload concerns
everybody, and nobody promises that a pause outlives one.  So every pause is due again when a
rollout there is planned, each minute until it ends, at its end or when that is unknown, after a
restart of PowerMTA, and after a look that does not show it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple, get_args

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.host import HostRegistered
from engine.events.ip import LeverEvent
from engine.events.node import (
    NodeLooked,
    PauseFailed,
    QueuesPaused,
    QueuesResumed,
    ResumeFailed,
)
from engine.events.rollout import RolloutEnded, RolloutPlanned, RolloutTorn, RolloutUnknown
from engine.events.tenant import OverlaySet
from engine.ids import IpAddr, NodeId, Position, TenantId
from engine.projections.projection import Projection
from engine.rules import timing
from engine.rules.pmta_config import tenant_file
from engine.values.levers import Paused
from engine.values.retry import Retry, Work

LEVERS = get_args(LeverEvent)
ROLLOUT = (RolloutPlanned, RolloutUnknown, RolloutTorn, RolloutEnded)


class Stop(Struct, frozen=True, gc=False):
    """One VMTA that must stand still."""

    tenant: TenantId
    since: Position  # the event that asked for it
    told: Position = Position(0)  # the node obeyed what this event made necessary
    told_at: datetime | None = None
    tries: int = 0  # answered ones, of whatever cycle
    retry_at: datetime | None = None  # after one that failed


class Resume(Struct, frozen=True, gc=False):
    """One VMTA that we paused, and that may let its mail out again."""

    tenant: TenantId
    work: Work


class Due(NamedTuple):
    ip: IpAddr
    tenant: TenantId
    cycle: Position
    attempt: int
    at: datetime | None  # None: at once


class Pauses(Struct, frozen=True, gc=False):
    node: NodeId = NodeId("")
    registered: bool = False
    stops: dict[IpAddr, Stop] = {}  # few; what grows with the fleet is what sends
    resumes: dict[IpAddr, Resume] = {}
    cleared: Position = Position(0)  # the last event that may have ended every pause
    open: tuple[TenantId, ...] = ()  # whose rollout is under way
    look: Work = Work()
    looked_at: datetime | None = None  # answered
    started: str = ""  # PowerMTA's own start time
    nameless: dict[IpAddr, TenantId] = {}  # to stand still once a host name brings them here

    def due(self) -> Iterator[Due]:
        for ip, stop in self.stops.items():
            cycle, attempt = max(stop.since, self.cleared), stop.tries + 1
            if stop.told < cycle:
                yield Due(ip, stop.tenant, cycle, attempt, stop.retry_at)
            elif self.open and stop.told_at:
                again = stop.told_at + timing.PAUSE_AGAIN
                yield Due(ip, stop.tenant, cycle, attempt, again)

    def believed(self) -> set[str]:
        """The VMTAs that ought to be found standing still."""
        obeyed = {ip for ip, one in self.stops.items() if one.told >= max(one.since, self.cleared)}
        return {tenant_file.vmta(self.stops[ip].tenant, ip) for ip in obeyed}


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    if isinstance(recorded.event, OverlaySet):
        return tuple(sorted(set(recorded.event.nodes.values())))
    return (recorded.event.node,)


def evolve(view: Pauses, recorded: Recorded[Event]) -> Pauses:
    event, here = recorded.event, recorded.position
    if isinstance(event, LEVERS):
        return _moved(replace(view, node=event.node), event, recorded)
    if isinstance(event, ROLLOUT):
        return _rollout(view, event, recorded)
    match event:
        case HostRegistered(node=node):
            return replace(view, node=node, registered=True, look=Work(here))
        case OverlaySet():
            return _named(view, event, recorded)
        case NodeLooked():
            return _looked(view, event, recorded)
        case QueuesPaused(ip=ip, cycle=cycle) if stop := view.stops.get(ip):
            told = replace(stop, told=cycle, told_at=recorded.at, tries=stop.tries + 1)
            return _with(view, ip, replace(told, retry_at=None))
        case PauseFailed(ip=ip) if stop := view.stops.get(ip):
            again = Retry().failed(recorded.at, stop=True).at
            return _with(view, ip, replace(stop, tries=stop.tries + 1, retry_at=again))
        case QueuesResumed(ip=ip):
            return replace(view, resumes=_without(view.resumes, ip))
        case ResumeFailed(ip=ip) if resume := view.resumes.get(ip):
            failed = replace(resume, work=resume.work.failed(recorded.at))
            return replace(view, resumes=view.resumes | {ip: failed})
        case _:
            return view


def _moved(view: Pauses, event: Any, recorded: Recorded[Event]) -> Pauses:
    """An address without a hostname is not on the node, so there is nothing to pause."""
    ip, here, tenant = event.ip, recorded.position, recorded.tenant
    paused = event.vmta.levers.output == Paused()
    if tenant is None:
        return view
    if not event.vmta.hostname:
        nameless = {**view.nameless, ip: tenant} if paused and ip not in view.stops else None
        return replace(view, nameless=nameless) if nameless is not None else view
    if ip in view.nameless:
        nameless = {other: one for other, one in view.nameless.items() if other != ip}
        view = replace(view, nameless=nameless)
    if paused:
        stop = view.stops.get(ip) or Stop(tenant, here)
        view = replace(view, resumes=_without(view.resumes, ip))
        return _with(view, ip, stop)
    if ip not in view.stops:
        return view
    resume = Resume(tenant, Work(here))
    stops = {other: stop for other, stop in view.stops.items() if other != ip}
    return replace(view, stops=stops, resumes=view.resumes | {ip: resume})


def _named(view: Pauses, event: OverlaySet, recorded: Recorded[Event]) -> Pauses:
    """A host name that people give defines a VMTA as the DNS's does."""
    named = {
        ip: Stop(tenant, recorded.position)
        for ip, tenant in view.nameless.items()
        if (chosen := event.virtual_mtas.get(ip)) and chosen.hostname
    }
    nameless = {ip: one for ip, one in view.nameless.items() if ip not in named}
    return replace(view, stops=view.stops | named, nameless=nameless) if named else view


def _rollout(view: Pauses, event: Any, recorded: Recorded[Event]) -> Pauses:
    tenant = recorded.tenant
    others = tuple(one for one in view.open if one != tenant)
    closed = isinstance(event, RolloutEnded) or tenant is None
    return replace(view, cleared=recorded.position, open=others if closed else (*others, tenant))


def _looked(view: Pauses, event: NodeLooked, recorded: Recorded[Event]) -> Pauses:
    here, at = recorded.position, recorded.at
    if event.paused is None:
        return replace(view, look=view.look.failed(at))
    restarted = view.started not in ("", event.started)
    shown = view.believed() <= set(event.paused) and not restarted
    return replace(
        view,
        cleared=view.cleared if shown else here,
        look=Work(here),
        looked_at=at,
        started=event.started,
    )


def _with(view: Pauses, ip: IpAddr, stop: Stop) -> Pauses:
    return replace(view, stops=view.stops | {ip: stop})


def _without(resumes: dict[IpAddr, Resume], ip: IpAddr) -> dict[IpAddr, Resume]:
    return {other: one for other, one in resumes.items() if other != ip}


PAUSES = Projection(
    name="pauses",
    folds=(
        *(*LEVERS, *ROLLOUT, HostRegistered, NodeLooked, OverlaySet),
        *(QueuesPaused, PauseFailed, QueuesResumed, ResumeFailed),
    ),
    keys=keys,
    initial=Pauses(),
    evolve=evolve,
)
