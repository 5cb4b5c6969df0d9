"""What people must hear of warm-ups, and of what holds a tenant down: quota, review, suspension."""

from engine.events import Event, Recorded
from engine.events.ip import IpStopped, MonitoringBegan, StageEntered, WarmupFinished
from engine.events.ip_cap import CapLimited
from engine.events.ip_warmup import (
    StageSkipped,
    WarmupHeld,
    WarmupPaused,
    WarmupResumed,
    WarmupSteppedBack,
)
from engine.events.tenant import PoolExhausted, PoolRefilled, ReviewBegan, ReviewEnded
from engine.events.tenant_suspension import TenantResumed, TenantSuspended
from engine.projections.alert_change import NOTHING, Change
from engine.rules.review import IN_WORDS
from engine.values.evidence import Guards
from engine.values.levers import Levers, PerDay
from engine.values.results import KINDS, Results
from engine.values.traffic import JobBehind

_HOLDS = (WarmupHeld, WarmupPaused, WarmupSteppedBack, WarmupResumed)
CAUSES = (
    *(CapLimited, ReviewBegan, ReviewEnded, StageEntered, StageSkipped, MonitoringBegan),
    *(*_HOLDS, PoolExhausted, PoolRefilled, TenantSuspended, TenantResumed),
    *(IpStopped, WarmupFinished),
)
NAMES = (
    *("quota_reached", "review", "suspended", "pool_exhausted"),
    *("warmup_stage", "warmup_held", "rest_over"),
)


def of(event: Event) -> tuple[tuple[str, str], ...]:
    match event:
        case CapLimited():
            return (("quota_reached", "quota"),)
        case ReviewBegan(slug=slug) | ReviewEnded(slug=slug):
            return (("review", slug),)
        case TenantSuspended(slug=slug) | TenantResumed(slug=slug):
            return (("suspended", slug),)
        case PoolExhausted(purpose=purpose) | PoolRefilled(purpose=purpose):
            return (("pool_exhausted", purpose),)
        case StageEntered(ip=ip):
            return ("warmup_stage", ip), ("warmup_held", ip)
        case StageSkipped(ip=ip):
            return (("warmup_stage", ip),)
        case IpStopped(ip=ip) | WarmupFinished(ip=ip):
            return (("warmup_held", ip),)
        case MonitoringBegan(ip=ip, why="rested"):
            return (("rest_over", ip),)
        case WarmupHeld() | WarmupPaused() | WarmupSteppedBack() | WarmupResumed():
            return (("warmup_held", event.ip),)
        case _:
            return ()


def change(name: str, recorded: Recorded[Event]) -> Change:
    match name:
        case "quota_reached":
            return _quota(recorded)
        case "review":
            return _review(recorded)
        case "suspended":
            return _suspension(recorded.event)
        case "pool_exhausted":
            return _pool(recorded.event)
        case "warmup_stage":
            return _stage(recorded.event)
        case "warmup_held":
            return _held(recorded.event)
        case "rest_over":
            return _rested(recorded.event)
        case _:
            return NOTHING


NOT_ALONE = "the name is not this tenant's alone, so that is for the operator to do"


def job(one: JobBehind) -> str:
    return (
        f"job {one.job}: {one.complaints:,} complaints, {one.blocks:,} blocks and"
        f" {one.unknown:,} unknown users of {one.sent:,} messages"
        + (f"; its waiting mail is not paused: {NOT_ALONE}" if one.shared else "")
    )


def _quota(recorded: Recorded[Event]) -> Change:
    """Told once, until the quota leaves every address what it wants."""
    event = recorded.event
    if not isinstance(event, CapLimited):
        return NOTHING
    if event.quota is None or event.wanted <= event.quota:
        return Change(facts={"Now": "every address gets what its ladder says"}, clears=True)
    facts = {
        "Quota": f"{event.quota:,} messages a day",
        "Wanted": f"{event.wanted:,} a day, by the ladders of its addresses",
        "Effect": f"no address gets more than {event.limit or 0:,} a day",
        "Next": "raise the quota (PATCH /api/v2/tenants/<slug>), or retire an address",
    }
    title = "Quota holds caps down"
    return Change(fires=True, severity="warning", title=title, facts=facts)


def _review(recorded: Recorded[Event]) -> Change:
    match recorded.event:
        case ReviewBegan(slug=slug, why=why, ips=ips):
            facts = {
                "Tenant": slug,
                "Why": f"{IN_WORDS[why]}: {', '.join(ips)}",
                "Effect": "caps stay; none of its addresses starts, resumes or takes their place",
                "Next": "find what was sent and by whom; an admin ends the review with a reason"
                f" (POST /api/v2/tenants/{slug}/review/end)",
            }
            title = "Tenant in review"
            return Change(fires=True, severity="critical", title=title, facts=facts)
        case ReviewEnded(reason=reason):
            return Change(facts={"Now": f"ended: {reason}", "Next": ""}, clears=True)
        case _:
            return NOTHING


def _suspension(event: Event) -> Change:
    match event:
        case TenantSuspended(slug=slug, reason=reason):
            facts = {
                "Tenant": slug,
                "Why": reason,
                "Effect": "its queues stand still, its servers are off; no mail is deleted",
                "Next": f"an admin resumes it (POST /api/v2/tenants/{slug}/resume)",
            }
            title = "Tenant suspended"
            return Change(fires=True, anew=True, severity="warning", title=title, facts=facts)
        case TenantResumed(reason=reason):
            return Change(facts={"Now": f"resumed: {reason}", "Next": ""}, clears=True)
        case _:
            return NOTHING


def _pool(event: Event) -> Change:
    match event:
        case PoolExhausted(slug=slug, purpose=purpose):
            facts = {
                "Tenant": slug,
                "Pool": purpose,
                "Effect": "new mail for it is refused; no other pool or tenant takes it",
                "Next": "see why (GET /api/v2/ips?purpose=…); warm up another address in good time",
            }
            title = "Pool exhausted"
            return Change(fires=True, anew=True, severity="critical", title=title, facts=facts)
        case PoolRefilled():
            return Change(facts={"Now": "an address takes mail again", "Next": ""}, clears=True)
        case _:
            return NOTHING


def _stage(event: Event) -> Change:
    """A message for each step up, and none of them waits for an end."""
    match event:
        case StageEntered(ip=ip, stage=stage, vmta=vmta, evidence=evidence):
            starts = isinstance(evidence, Guards)
            title = "Warm-up started" if starts else "Warm-up stage reached"
        case StageSkipped(ip=ip, stage=stage, vmta=vmta):
            title = "Warm-up stage reached"
        case _:
            return NOTHING
    facts = {"IP": ip, "Pool": vmta.purpose, "Stage": str(stage), "Cap": _cap(vmta.levers)}
    return Change(fires=True, anew=True, over=True, title=title, facts=facts)


def _cap(levers: Levers) -> str:
    return f"{levers.output.cap:,} a day" if isinstance(levers.output, PerDay) else "none"


def _held(event: Event) -> Change:
    match event:
        case WarmupPaused(ip=ip, results=results):
            facts = _bad(ip, results, "intake closed, output paused")
            title = "Warm-up paused"
            return Change(fires=True, anew=True, severity="critical", title=title, facts=facts)
        case WarmupSteppedBack(ip=ip, stage=stage, by="results", results=results):
            facts = _bad(ip, results, f"back at stage {stage}, and held there")
            title = "Warm-up stepped back"
            return Change(fires=True, anew=True, severity="warning", title=title, facts=facts)
        case WarmupHeld(ip=ip, by="results", results=results):
            facts = _bad(ip, results, "no next stage; its cap stays")
            return Change(fires=True, severity="warning", title="Warm-up held", facts=facts)
        case WarmupHeld(ip=ip, reason=reason):
            facts = {"IP": ip, "Why": f"by a person: {reason}" if reason else "by a person"}
            return Change(fires=True, title="Warm-up held", facts=facts)
        case WarmupResumed(by=by):
            who = "a person resumed it" if by == "person" else "its results are good again"
            return Change(facts={"Now": who, "Next": ""}, clears=True)
        case IpStopped() | WarmupFinished() | StageEntered():
            return Change(facts={"Now": "that warm-up is over, or goes on"}, clears=True)
        case _:
            return NOTHING


def _bad(ip: str, results: Results | None, effect: str) -> dict[str, str]:
    return {
        "IP": ip,
        "Why": _worst(results) if results else "",
        "Effect": effect,
        "Next": "find the cause (GET /api/v2/ips/<address>/stats); good days end a hold, and a"
        " person ends a pause (POST /api/v2/ips/<address>/warmup/resume)",
    }


def _worst(results: Results) -> str:
    if not results.rates:
        return ""
    one = min(results.rates, key=lambda rate: (-KINDS.index(rate.means), rate.chance))
    share = f"{100 * one.count / one.of:.2g} %" if one.of else "-"
    return (
        f"{one.provider}: {one.signal} {one.count:,} of {one.of:,} ({share}; the limit is"
        f" {100 * one.threshold:.2g} %)"
    )


def _rested(event: Event) -> Change:
    if not isinstance(event, MonitoringBegan):
        return NOTHING
    facts = {"IP": event.ip, "Pool": event.vmta.purpose, "Now": "watched for 7 clean days"}
    return Change(fires=True, anew=True, over=True, title="Rest is over", facts=facts)
