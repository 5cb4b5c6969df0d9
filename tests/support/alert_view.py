"""How an alert stands after some events."""

from engine.projections.alerts import ALERTS, Alert
from engine.projections.projection import first
from tests.support.spec import ACME, record


def alert_of(key: str, *given: object) -> Alert:
    """Folds only what concerns this key, as the pump does."""
    seen = first(ALERTS, key)
    tenant = None if key.startswith("-/") else ACME
    for n, event in enumerate(given, start=1):
        recorded = record(n, event, tenant=tenant)  # type: ignore[arg-type]
        if key in ALERTS.keys(recorded):
            seen = ALERTS.evolve(seen, recorded)
    return seen
