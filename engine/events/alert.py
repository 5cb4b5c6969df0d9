"""Something people must know: fired, told, acknowledged, resolved."""

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


class AlertTellingFailed(Fact, frozen=True, kw_only=True, tag="alert.telling_failed"):
    alert: AlertId
    messages: dict[str, int] = {}  # the chats that were reached
    why: str


class AlertAcknowledged(Fact, frozen=True, kw_only=True, tag="alert.acknowledged"):
    alert: AlertId


AlertEvent = AlertFired | AlertTold | AlertTellingFailed | AlertAcknowledged
ALERT: Category[AlertEvent] = Category("alert", AlertEvent)
