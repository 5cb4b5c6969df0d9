"""One row per sending address: where it is in its life, what is wanted and what was told."""

from datetime import date, datetime
from typing import Any, get_args

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.dns import DomainDropped, DomainValidated, FcrdnsLooked
from engine.events.dnsbl import DnsblLooked
from engine.events.effect import EffectRefused
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
from engine.events.ip_cap import CapLimited
from engine.events.ip_listing import StopReleased
from engine.events.ip_warmup import (
    StageSkipped,
    WarmupHeld,
    WarmupPaused,
    WarmupResumed,
    WarmupSteppedBack,
)
from engine.events.rollout import RolloutEnded
from engine.events.tenant import ReviewBegan, ReviewEnded, ZoneActionsSet
from engine.ids import InstanceId, IpAddr, NodeId, Position, TenantId, Zone
from engine.projections import ip_holds, ip_lists, ip_spf
from engine.projections.ip_lists import Words
from engine.projections.ip_spf import Spf
from engine.projections.projection import Projection, of_tenant
from engine.rules import days
from engine.rules.listing import Standing
from engine.rules.warmup.plans import DEFAULT_PLAN
from engine.values.evidence import Guards
from engine.values.hold import Hold
from engine.values.levers import STOPPED, Levers
from engine.values.phase import HowToRetire, Phase, Reason, WarmupMode
from engine.values.plan import Plan
from engine.values.retry import Retry
from engine.values.vmta import Vmta


class Ptr(Struct, frozen=True, gc=False):
    """The reverse DNS of the address, by the last look that was answered."""

    at: Position = Position(0)
    names: tuple[str, ...] = ()
    confirmed: tuple[str, ...] | None = None  # None: no look was answered yet
    why: str = ""
    looked_at: datetime | None = None  # answered or not
    retry: Retry = Retry()  # while it is not confirmed


class Lists(Struct, frozen=True, gc=False):
    """What the block lists say of the address."""

    at: Position = Position(0)  # the last look
    words: Words = Words()
    proved: tuple[Zone, ...] = ()  # zones whose last answer counts
    unproved: tuple[Zone, ...] = ()  # asked, and not to be believed
    refusing: tuple[Zone, ...] = ()

    @property
    def standing(self) -> dict[Zone, Standing]:
        return self.words.standing


class IpRow(Struct, frozen=True, gc=False):
    ip: IpAddr = IpAddr("")
    tenant: TenantId = TenantId("")
    node: NodeId = NodeId("")
    instance: InstanceId | None = None
    phase: Phase = Phase.STANDBY
    reason: Reason | None = "new"  # of STANDBY
    warmup: WarmupMode = "auto"
    requested: bool = False  # warm-up starts once the guards hold
    hostname: str = ""  # as given at registration; "" = by PTR
    vmta: Vmta = Vmta("", "", STOPPED)  # wanted
    told: Levers | None = None  # what the node was told last; None: nothing yet
    told_at: datetime | None = None
    sent_with: Levers | None = None  # what it was told last while its intake was open
    day_tz: str = "UTC"
    stage: int = 0
    first_day: date | None = None  # of the stage
    since: Position = Position(0)  # the event that brought phase and stage
    entered_at: datetime | None = None
    how: HowToRetire | None = None  # of RETIRING
    step: int = 0  # of RETIRING
    listed_by: tuple[Zone, ...] = ()  # the lists that stopped it
    earlier: int = 0  # listings in the 90 days before that one
    remedied: bool = False
    ptr: Ptr = Ptr()
    lists: Lists = Lists()
    spf: dict[str, Spf] = {}  # by the domains that it sends for
    retry: Retry = Retry()  # of the next step
    plan: Plan = DEFAULT_PLAN
    holds: tuple[Hold, ...] = ()  # of WARMING
    resumed_on: date | None = None  # the last hold ended; the next stage begins later
    stage_told_on: date | None = None  # the node was told the stage's levers first
    review: bool = False  # its tenant is in review: it starts nothing and gets no more
    limit: int | None = None  # messages a day that its tenant's quota leaves it


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    event = recorded.event
    if isinstance(event, RolloutEnded):
        return tuple(key for ip in event.changed for key in of_tenant(recorded, ip))
    if isinstance(event, (DomainValidated, DomainDropped)):
        ips = ip_spf.concerned(event)
        return tuple(key for ip in ips for key in of_tenant(recorded, ip))
    if isinstance(event, EffectRefused):
        return of_tenant(recorded, event.target.name) if event.target.kind == "ip" else ()
    if isinstance(event, ZoneActionsSet):
        return ip_lists.keys(recorded)
    if isinstance(event, (ReviewBegan, ReviewEnded)):
        return tuple(key for ip in event.addresses for key in of_tenant(recorded, ip))
    return of_tenant(recorded, event.ip)


def evolve(row: IpRow, recorded: Recorded[Event]) -> IpRow:
    if isinstance(recorded.event, DnsblLooked):  # most of all events, so it comes first
        return replace(row, lists=_lists(row.lists, recorded.event, recorded))
    match recorded.event:
        case IpRegistered() as made:
            return _registered(made, recorded)
        case WarmupRequested(plan=plan):
            return replace(row, requested=True, retry=Retry(), plan=plan or row.plan)
        case StageEntered() as entered:
            return _entered(row, entered, recorded)
        case WarmupFinished(vmta=vmta):
            return _moved(row, recorded, vmta, Phase.ACTIVE)
        case IpStopped() as stopped:
            return _stopped(row, stopped, recorded)
        case RetirementBegan(vmta=vmta, how=how):
            return _moved(replace(row, how=how, step=0), recorded, vmta, Phase.RETIRING)
        case RetirementStepped(vmta=vmta, step=step):
            return _moved(replace(row, step=step), recorded, vmta, Phase.RETIRING)
        case IpRested(vmta=vmta):
            return _moved(row, recorded, vmta, Phase.RESTING)
        case MonitoringBegan(vmta=vmta):
            return _standby(row, recorded, vmta, "monitoring")
        case IpQuarantined(vmta=vmta):
            return _moved(row, recorded, vmta, Phase.STANDBY, "quarantined")
        case _:
            return _heard(row, recorded)


def _heard(row: IpRow, recorded: Recorded[Event]) -> IpRow:
    match recorded.event:
        case RolloutEnded(changed=changed) if row.ip in changed:
            return _told(row, changed[row.ip], recorded)
        case CapLimited(vmta=vmta, limit=limit):
            return replace(row, vmta=vmta, limit=limit)
        case ReviewBegan() | ReviewEnded() as event:
            return _reviewed(row, isinstance(event, ReviewBegan), recorded)
        case RemedyRecorded():
            return replace(row, remedied=True, retry=Retry())
        case FcrdnsLooked() as looked:
            return replace(row, ptr=_ptr(row.ptr, looked, recorded))
        case DomainValidated() as looked:
            return replace(row, spf=ip_spf.looked(row.spf, looked, row.ip, recorded.position))
        case DomainDropped(domain=domain):
            return replace(row, spf=ip_spf.dropped(row.spf, domain))
        case EffectRefused():
            return replace(row, retry=row.retry.failed(recorded.at))
        case WarmupHeld() | WarmupPaused() | WarmupResumed() | WarmupSteppedBack() | StageSkipped():
            return _held(row, recorded)
        case StopReleased(vmta=vmta, phase=phase, stage=stage):
            back = replace(row, stage=stage, stage_told_on=None)
            return _moved(_said(back, recorded), recorded, vmta, phase)
        case _:
            return _said(row, recorded)


def _told(row: IpRow, told: Levers, recorded: Recorded[Event]) -> IpRow:
    """Another cap within a stage is no reason to count its days anew."""
    sent_with = told if told.intake == "open" else row.sent_with
    first = row.stage_told_on
    if first is None and told.intake == "open" and told == row.vmta.levers:
        first = days.day_of(recorded.at, row.day_tz)
    return replace(row, told=told, told_at=recorded.at, sent_with=sent_with, stage_told_on=first)


def _reviewed(row: IpRow, review: bool, recorded: Recorded[Event]) -> IpRow:
    """After it, as after a hold, the next stage begins at a midnight."""
    return replace(row, review=review, resumed_on=days.day_of(recorded.at, row.day_tz))


def _said(row: IpRow, recorded: Recorded[Event]) -> IpRow:
    """What people said of its listings."""
    lists = replace(row.lists, words=ip_lists.said(row.lists.words, recorded))
    return replace(row, lists=lists)


def _entered(row: IpRow, entered: StageEntered, recorded: Recorded[Event]) -> IpRow:
    """A warm-up that starts anew is held by nobody."""
    starts = isinstance(entered.evidence, Guards)
    row = replace(row, plan=entered.plan or row.plan, holds=() if starts else row.holds)
    return _at_stage(row, entered.stage, entered.vmta, recorded)


def _at_stage(row: IpRow, stage: int, vmta: Vmta, recorded: Recorded[Event]) -> IpRow:
    today = days.day_of(recorded.at, row.day_tz)
    row = replace(row, stage=stage, first_day=today, stage_told_on=None)
    return _moved(row, recorded, vmta, Phase.WARMING)


def _held(row: IpRow, recorded: Recorded[Event]) -> IpRow:
    row = replace(row, holds=ip_holds.after(row.holds, recorded))
    match recorded.event:
        case WarmupSteppedBack(stage=stage, vmta=vmta) | StageSkipped(stage=stage, vmta=vmta):
            return _at_stage(row, stage, vmta, recorded)
        case WarmupPaused(vmta=vmta):
            return replace(row, vmta=vmta, stage_told_on=None)
        case WarmupResumed(vmta=vmta):
            return replace(row, vmta=vmta, resumed_on=days.day_of(recorded.at, row.day_tz))
        case _:
            return row


def _registered(made: IpRegistered, recorded: Recorded[Event]) -> IpRow:
    return IpRow(
        ip=made.ip,
        tenant=recorded.tenant or TenantId(""),
        node=made.node,
        instance=made.instance,
        warmup=made.warmup,
        requested=made.warmup == "auto",
        hostname=made.vmta.hostname,
        vmta=made.vmta,
        day_tz=made.day_tz,
        spf={domain: Spf() for domain in made.domains},
        lists=Lists(words=Words(actions=made.zone_actions)),
        since=recorded.position,
        entered_at=recorded.at,
    )


def _moved(
    row: IpRow, recorded: Recorded[Event], vmta: Vmta, phase: Phase, reason: Reason | None = None
) -> IpRow:
    return replace(
        row,
        phase=phase,
        reason=reason,
        vmta=vmta,
        since=recorded.position,
        entered_at=recorded.at,
        retry=Retry(),
    )


def _standby(row: IpRow, recorded: Recorded[Event], vmta: Vmta, reason: Reason) -> IpRow:
    row = replace(row, requested=row.warmup == "auto", stage=0)
    return _moved(row, recorded, vmta, Phase.STANDBY, reason)


def _stopped(row: IpRow, stopped: IpStopped, recorded: Recorded[Event]) -> IpRow:
    zones = tuple(sorted(stopped.zones))
    row = replace(row, listed_by=zones, earlier=stopped.earlier, remedied=False)
    if row.phase is Phase.RETIRING:
        return _moved(row, recorded, stopped.vmta, Phase.RETIRING)
    if stopped.retires:
        return _moved(replace(row, how="listed"), recorded, stopped.vmta, Phase.RETIRING)
    return _standby(row, recorded, stopped.vmta, "listed")


def _lists(lists: Lists, looked: DnsblLooked, recorded: Recorded[Event]) -> Lists:
    """What is said of zones that were not asked this time stays."""
    asked = looked.answers
    proved = [zone for zone in lists.proved if zone not in asked]
    unproved = [zone for zone in lists.unproved if zone not in asked]
    refusing = [zone for zone in lists.refusing if zone not in asked]
    for zone, answer in asked.items():
        (proved if answer.counts else unproved).append(zone)
        if answer.verdict == "refused":
            refusing.append(zone)
    return Lists(
        at=recorded.position,
        words=ip_lists.heard(lists.words, looked, recorded.at),
        proved=_sorted(proved, lists.proved),
        unproved=_sorted(unproved, lists.unproved),
        refusing=_sorted(refusing, lists.refusing),
    )


def _sorted(zones: list[Zone], before: tuple[Zone, ...]) -> tuple[Zone, ...]:
    """Mostly the same as before, and then there is no need for another of them."""
    after = tuple(sorted(zones))
    return before if after == before else after


def _ptr(ptr: Ptr, looked: FcrdnsLooked, recorded: Recorded[Event]) -> Ptr:
    """An unknown answer leaves the last definite one standing."""
    at = recorded.at
    if looked.names is None or looked.confirmed is None:
        return replace(ptr, looked_at=at, why=looked.why, retry=ptr.retry.failed(at))
    retry = Retry() if looked.confirmed else ptr.retry.failed(at)
    return Ptr(recorded.position, looked.names, looked.confirmed, looked.why, at, retry)


IPS = Projection(
    name="ips",
    folds=(
        *(*get_args(IpEvent), RolloutEnded, DnsblLooked, FcrdnsLooked, EffectRefused),
        *(ZoneActionsSet, ReviewBegan, ReviewEnded),
        *(DomainValidated, DomainDropped),
    ),
    keys=keys,
    initial=IpRow(),
    evolve=evolve,
    tenant=lambda row: row.tenant,
    columns=lambda row: {
        "phase": row.phase.value,
        "reason": row.reason,
        "node": row.node,
        "purpose": row.vmta.purpose,
    },
)
