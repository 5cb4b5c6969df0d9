"""What the decisions about an address know of it."""

from datetime import datetime
from typing import Literal, TypeVar, assert_never

from msgspec import Struct
from msgspec.structs import replace

from engine.events.ip import (
    IpEvent,
    IpQuarantined,
    IpRegistered,
    IpRested,
    IpStopped,
    MonitoringBegan,
    RemedyRecorded,
    RetirementBegan,
    RetirementStepped,
    StageEntered,
    WarmupFinished,
    WarmupRequested,
)
from engine.events.ip_cap import CapLimited, RaiseWaits
from engine.events.ip_limiter import IpLimiterEvent, LimiterEnded, LimiterPaused
from engine.events.ip_listing import (
    AcknowledgementEnded,
    IpListingEvent,
    ListingAcknowledged,
    ListingCleared,
    ListingNoted,
    ListsCheckAsked,
    StopReleased,
    SuspicionLifted,
)
from engine.events.ip_pause import IpPaused, IpPauseEvent, PauseEnded
from engine.events.ip_removal import IpRemovalEvent, IpRemoved, IpWithdrawn, RemovalAsked
from engine.events.ip_suspension import IpSuspended, IpSuspensionEvent, SuspensionEnded
from engine.events.ip_warmup import (
    IpWarmupEvent,
    RewarmBegan,
    StageSkipped,
    WarmupHeld,
    WarmupPaused,
    WarmupResumed,
    WarmupSteppedBack,
)
from engine.ids import NodeId, Position, Zone
from engine.rules import lifecycle, shares
from engine.rules.lifecycle import Place
from engine.rules.warmup.plans import DEFAULT_PLAN
from engine.values.clocks import Wait
from engine.values.evidence import Guards
from engine.values.hold import HeldBy
from engine.values.levers import STOPPED, Levers, PerDay
from engine.values.phase import HowToRetire, WarmupMode
from engine.values.plan import Plan
from engine.values.vmta import Vmta

T = TypeVar("T")
PausedBy = Literal["tenant", "person"]  # its tenant's suspension, or a person's own word

_Beside = (
    IpWarmupEvent
    | IpListingEvent
    | IpRemovalEvent
    | IpSuspensionEvent
    | IpPauseEvent
    | IpLimiterEvent
    | CapLimited
    | IpWithdrawn
    | RaiseWaits
)


class Before(Struct, frozen=True):
    """Where it was when a list stopped it."""

    place: Place
    stage: int
    vmta: Vmta
    plan: Plan = DEFAULT_PLAN  # another one may be asked for meanwhile


class State(Struct, frozen=True):
    node: NodeId = NodeId("")
    vmta: Vmta = Vmta("", "", STOPPED)
    place: Place | None = None  # None: not registered
    mode: WarmupMode = "auto"
    requested: bool = False  # warm-up starts once the guards hold
    stage: int = 0
    how: HowToRetire = "steps"  # of RETIRING
    step: int = 0  # of RETIRING
    full: Levers = STOPPED  # when retirement began
    listings: tuple[datetime, ...] = ()
    remedy: tuple[str, str] | None = None  # recorded since the last listing
    before: Before | None = None  # the last stop by a list
    stopped_by: tuple[Zone, ...] = ()
    known: dict[Zone, str] = {}  # confirmed listings that stand: "stopped", or why they did not
    acknowledged: dict[Zone, datetime] = {}  # until when
    check: tuple[Position, tuple[Zone, ...]] | None = None  # asked for last
    day_tz: str = "UTC"  # its tenant's
    plan: Plan = DEFAULT_PLAN
    held_by: frozenset[HeldBy] = frozenset()  # its warm-up
    limit: int | None = None  # messages a day that its tenant's quota leaves it
    wait: Wait | None = None  # of the last raise that had to
    limiter: datetime | None = None  # it holds the queues until then
    removal: Literal["asked", "withdrawn"] | None = None
    paused_by: frozenset[PausedBy] = frozenset()  # beside its phase; each ends only its own
    beneath: Levers | None = (
        None  # what it stood at when the first of them came; None: none is left
    )

    def listings_since(self, instant: datetime) -> int:
        return sum(at >= instant for at in self.listings)


INITIAL = State()


def with_levers(state: State, levers: Levers) -> Vmta:
    """As far as its tenant's quota lets it."""
    return replace(state.vmta, levers=limited(state, levers))


def limited(state: State, levers: Levers) -> Levers:
    match levers.output:
        case PerDay(cap=cap):
            return Levers(levers.intake, PerDay(shares.within(cap, state.limit)))
        case _:
            return levers


def stopped(state: State) -> Vmta:
    return with_levers(state, STOPPED)


def evolve(state: State, event: IpEvent) -> State:
    match event:
        case IpRegistered() as made:
            return _registered(made)
        case WarmupRequested(plan=plan):
            return replace(state, requested=True, plan=plan or state.plan)
        case StageEntered():
            return _entered(state, event)
        case WarmupFinished(vmta=vmta):
            return replace(state, place=lifecycle.ACTIVE, vmta=vmta)
        case IpStopped():
            return _stopped(state, event)
        case RemedyRecorded(cause=cause, remedy=remedy):
            return replace(state, remedy=(cause, remedy))
        case RetirementBegan(vmta=vmta, how=how):
            place, full = lifecycle.RETIRING, state.vmta.levers
            return replace(state, place=place, vmta=vmta, how=how, step=0, full=full)
        case RetirementStepped(vmta=vmta, step=step):
            return replace(state, vmta=vmta, step=step)
        case IpRested(vmta=vmta):
            return replace(state, place=lifecycle.RESTING, vmta=vmta)
        case MonitoringBegan(vmta=vmta):
            return _again(replace(state, place=lifecycle.MONITORED, vmta=vmta))
        case IpQuarantined(vmta=vmta):
            return replace(state, place=lifecycle.QUARANTINED, vmta=vmta)
        case _:
            return _beside(state, event)


def _registered(made: IpRegistered) -> State:
    """Of whoever had it before, only the listings are known."""
    return State(
        made.node,
        made.vmta,
        lifecycle.NEW,
        mode=made.warmup,
        requested=made.warmup == "auto",
        day_tz=made.day_tz,
        listings=made.listings,
        paused_by=frozenset({"tenant"}) if made.suspended else frozenset(),
        beneath=STOPPED if made.suspended else None,
    )


def _beside(state: State, event: _Beside) -> State:
    """What happens to it without a change of phase, and its end."""
    match event:
        case LimiterPaused(until=until):
            return replace(state, limiter=until)
        case LimiterEnded():
            return replace(state, limiter=None)
        case RaiseWaits(wait=wait):
            return replace(state, wait=wait)
        case RemovalAsked():
            return replace(state, removal="asked")
        case IpWithdrawn(vmta=vmta):
            return replace(state, removal="withdrawn", vmta=vmta)
        case IpRemoved(listings=listings):
            return State(listings=listings)
        case IpSuspended() | SuspensionEnded() | IpPaused() | PauseEnded():
            return _paused(state, event)
        case _:
            return _as_before(state, event)


def _paused(state: State, event: IpSuspensionEvent | IpPauseEvent) -> State:
    match event:
        case IpSuspended():
            paused_by = state.paused_by | {"tenant"}
        case SuspensionEnded():
            paused_by = state.paused_by - {"tenant"}
        case IpPaused():
            paused_by = state.paused_by | {"person"}
        case PauseEnded():
            paused_by = state.paused_by - {"person"}
        case _:
            assert_never(event)
    first = state.vmta.levers if state.beneath is None else state.beneath
    return replace(
        state, vmta=event.vmta, paused_by=paused_by, beneath=first if paused_by else None
    )


def _as_before(state: State, event: IpWarmupEvent | IpListingEvent | CapLimited) -> State:
    if isinstance(event, CapLimited):
        return replace(state, vmta=event.vmta, limit=event.limit)
    if isinstance(event, IpWarmupEvent):
        return _of_warmup(state, event)
    return _of_lists(state, event)


def _entered(state: State, event: StageEntered) -> State:
    """A warm-up that starts anew is held by nobody."""
    starts = isinstance(event.evidence, Guards)
    held_by = frozenset[HeldBy]() if starts else state.held_by
    after = replace(state, place=lifecycle.WARMING, stage=event.stage, vmta=event.vmta)
    return replace(after, plan=event.plan or state.plan, held_by=held_by)


def _of_warmup(state: State, event: IpWarmupEvent) -> State:
    match event:
        case WarmupHeld(by=by):
            return replace(state, held_by=state.held_by | {by})
        case WarmupPaused(vmta=vmta):
            return replace(state, vmta=vmta, held_by=state.held_by | {"results"})
        case WarmupResumed(vmta=vmta, by=by):
            left = frozenset[HeldBy]() if by == "person" else state.held_by - {by}
            return replace(state, vmta=vmta, held_by=left)
        case WarmupSteppedBack(vmta=vmta, stage=stage, by=by):
            held = state.held_by | {by} if by == "results" else state.held_by
            return replace(state, vmta=vmta, stage=stage, held_by=held)
        case StageSkipped(vmta=vmta, stage=stage):
            return replace(state, vmta=vmta, stage=stage)
        case RewarmBegan(vmta=vmta, stage=stage):
            return replace(state, vmta=vmta, stage=stage, place=lifecycle.WARMING)
        case _:
            assert_never(event)


def _of_lists(state: State, event: IpListingEvent) -> State:
    match event:
        case ListingNoted(zones=zones, why=why):
            return replace(state, known=state.known | dict.fromkeys(zones, why))
        case ListingCleared(zones=zones):
            return replace(state, known=_without(state.known, *zones))
        case ListingAcknowledged(zone=zone, until=until):
            return replace(state, acknowledged=state.acknowledged | {zone: until})
        case AcknowledgementEnded(zone=zone):
            return replace(state, acknowledged=_without(state.acknowledged, zone))
        case SuspicionLifted(zone=zone):
            return replace(state, known=_without(state.known, zone))
        case StopReleased(vmta=vmta, phase=phase, stage=stage, zones=zones, plan=plan):
            suspected = state.known | dict.fromkeys(zones, "suspected")
            back = replace(state, place=Place(phase), plan=plan or state.plan)
            return replace(back, vmta=vmta, stage=stage, known=suspected)
        case ListsCheckAsked(after=after, zones=zones):
            return replace(state, check=(after, zones))
        case _:
            assert_never(event)


def _without(of: dict[Zone, T], *zones: Zone) -> dict[Zone, T]:
    return {zone: one for zone, one in of.items() if zone not in zones}


def _before(state: State) -> Before | None:
    if state.place is None:
        return None
    return Before(state.place, state.stage, _was(state), state.plan)


def _stopped(state: State, event: IpStopped) -> State:
    place = lifecycle.RETIRING if state.place == lifecycle.RETIRING or event.retires else None
    after = replace(
        state,
        vmta=event.vmta,
        place=place or lifecycle.LISTED,
        listings=(*state.listings, event.at),
        remedy=None,
        before=_before(state),
        stopped_by=tuple(sorted(event.zones)),
        known=state.known | dict.fromkeys(event.zones, "stopped"),
        how="listed" if event.retires else state.how,
        beneath=None if state.beneath is None else STOPPED,
    )
    return after if place else _again(after)


def _was(state: State) -> Vmta:
    """But for a suspension of its tenant and a person's pause, which end by themselves."""
    return replace(state.vmta, levers=state.beneath or state.vmta.levers)


def _again(state: State) -> State:
    """Back in standby: with ``warmup: auto`` the next warm-up needs nobody to ask for it."""
    return replace(state, requested=state.mode == "auto")
