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
from engine.events.ip_limiter import LimiterEnded, LimiterPaused
from engine.events.ip_removal import IpWithdrawn
from engine.events.node import (
    NodeLooked,
    PauseFailed,
    QueuesHeld,
    QueuesPaused,
    QueuesResumed,
    ResumeFailed,
)
from engine.events.rollout import RolloutEnded, RolloutPlanned, RolloutTorn, RolloutUnknown
from engine.events.tenant import OverlaySet
from engine.events.traffic import StopLeaked
from engine.ids import IpAddr, NodeId, Position, TenantId
from engine.projections import pause_jobs, pause_wishes
from engine.projections.pause_jobs import Jobs
from engine.projections.pause_wishes import Resume, Stop
from engine.projections.projection import Projection
from engine.rules.accounting.leaks import Standing
from engine.rules.pmta_config import tenant_file
from engine.values.levers import Paused
from engine.values.retry import Work

LEVERS = get_args(LeverEvent)
ROLLOUT = (RolloutPlanned, RolloutUnknown, RolloutTorn, RolloutEnded)


class Due(NamedTuple):
    """A new stop."""

    ip: IpAddr
    tenant: TenantId
    cycle: Position
    attempt: int
    at: datetime | None  # None: at once


class Again(NamedTuple):
    """Pauses of one tenant that are to be given once more."""

    ips: tuple[IpAddr, ...]
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
    jobs: Jobs = Jobs()
    nameless: dict[IpAddr, TenantId] = {}  # to stand still once a host name brings them here
    limited: dict[IpAddr, bool] = {}  # held by the limiter; True: by its levers too
    slowed: dict[IpAddr, bool] = {}  # held until a rollout is done; True: by its levers too
    held: dict[TenantId, int] = {}  # how often its pauses were given once more

    def new(self) -> Iterator[Due]:
        """Each alone, for none waits for another."""
        for ip, stop, due in self._due():
            if not pause_wishes.obeyed_before(stop):
                yield Due(ip, stop.tenant, *due)

    def again(self, now: datetime) -> Iterator[tuple[TenantId, Again]]:
        """Of each tenant those whose time has come, together; or the first that comes."""
        found: dict[TenantId, list[tuple[IpAddr, datetime]]] = {}
        for ip, stop, due in self._due():
            if pause_wishes.obeyed_before(stop):
                found.setdefault(stop.tenant, []).append((ip, due.at or now))
        for tenant, ips in found.items():
            at = max(now, min(when for _, when in ips))
            those = tuple(ip for ip, when in ips if when <= at)
            yield tenant, Again(those, self.cleared, self.held.get(tenant, 0) + 1, at)

    def _due(self) -> Iterator[tuple[IpAddr, Stop, pause_wishes.Due]]:
        for ip, stop in self.stops.items():
            if found := pause_wishes.due(stop, self.cleared, moving=bool(self.open)):
                yield ip, stop, found

    def standing(self) -> dict[IpAddr, Standing]:
        """What the node said it has paused."""
        return {
            ip: Standing(one.tenant, one.since, one.obeyed_at)
            for ip, one in self.stops.items()
            if one.obeyed_at
        }

    def believed(self) -> set[str]:
        """The VMTAs that ought to be found standing still."""
        obeyed = {ip for ip, one in self.stops.items() if one.told >= max(one.since, self.cleared)}
        return {tenant_file.vmta(self.stops[ip].tenant, ip) for ip in obeyed}


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    if isinstance(recorded.event, pause_jobs.ASKED):
        return recorded.event.nodes
    if isinstance(recorded.event, OverlaySet):
        return tuple(sorted(set(recorded.event.nodes.values())))
    return (recorded.event.node,)


def named(view: Pauses, key: str) -> Pauses:
    return replace(view, node=NodeId(key))


def evolve(view: Pauses, recorded: Recorded[Event]) -> Pauses:
    event, here = recorded.event, recorded.position
    view = replace(view, jobs=pause_jobs.evolve(view.jobs, recorded))
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
        case LimiterPaused() | LimiterEnded():
            return _limited(view, event, recorded)
        case _:
            return _told(view, recorded)


def _told(view: Pauses, recorded: Recorded[Event]) -> Pauses:
    """What came of a lever, and what was seen to pass one."""
    match recorded.event:
        case QueuesPaused(ip=ip, cycle=cycle) if stop := view.stops.get(ip):
            return _with(view, ip, pause_wishes.told(stop, cycle, recorded.at))
        case PauseFailed(ip=ip) if stop := view.stops.get(ip):
            return _with(view, ip, pause_wishes.failed(stop, recorded.at))
        case QueuesHeld() as event if recorded.tenant:
            return _held(view, event, recorded.tenant, recorded.at)
        case StopLeaked(ip=ip) if stop := view.stops.get(ip):
            return _with(view, ip, pause_wishes.leaked(stop, recorded.position))
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
    if isinstance(event, IpWithdrawn):
        return _gone(view, ip)
    paused = event.vmta.levers.output == Paused()
    if tenant is None:
        return view
    if ip in view.limited or ip in view.slowed:
        view, paused = _beside(view, ip, paused), True
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


def _limited(
    view: Pauses, event: LimiterPaused | LimiterEnded, recorded: Recorded[Event]
) -> Pauses:
    """The limiter's end opens only what nothing else holds."""
    ip, here, tenant = event.ip, recorded.position, recorded.tenant
    if tenant is None:
        return view
    view = replace(view, node=event.node)
    if isinstance(event, LimiterPaused):
        view = replace(view, limited=view.limited | {ip: _by_levers(view, ip)})
        return _stilled(view, ip, tenant, here)
    held = view.limited.get(ip, True) or ip in view.slowed
    view = replace(view, limited={one: by for one, by in view.limited.items() if one != ip})
    return view if held else _opened(view, ip, tenant, here)


def _slowed(
    view: Pauses, event: RolloutEnded, tenant: TenantId, recorded: Recorded[Event]
) -> Pauses:
    """The old file lets them send too much.  A conflict is the limiter's to keep."""
    here = recorded.position
    if event.ending == "failed":
        for ip in event.still:
            view = replace(view, slowed=view.slowed | {ip: _by_levers(view, ip)})
            view = _stilled(view, ip, tenant, here)
        return view
    for ip, held in view.slowed.items():
        if ip in view.stops and view.stops[ip].tenant == tenant:
            slowed = {one: by for one, by in view.slowed.items() if one != ip}
            view = replace(view, slowed=slowed)
            view = view if held or ip in view.limited else _opened(view, ip, tenant, here)
    return view


def _by_levers(view: Pauses, ip: IpAddr) -> bool:
    """Whether they alone would have it stand still."""
    return view.limited.get(ip, view.slowed.get(ip, ip in view.stops))


def _beside(view: Pauses, ip: IpAddr, paused: bool) -> Pauses:
    """What holds it beside its levers outlives their moves."""
    limited = view.limited | {ip: paused} if ip in view.limited else view.limited
    slowed = view.slowed | {ip: paused} if ip in view.slowed else view.slowed
    return replace(view, limited=limited, slowed=slowed)


def _stilled(view: Pauses, ip: IpAddr, tenant: TenantId, here: Position) -> Pauses:
    view = replace(view, resumes=_without(view.resumes, ip))
    return _with(view, ip, view.stops.get(ip) or Stop(tenant, here))


def _opened(view: Pauses, ip: IpAddr, tenant: TenantId, here: Position) -> Pauses:
    stops = {other: stop for other, stop in view.stops.items() if other != ip}
    return replace(view, stops=stops, resumes=view.resumes | {ip: Resume(tenant, Work(here))})


def _held(view: Pauses, event: QueuesHeld, tenant: TenantId, at: datetime) -> Pauses:
    """What is still to be stopped was not among them: that goes alone, and not beside them."""
    stops = dict(view.stops)
    for ip, stop in view.stops.items():
        if stop.tenant != tenant or not pause_wishes.obeyed_before(stop):
            continue
        if ip in event.failed:
            stops[ip] = pause_wishes.failed(stop, at)
        else:
            stops[ip] = pause_wishes.told(stop, event.cycle, at)
    times = view.held.get(tenant, 0) + 1
    return replace(view, stops=stops, held=view.held | {tenant: times})


def _gone(view: Pauses, ip: IpAddr) -> Pauses:
    """A VMTA that is taken away has no queues to hold."""
    stops = {other: one for other, one in view.stops.items() if other != ip}
    view = replace(
        view,
        limited={one: by for one, by in view.limited.items() if one != ip},
        slowed={one: by for one, by in view.slowed.items() if one != ip},
    )
    nameless = {other: one for other, one in view.nameless.items() if other != ip}
    return replace(view, stops=stops, nameless=nameless, resumes=_without(view.resumes, ip))


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
    view = replace(view, cleared=recorded.position, open=others if closed else (*others, tenant))
    if isinstance(event, RolloutEnded) and tenant is not None:
        return _slowed(view, event, tenant, recorded)
    return view


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
        jobs=replace(view.jobs, lacking=view.jobs.lacking and not restarted),
    )


def _with(view: Pauses, ip: IpAddr, stop: Stop) -> Pauses:
    return replace(view, stops=view.stops | {ip: stop})


def _without(resumes: dict[IpAddr, Resume], ip: IpAddr) -> dict[IpAddr, Resume]:
    return {other: one for other, one in resumes.items() if other != ip}


PAUSES = Projection(
    name="pauses",
    folds=(
        *(*LEVERS, *ROLLOUT, HostRegistered, NodeLooked, OverlaySet),
        *(QueuesPaused, PauseFailed, QueuesHeld, QueuesResumed, ResumeFailed),
        *(LimiterPaused, LimiterEnded),
        *(*pause_jobs.ASKED, *pause_jobs.TOLD, StopLeaked),
    ),
    keys=keys,
    initial=Pauses(),
    evolve=evolve,
    named=named,
    version=2,
)
