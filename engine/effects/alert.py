"""Telling people."""

from engine.effects.base import Tell
from engine.ids import AlertId
from engine.values.alert import Severity
from engine.values.target import Target


class TellPeople(Tell, frozen=True, kw_only=True, tag="alert.tell"):
    """Send it to the chats of its tenant, or edit the messages that carry it already."""

    alert: AlertId
    severity: Severity
    text: str  # HTML
    messages: dict[str, int]  # chat -> message

    @property
    def target(self) -> Target:
        return Target("alert", self.alert)
