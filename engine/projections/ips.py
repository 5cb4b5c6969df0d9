"""One row per sending address: where it is in its life, what is wanted and what was told."""

from typing import Any, get_args

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
from engine.events.ip_cap import CapLimited, RaiseWaits
from engine.events.ip_limiter import LimiterEnded, LimiterPaused
from engine.events.ip_listing import StopReleased
from engine.events.ip_removal import IpRemoved, IpWithdrawn, RemovalAsked
from engine.events.ip_warmup import (
    IpWarmupEvent,
)
from engine.events.node import QueuesSeen
from engine.events.rollout import RolloutEnded
from engine.events.server import ServerClaimed, ServerReleased, ServerTold
from engine.events.tenant import ReviewBegan, ReviewEnded, ZoneActionsSet
from engine.ids import Position, TenantId
from engine.projections import ip_lists, ip_looks, ip_mail, ip_moves, ip_pauses, ip_spf
from engine.projections.ip_lists import Words
from engine.projections.ip_looks import Lists
from engine.projections.ip_row import IpRow
from engine.projections.ip_spf import Spf
from engine.projections.projection import Projection, of_tenant
from engine.rules import days
from engine.values.levers import Levers
from engine.values.phase import Phase
from engine.values.retry import Retry
from engine.values.vmta import Vmta

_WARMUP = get_args(IpWarmupEvent)
_MAIL = (RolloutEnded, QueuesSeen, ServerClaimed, ServerTold, ServerReleased)


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    event = recorded.event
    if isinstance(event, RolloutEnded):
        return tuple(key for ip in event.changed for key in of_tenant(recorded, ip))
    if isinstance(event, QueuesSeen):
        return tuple(key for ip in event.depths for key in of_tenant(recorded, ip))
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
    if row.tenant and not row.ip and not isinstance(recorded.event, IpRegistered):
        return row  # it was removed while the look was under way
    if isinstance(recorded.event, DnsblLooked):  # most of all events, so it comes first
        return replace(row, lists=ip_looks.listed(row.lists, recorded.event, recorded))
    return _lived(row, recorded)


def _lived(row: IpRow, recorded: Recorded[Event]) -> IpRow:
    match recorded.event:
        case IpRegistered() as made:
            return _registered(made, recorded)
        case WarmupRequested(plan=plan):
            return replace(row, requested=True, retry=Retry(), plan=plan or row.plan)
        case StageEntered() as entered:
            return ip_moves.entered(row, entered, recorded)
        case WarmupFinished(vmta=vmta):
            return ip_moves.moved(row, recorded, vmta, Phase.ACTIVE)
        case IpStopped() as stopped:
            return ip_moves.stopped(row, stopped, recorded)
        case RetirementBegan(vmta=vmta, how=how):
            return ip_moves.moved(replace(row, how=how, step=0), recorded, vmta, Phase.RETIRING)
        case RetirementStepped(vmta=vmta, step=step):
            return ip_moves.moved(replace(row, step=step), recorded, vmta, Phase.RETIRING)
        case IpRested(vmta=vmta):
            return ip_moves.moved(row, recorded, vmta, Phase.RESTING)
        case MonitoringBegan(vmta=vmta):
            return ip_moves.standby(row, recorded, vmta, "monitoring")
        case IpQuarantined(vmta=vmta):
            return ip_moves.moved(row, recorded, vmta, Phase.STANDBY, "quarantined")
        case _:
            return _heard(row, recorded)


def _heard(row: IpRow, recorded: Recorded[Event]) -> IpRow:
    match recorded.event:
        case event if isinstance(event, _MAIL):
            return _in_the_world(row, recorded)
        case RemovalAsked() | IpWithdrawn() | IpRemoved() as event:
            return _leaving(row, event)
        case LimiterPaused() | LimiterEnded() | RaiseWaits() as event:
            return _until(row, event)
        case CapLimited(vmta=vmta, limit=limit):
            return _limited(row, vmta, limit, recorded)
        case event if isinstance(event, ip_pauses.EVENTS):
            return ip_pauses.evolve(row, recorded)
        case RemedyRecorded():
            return replace(row, remedied=True, retry=Retry())
        case FcrdnsLooked() as looked:
            return replace(row, ptr=ip_looks.pointed(row.ptr, looked, recorded))
        case DomainValidated() | DomainDropped() as event:
            return replace(row, spf=_spf(row, event, recorded.position))
        case EffectRefused():
            return replace(row, retry=row.retry.failed(recorded.at))
        case event if isinstance(event, _WARMUP):
            return ip_moves.held(row, recorded)
        case StopReleased(vmta=vmta, phase=phase, stage=stage, plan=plan):
            back = replace(row, stage=stage, plan=plan or row.plan, stage_told_on=None)
            return ip_moves.moved(_said(back, recorded), recorded, vmta, phase)
        case _:
            return _said(row, recorded)


def _spf(row: IpRow, event: DomainValidated | DomainDropped, here: Position) -> dict[str, Spf]:
    if isinstance(event, DomainDropped):
        return ip_spf.dropped(row.spf, event.domain)
    return ip_spf.looked(row.spf, event, row.ip, here)


def _in_the_world(row: IpRow, recorded: Recorded[Event]) -> IpRow:
    """What its node and MailWizz were told, and what waits there."""
    event = recorded.event
    row = replace(row, mail=ip_mail.evolve(row.mail, row.ip, recorded))
    if isinstance(event, RolloutEnded) and row.ip in event.changed:
        return _told(row, event.changed[row.ip], recorded)
    return row


def _leaving(row: IpRow, event: RemovalAsked | IpWithdrawn | IpRemoved) -> IpRow:
    match event:
        case RemovalAsked():
            return replace(row, removal="asked", retry=Retry())
        case IpWithdrawn(vmta=vmta):
            return replace(row, removal="withdrawn", vmta=vmta)
        case IpRemoved():
            return IpRow(tenant=row.tenant)  # there is no such address any more


def _until(row: IpRow, event: LimiterPaused | LimiterEnded | RaiseWaits) -> IpRow:
    match event:
        case LimiterPaused(until=until):
            return replace(row, limiter=until)
        case LimiterEnded():
            return replace(row, limiter=None)
        case RaiseWaits(wait=wait):
            return replace(row, wait=wait)


def _limited(row: IpRow, vmta: Vmta, limit: int | None, recorded: Recorded[Event]) -> IpRow:
    """The days of a stage are counted anew from the one on which its cap is told whole."""
    after = replace(row, vmta=vmta, limit=limit, wait=None)
    if row.clamped and not after.clamped:
        today = days.day_of(recorded.at, row.day_tz)
        return replace(after, first_day=today, stage_told_on=None)
    return after


def _told(row: IpRow, told: Levers, recorded: Recorded[Event]) -> IpRow:
    """Another cap within a stage is no reason to count its days anew."""
    sent_with = told if told.intake == "open" else row.sent_with
    first = row.stage_told_on
    if first is None and told.intake == "open" and told == row.vmta.levers:
        first = days.day_of(recorded.at, row.day_tz)
    return replace(row, told=told, told_at=recorded.at, sent_with=sent_with, stage_told_on=first)


def _said(row: IpRow, recorded: Recorded[Event]) -> IpRow:
    """What people said of its listings."""
    lists = replace(row.lists, words=ip_lists.said(row.lists.words, recorded))
    return replace(row, lists=lists)


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
        suspended=made.suspended,
    )


IPS = Projection(
    name="ips",
    folds=(
        *(*get_args(IpEvent), DnsblLooked, FcrdnsLooked, EffectRefused),
        *(ZoneActionsSet, ReviewBegan, ReviewEnded),
        *(DomainValidated, DomainDropped, *_MAIL),
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
    version=2,
)
