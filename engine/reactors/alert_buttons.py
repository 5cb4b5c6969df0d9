"""What may be done about an alert by a press: the bot hears the command that it stands for.

What moves mail (``…``) is only asked for by such a press, and is confirmed by another one.
"""

from collections.abc import Sequence

from engine.ports import Button, Buttons
from engine.projections.alerts import Alert
from engine.rules.alert_ref import ref, ref_of_all

_RECHECKED = ("ip_listed", "listing_noted")  # what a look at the lists may end
_PAUSED_BY_HAND = (  # nothing else stops it
    *("listing_noted", "bounce_rate", "complaint_rate", "deliveries_rejected"),
)
_RESUMED = ("ip_paused", "warmup_held")
RELEASED_MAX = 6  # buttons; the others are released by /release


def buttons(view: Alert) -> Buttons:
    """None for what is over, or only informs."""
    if not is_open(view):
        return ()
    name = ref(view.id)
    heard = (Button("Ack", f"ack:{name}"),) if not view.telling.acknowledged else ()
    mute = (Button("Mute 1 h", f"mute:{name}:1h"), Button("Mute 8 h", f"mute:{name}:8h"))
    return ((*heard, *mute), *((one,) for one in _about(view)))


def buttons_of_all(views: Sequence[Alert]) -> Buttons:
    """Beneath a message that holds several; they name what it holds, so that one which joins them
    later is not acknowledged unread.
    """
    open_ = [view for view in views if is_open(view)]
    if len(views) == 1 or not open_:
        return buttons(views[0]) if len(views) == 1 else ()
    name, number = ref_of_all([view.id for view in open_]), len(open_)
    unheard = any(not view.telling.acknowledged for view in open_)
    heard = (Button(f"Ack all {number}", f"all:ack:{name}"),) if unheard else ()
    mute = (
        Button(f"Mute all {number} 1 h", f"all:mute:{name}:1h"),
        Button("8 h", f"all:mute:{name}:8h"),
    )
    return ((*heard, *mute),)


def is_open(view: Alert) -> bool:
    """Somebody has to hear of it."""
    return view.firing and view.severity != "info"


def _about(view: Alert) -> Sequence[Button]:
    found = [Button("Ask the lists now", f"do:/recheck {view.subject}")]
    found = found if view.name in _RECHECKED else []
    if view.name in _PAUSED_BY_HAND:
        found.append(Button("Pause it …", f"do:/pause {view.subject}"))
    if view.name in _RESUMED:
        found.append(Button("Resume it …", f"do:/resume {view.subject}"))
    offered = view.offered[:RELEASED_MAX]
    return [*found, *(Button(f"Release {ip} …", f"do:/release {ip}") for ip in offered)]
