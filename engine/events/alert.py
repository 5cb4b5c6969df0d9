"""Something people must know: fired, told, acknowledged, silenced, resolved."""

from datetime import datetime

from engine.events.base import Category, Fact
from engine.ids import AlertId
from engine.values.alert import Severity


class AlertFired(Fact, frozen=True, kw_only=True, tag="alert.fired"):
    alert: AlertId
    severity: Severity


class AlertTold(Fact, frozen=True, kw_only=True, tag="alert.told"):
    alert: AlertId
    text: str  # digest of what was told
    messages: dict[str, int] = {}  # chat -> the message that carries it, edited from now on
    round: str = "fired"  # "fired", "repeat-<n>" or "resolved": each is a message of its own
    shared: tuple[str, ...] = ()  # chats in which its message holds other alerts too
    lost: tuple[str, ...] = ()  # chats that have thrown the bot out, and were not asked
    mailed: bool = False
    under: dict[str, int] = {}  # chat -> the message with its buttons, where it is another one
    named: tuple[str, ...] = ()  # chats in which its message only names what it holds


class AlertTellingFailed(Fact, frozen=True, kw_only=True, tag="alert.telling_failed"):
    alert: AlertId
    messages: dict[str, int] = {}  # the chats that were reached
    why: str
    round: str = "fired"
    shared: tuple[str, ...] = ()
    retry_after_s: int = 0  # seconds of silence that the messenger asks for
    mailed: bool = False
    under: dict[str, int] = {}
    named: tuple[str, ...] = ()


class AlertAcknowledged(Fact, frozen=True, kw_only=True, tag="alert.acknowledged"):
    alert: AlertId


class AlertSilenced(Fact, frozen=True, kw_only=True, tag="alert.silenced"):
    """No message of its own until then, not even when it fires anew; None: it is heard again."""

    alert: AlertId
    until: datetime | None


class AlertResolved(Fact, frozen=True, kw_only=True, tag="alert.resolved"):
    alert: AlertId


AlertEvent = (
    AlertFired | AlertTold | AlertTellingFailed | AlertAcknowledged | AlertSilenced | AlertResolved
)
ALERT: Category[AlertEvent] = Category("alert", AlertEvent)
