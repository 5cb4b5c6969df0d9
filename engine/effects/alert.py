"""Telling people."""

from datetime import datetime

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
    round: str = "fired"  # a chat that has heard another gets a message of its own
    heard: dict[str, str] = {}  # chat -> the last round that it heard
    beneath: dict[str, int] = {}  # chat -> the message that its first one answers
    reply: str = ""  # HTML; what "resolved" says beside the edit
    mailed: str = ""  # the last round that went by mail
    unreached_since: datetime | None = None  # no chat or not all were reached since then

    @property
    def target(self) -> Target:
        return Target("alert", self.alert)
