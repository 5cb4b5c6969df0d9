"""What may be done about an alert by a press: the bot hears the command that it stands for."""

from engine.ports import Button, Buttons
from engine.projections.alerts import Alert
from engine.rules.alert_ref import ref

_RECHECKED = ("ip_listed", "listing_noted")  # what a look at the lists may end


def buttons(view: Alert) -> Buttons:
    """None for what is over, or only informs."""
    if not view.firing or view.severity == "info":
        return ()
    name = ref(view.id)
    heard = (Button("Ack", f"ack:{name}"),) if not view.telling.acknowledged else ()
    mute = (Button("Mute 1 h", f"mute:{name}:1h"), Button("Mute 8 h", f"mute:{name}:8h"))
    rows = [(*heard, *mute)]
    if view.name in _RECHECKED:
        rows.append((Button("Ask the lists now", f"do:/recheck {view.subject}"),))
    return tuple(rows)
