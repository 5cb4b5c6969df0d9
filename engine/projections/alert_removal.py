"""The end of an address ends what people were told of it."""

from engine.events import Event
from engine.events.ip_removal import IpRemoved
from engine.projections import alert_limits, alert_lists, alert_node, alert_pauses, alert_rates
from engine.projections.alert_change import Change

CAUSES = (IpRemoved,)
STANDING = (  # those of an address that fire until something ends them
    *("ip_listed", alert_lists.NOTED, alert_limits.LIMITER, alert_node.LEFT, alert_node.LEAKED),
    *("warmup_held", "no_server", "mailwizz_failed", alert_rates.BOUNCE, alert_rates.COMPLAINT),
    alert_pauses.PAUSED,
)
CHANGE = Change(facts={"Now": "the address was removed", "Next": ""}, clears=True)


def of(event: Event) -> tuple[tuple[str, str], ...]:
    return tuple((name, event.ip) for name in STANDING) if isinstance(event, IpRemoved) else ()
