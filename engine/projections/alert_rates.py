"""What people must hear of bounces, complaints and blocks (DESIGN §11: 5 % and 0.1 %)."""

from engine.events import Event, Recorded
from engine.events.traffic import RateSeen
from engine.projections.alert_change import NOTHING, Change
from engine.values.alert import Severity

NAMES = BOUNCE, COMPLAINT, BLOCK = "bounce_rate", "complaint_rate", "deliveries_rejected"
CAUSES = (RateSeen,)
_NAMES = {"bounce": BOUNCE, "complaint": COMPLAINT, "block": BLOCK}
_SEVERITY: dict[str, Severity] = {
    "bounce": "warning",
    "complaint": "critical",
    "block": "warning",
}
_TITLES = {
    "bounce": "Bounce rate over",
    "complaint": "Complaint rate over",
    "block": "Deliveries rejected: blocks over",
}
_NEXT = {
    "bounce": "find the campaign and its list (GET /api/v2/ips/<address>/stats), take out what does"
    " not exist, and stop sending to lists that nobody confirmed",
    "complaint": "find the campaign (GET /api/v2/ips/<address>/jobs), pause it, and see whether who"
    " complains ever asked for mail, and can unsubscribe",
    "block": "see who rejects it, and in what words (GET /api/v2/ips/<address>/stats); send less,"
    " and only to who reads it, until they take it again",
}


def of(event: Event) -> tuple[tuple[str, str], ...]:
    return ((_NAMES[event.signal], event.ip),) if isinstance(event, RateSeen) else ()


def change(_: str, recorded: Recorded[Event]) -> Change:
    event = recorded.event
    return _rate(event) if isinstance(event, RateSeen) else NOTHING


def _rate(rate: RateSeen) -> Change:
    share = f"{100 * rate.count / rate.of:.2g} %" if rate.of else "-"
    over = "two" if rate.signal == "block" else "seven"
    seen = f"{rate.count:,} of {rate.of:,} in {over} days with mail ({share})"
    if rate.standing == "ok":
        return Change(facts={"Now": f"clearly below the line again: {seen}"}, clears=True)
    proved = rate.standing == "proved"
    facts = {
        "IP": rate.ip,
        "Seen": seen,
        "Line": f"{100 * rate.threshold:.2g} %; "
        + ("by chance so many come once in a thousand times at most" if proved else
           "so few prove nothing yet, and this is information"),
        "Done": "a warm-up is held, stepped back or paused by whole days of its own; an address"
        " that is warmed up sends on",
        "Next": _NEXT[rate.signal] if proved else "",
    }  # fmt: skip
    title = f"{_TITLES[rate.signal]} {100 * rate.threshold:.2g} %"
    severity = _SEVERITY[rate.signal] if proved else "info"
    return Change(fires=True, anew=True, severity=severity, title=title, facts=facts)
