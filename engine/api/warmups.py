"""The warm-up of one address: its plan, how it stands, and what people do to it."""

from collections.abc import Callable
from typing import TypeVar

from msgspec.structs import replace

from engine.api import as_of, auth, ips, present_warmup, reading, reviews, writing
from engine.api.call import Answer, AsOf, Call, OfTenant, Text
from engine.api.decode import words
from engine.api.problems import Problem
from engine.commands.ip import RequestWarmup
from engine.commands.ip_warmup import HoldWarmup, ResumeWarmup, SkipStage, StepBackStage
from engine.ids import TenantId
from engine.projections.ip_row import IpRow
from engine.projections.ips import IPS
from engine.projections.results import RESULTS
from engine.projections.traffic import TRAFFIC_VIEW
from engine.reactors import guards
from engine.rules.warmup import plans
from engine.rules.warmup.ladders import DEFAULT
from engine.rules.warmup.plans import PlanError
from engine.runtime.perform.raising import heeding, never
from engine.values.evidence import Guards
from engine.values.phase import Phase
from engine.values.plan import DayRule, Interpolation, Plan

C = TypeVar("C", StepBackStage, SkipStage)


class OnLadder(OfTenant, frozen=True, kw_only=True):
    """All of the plan may be left out: then the default is followed, or the one given before."""

    ladder: str | None = None  # a built-in one, by name
    caps: list[int] | None = None  # or an own table: messages a day, by stage
    stage_days: int | None = None  # of an own table; 7
    active_per_day: int | None = None  # afterwards; the last cap
    interpolation: Interpolation | None = None
    day_rule: DayRule | None = None  # which days of a stage count


class NewWarmup(OnLadder, frozen=True, kw_only=True):
    """Of an address that waits to warm up."""


class Perhaps(OfTenant, frozen=True, kw_only=True):
    reason: Text | None = None


async def warm_up(call: Call, body: NewWarmup) -> Answer:
    command = RequestWarmup(ip=ips.named(call), plan=plan(body))
    reviews.none_of(call, _tenant(call, body), "no address starts to warm up")
    return await ips.move(call, body, command)


def _tenant(call: Call, body: OfTenant) -> TenantId:
    return auth.whose(call.deps.views, call.caller, body.tenant)


def plan(body: OnLadder) -> Plan | None:
    """Raises Problem that names the field."""
    given = (body.ladder, body.caps, body.stage_days, body.active_per_day, body.interpolation)
    if all(one is None for one in (*given, body.day_rule)):
        return None
    return replace(_ladder(body), day_rule=body.day_rule or "default")


def _ladder(body: OnLadder) -> Plan:
    if body.caps is not None and body.ladder is not None:
        raise Problem("invalid", "give a ladder by name or caps, not both", field="$.caps")
    if body.stage_days is not None and body.caps is None:
        why = "a built-in ladder has its own days; `stage_days` goes with `caps`"
        raise Problem("invalid", why, field="$.stage_days")
    interpolation = body.interpolation or "step"
    try:
        if body.caps is None:
            return plans.named(body.ladder or DEFAULT, body.active_per_day, interpolation)
        days = plans.STAGE_DAYS if body.stage_days is None else body.stage_days
        return plans.own(body.caps, days, body.active_per_day, interpolation)
    except PlanError as wrong:
        at = f"[{wrong.stage - 1}]" if wrong.stage else ""
        raise Problem("invalid", str(wrong), field=f"$.{wrong.field}{at}") from wrong


async def show(call: Call, query: AsOf) -> Answer:
    ip = ips.named(call)
    whose, then = await ips.owner(call, ip, query.as_of)
    reader = await as_of.reader(call, then, IPS, whose)
    row = await reading.one(reader, IPS, f"{whose}/{ip}", call.caller.tenant)
    if row is None or not row.ip:
        raise ips.unknown(ip)
    now = then.at if then else call.deps.clock.now()
    counts = await as_of.reader(call, then, TRAFFIC_VIEW, whose)
    mail = await reading.one(counts, TRAFFIC_VIEW, f"{whose}/{ip}", call.caller.tenant)
    judged = None
    if row.phase is Phase.WARMING and row.node in call.deps.tuning.accounting:
        results = await as_of.reader(call, then, RESULTS, whose)
        judged = await reading.one(results, RESULTS, f"{whose}/{ip}", call.caller.tenant)
    shown = present_warmup.warmup(row, mail, judged, now, call.deps.catalogue)
    return reading.as_then(call, then, Answer(shown))


async def hold(call: Call, body: Perhaps) -> Answer:
    return await ips.move(call, body, HoldWarmup(ip=ips.named(call), reason=given_reason(body)))


async def resume(call: Call, body: Perhaps) -> Answer:
    reviews.none_of(call, _tenant(call, body), "no warm-up is resumed")
    return await ips.move(call, body, ResumeWarmup(ip=ips.named(call), reason=given_reason(body)))


async def step_back(call: Call, body: Perhaps) -> Answer:
    reason = given_reason(body)

    def fresh(row: IpRow) -> StepBackStage:
        return StepBackStage(ip=row.ip, stage=row.stage - 1, reason=reason)

    return await _moved(call, body, reason, fresh, StepBackStage)


async def skip(call: Call, body: ips.Because) -> Answer:
    reason = words("$.reason", body.reason)
    reviews.none_of(call, _tenant(call, body), "its caps stay as they are")

    def fresh(row: IpRow) -> SkipStage:
        held = guards.check(row, call.deps.catalogue)
        stale = guards.stale(row, call.deps.clock.now())
        if not isinstance(held, Guards) or stale or row.first_day is None:
            waits = (*(held if isinstance(held, tuple) else ()), *stale)
            fails = "; ".join(waits) or "it has not begun"
            why = f"no stage of {row.ip} begins while a guard fails: {fails}"
            raise Problem("refused", why)
        stage, entered = row.stage + 1, row.first_day
        skip = SkipStage(ip=row.ip, stage=stage, entered=entered, guards=held, reason=reason)
        return heeding(skip, row.tenant, call.deps.views, never)

    return await _moved(call, body, reason, fresh, SkipStage)


def given_reason(body: Perhaps) -> str:
    return words("$.reason", body.reason) if body.reason is not None else ""


async def _moved(
    call: Call, body: OfTenant, reason: str, fresh: Callable[[IpRow], C], kind: type[C]
) -> Answer:
    """A command that names the stage it leads to is the same again when the request is."""
    tenant = auth.whose(call.deps.views, call.caller, body.tenant)
    request = writing.request_id(call, tenant)
    before = await writing.asked_before(call, request)
    if before and isinstance(before[0], kind) and before[0].ip == ips.named(call):
        return await ips.move(call, body, replace(before[0], reason=reason), request)
    return await ips.move(call, body, fresh(_row(call, tenant)), request)


def _row(call: Call, tenant: TenantId) -> IpRow:
    ip = ips.named(call)
    row = call.deps.views.get(IPS, f"{tenant}/{ip}")
    if not row.ip:
        raise ips.unknown(ip)
    if row.phase is not Phase.WARMING:
        where = f"{row.phase.value} ({row.reason})" if row.reason else row.phase.value
        why = f"{ip} is {where}; only a warm-up under way has stages to change"
        raise Problem("refused", why)
    return row
