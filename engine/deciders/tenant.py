"""Decisions about a tenant."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from msgspec import UNSET, Struct
from msgspec.structs import replace

from engine.commands.tenant import (
    BeginReview,
    ChangeTenant,
    CreateTenant,
    EndReview,
    JudgeCapacity,
    ReportPool,
    RestoreOverlay,
    SetCapacity,
    SetOverlay,
    SetZoneActions,
    TenantCommand,
)
from engine.commands.tenant_jobs import PauseJob, ResumeJob
from engine.commands.tenant_suspension import ResumeTenant, SuspendTenant
from engine.deciders import tenant_capacity, tenant_jobs, tenant_overlay
from engine.deciders.decider import Decider
from engine.deciders.tenant_capacity import Capacity
from engine.deciders.tenant_jobs import Jobs
from engine.deciders.tenant_overlay import Overlays
from engine.errors import Rejected
from engine.events.tenant import (
    TENANT,
    CapacityJudged,
    CapacitySet,
    OverlaySet,
    PoolExhausted,
    PoolRefilled,
    ReviewBegan,
    ReviewEnded,
    TenantChanged,
    TenantCreated,
    TenantEvent,
    ZoneActionsSet,
)
from engine.events.tenant_jobs import JobPauseAsked, JobResumeAsked
from engine.events.tenant_suspension import TenantResumed, TenantSuspended
from engine.ids import Zone
from engine.values.verdict import Action


class State(Struct, frozen=True):
    known: TenantChanged | None = None  # None: nobody made it
    zone_actions: dict[Zone, Action] = {}
    overlays: Overlays = Overlays()
    review: bool = False
    exhausted: frozenset[str] = frozenset()  # pools
    capacity: Capacity = Capacity()
    jobs: Jobs = Jobs()
    suspended: bool = False


def evolve(state: State, event: TenantEvent) -> State:
    if isinstance(event, ZoneActionsSet):
        return replace(state, zone_actions=event.actions)
    if isinstance(event, OverlaySet):
        return replace(state, overlays=tenant_overlay.evolve(state.overlays, event))
    if isinstance(event, PoolExhausted):
        return replace(state, exhausted=state.exhausted | {event.purpose})
    if isinstance(event, PoolRefilled):
        return replace(state, exhausted=state.exhausted - {event.purpose})
    if isinstance(event, ReviewBegan | ReviewEnded):
        return replace(state, review=isinstance(event, ReviewBegan))
    if isinstance(event, CapacitySet | CapacityJudged):
        return replace(state, capacity=tenant_capacity.evolve(state.capacity, event))
    if isinstance(event, JobPauseAsked | JobResumeAsked):
        return replace(state, jobs=tenant_jobs.evolve(state.jobs, event))
    if isinstance(event, TenantSuspended | TenantResumed):
        return replace(state, suspended=isinstance(event, TenantSuspended))
    known = TenantChanged(
        slug=event.slug,
        name=event.name,
        brand_domain=event.brand_domain,
        sending_domain_base=event.sending_domain_base,
        mailwizz=event.mailwizz,
        quota=event.quota,
    )
    return replace(state, known=known)


def decide(state: State, command: TenantCommand, now: datetime) -> Sequence[TenantEvent]:
    if isinstance(command, CreateTenant):
        return _create(state, command)
    if state.known is None:
        raise Rejected(command.stranger, code=command.stranger_code)
    match command:
        case ChangeTenant():
            changed = _changed(state.known, command)
            return [] if changed == state.known else [changed]
        case SetZoneActions(slug=slug, actions=actions, ips=ips):
            same = actions == state.zone_actions
            return [] if same else [ZoneActionsSet(slug=slug, actions=actions, ips=ips)]
        case SetOverlay():
            return tenant_overlay.set_whole(state.overlays, command, review=state.review)
        case RestoreOverlay():
            return tenant_overlay.restore(state.overlays, command)
        case SetCapacity() | JudgeCapacity():
            frozen = state.review or state.suspended
            return tenant_capacity.decide(state.capacity, command, frozen=frozen)
        case PauseJob() | ResumeJob():
            return tenant_jobs.decide(state.jobs, command)
        case SuspendTenant() | ResumeTenant() | BeginReview() | EndReview():
            return _held(state, command)
        case ReportPool(slug=slug, purpose=purpose, exhausted=exhausted):
            if exhausted == (purpose in state.exhausted):
                return []
            kind = PoolExhausted if exhausted else PoolRefilled
            return [kind(slug=slug, purpose=purpose)]
        case _:
            assert_never(command)


def _held(
    state: State, command: SuspendTenant | ResumeTenant | BeginReview | EndReview
) -> Sequence[TenantEvent]:
    if isinstance(command, BeginReview | EndReview):
        return _review(state, command)
    return _suspension(state, command)


def _review(state: State, command: BeginReview | EndReview) -> Sequence[TenantEvent]:
    slug, addresses = command.slug, command.addresses
    match command:
        case BeginReview(why=why, ips=ips):
            began = ReviewBegan(slug=slug, why=why, ips=ips, addresses=addresses)
            return [] if state.review else [began]
        case EndReview(reason=reason):
            if not state.review:
                raise Rejected(f"{slug} is not in review; there is nothing to end")
            return [ReviewEnded(slug=slug, reason=reason, addresses=addresses)]
        case _:
            assert_never(command)


def _suspension(
    state: State, command: SuspendTenant | ResumeTenant
) -> Sequence[TenantSuspended | TenantResumed]:
    slug, reason = command.slug, command.reason
    match command:
        case SuspendTenant():
            return [] if state.suspended else [TenantSuspended(slug=slug, reason=reason)]
        case ResumeTenant():
            if not state.suspended:
                raise Rejected(f"{slug} is not suspended; there is nothing to resume")
            return [TenantResumed(slug=slug, reason=reason)]
        case _:
            assert_never(command)


def _create(state: State, command: CreateTenant) -> Sequence[TenantEvent]:
    if state.known is not None:
        raise Rejected(CreateTenant.stranger, code=CreateTenant.stranger_code)
    return [
        TenantCreated(
            slug=command.slug,
            name=command.name,
            brand_domain=command.brand_domain,
            sending_domain_base=command.sending_domain_base,
            day_tz=command.day_tz,
            mailwizz=command.mailwizz,
            quota=command.quota,
        )
    ]


def _changed(state: TenantChanged, command: ChangeTenant) -> TenantChanged:
    base = command.sending_domain_base
    return TenantChanged(
        slug=state.slug,
        name=state.name if command.name is None else command.name,
        brand_domain=state.brand_domain if command.brand_domain is None else command.brand_domain,
        sending_domain_base=state.sending_domain_base if base is None else base,
        mailwizz=state.mailwizz if command.mailwizz is None else command.mailwizz,
        quota=state.quota if command.quota is UNSET else command.quota,
    )


DECIDER: Decider[TenantCommand, TenantEvent, State] = Decider(
    category=TENANT,
    key=lambda command: command.slug,
    owner=lambda command, history, asker: command.slug,
    initial=State(),
    evolve=evolve,
    decide=decide,
)
