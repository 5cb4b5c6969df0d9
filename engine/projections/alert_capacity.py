"""What people must hear of capacity, of rotation, and of addresses that idled."""

from engine.events import Event, Recorded
from engine.events.ip import RetirementBegan, WarmupRequested
from engine.events.ip_warmup import RewarmBegan
from engine.events.tenant import CapacityJudged, CapacitySet
from engine.projections.alert_change import NOTHING, Change
from engine.rules.capacity import balance
from engine.rules.warmup import start
from engine.values.levers import PerDay

NAMES = SHORT, ROTATED, IDLED = "capacity_short", "rotated", "idled"
CAUSES = (CapacityJudged, CapacitySet, RewarmBegan, RetirementBegan, WarmupRequested)


def of(event: Event) -> tuple[tuple[str, str], ...]:
    match event:
        case CapacityJudged(slug=slug) | CapacitySet(slug=slug):
            return ((SHORT, slug),)
        case RetirementBegan(ip=ip, why=why) | WarmupRequested(ip=ip, why=why) if why:
            return ((ROTATED, ip),)
        case RewarmBegan(ip=ip):
            return ((IDLED, ip),)
        case _:
            return ()


def change(name: str, recorded: Recorded[Event]) -> Change:
    changes = {SHORT: _short, ROTATED: _rotated, IDLED: _idled}
    return changes[name](recorded.event)


def _short(event: Event) -> Change:
    """A fleet that is still warming up is short today and carries all in time; that is no news."""
    if isinstance(event, CapacitySet) and event.rotation == "off":
        return Change(facts={"Now": "nobody judges it any more", "Next": ""}, clears=True)
    if not isinstance(event, CapacityJudged):
        return NOTHING
    short = event.short
    if short is None or balance.passing(short, event.day):
        return Change(facts={"Now": "capacity carries demand again", "Next": ""}, clears=True)
    facts = {
        "Tenant": event.slug,
        **({"Pool": short.purpose} if short.purpose else {}),
        "When": f"{short.day}" + (f" to {short.until}" if short.until else ""),
        "Demand": f"{short.demand:,} a day, against {short.capacity:,}",
        "Why": "; ".join(event.why),
        "Next": _next(event),
    }
    return Change(fires=True, severity="warning", title="Capacity will be short", facts=facts)


def _next(event: CapacityJudged) -> str:
    short = event.short
    if event.starts is not None:
        return f"{event.starts} starts by itself"
    if short is not None and not short.addresses:
        return "raise the quota, or send less on those days"
    by = f"by {short.start_by}" if short is not None else "now"
    return f"start {short.addresses if short else 1} more {by} (GET /api/v2/tenants/…/capacity)"


def _rotated(event: Event) -> Change:
    match event:
        case RetirementBegan(ip=ip, vmta=vmta, why=why):
            facts = {"IP": ip, "Pool": vmta.purpose, "Why": why, "Effect": "it falls over a week"}
            title = "Rotation retires an address"
        case WarmupRequested(ip=ip, why=why):
            facts = {"IP": ip, "Why": why, "Effect": "it warms up once its guards hold"}
            title = "Rotation starts an address"
        case _:
            return NOTHING
    return Change(fires=True, anew=True, over=True, title=title, facts=facts)


def _idled(event: Event) -> Change:
    if not isinstance(event, RewarmBegan):
        return NOTHING
    output = event.vmta.levers.output
    facts = {
        "IP": event.ip,
        "Pool": event.vmta.purpose,
        "Why": start.idle(event.idle_days).why,
        "Stage": str(event.stage),
        "Cap": f"{output.cap:,} a day" if isinstance(output, PerDay) else "none",
        "Next": "send a little through it each week, and it keeps its cap",
    }
    title = "Idle address warms up again"
    return Change(fires=True, anew=True, over=True, title=title, facts=facts)
