"""What people must hear of bounces and complaints (DESIGN §11: 5 % and 0.1 %)."""

from engine.events import Event, Recorded
from engine.events.traffic import RateSeen
from engine.projections.alert_change import NOTHING, Change
from engine.values.alert import Severity

BOUNCE, COMPLAINT = "bounce_rate", "complaint_rate"
CAUSES = (RateSeen,)
_NAMES = {"bounce": BOUNCE, "complaint": COMPLAINT}
_SEVERITY: dict[str, Severity] = {"bounce": "warning", "complaint": "critical"}
_NEXT = {
    "bounce": "find the campaign and its list (GET /api/v2/ips/<address>/stats), take out what does"
    " not exist, and stop sending to lists that nobody confirmed",
    "complaint": "find the campaign (GET /api/v2/ips/<address>/jobs), pause it, and see whether who"
    " complains ever asked for mail, and can unsubscribe",
}


def of(event: Event) -> tuple[tuple[str, str], ...]:
    return ((_NAMES[event.signal], event.ip),) if isinstance(event, RateSeen) else ()


def change(name: str, recorded: Recorded[Event]) -> Change | None:
    """None: the alert is none of these."""
    if name not in (BOUNCE, COMPLAINT):
        return None
    event = recorded.event
    return _rate(event) if isinstance(event, RateSeen) else NOTHING


def _rate(rate: RateSeen) -> Change:
    share = f"{100 * rate.count / rate.of:.2g} %" if rate.of else "-"
    seen = f"{rate.count:,} of {rate.of:,} in seven days with mail ({share})"
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
    title = f"{rate.signal.capitalize()} rate over {100 * rate.threshold:.2g} %"
    severity = _SEVERITY[rate.signal] if proved else "info"
    return Change(fires=True, anew=True, severity=severity, title=title, facts=facts)
