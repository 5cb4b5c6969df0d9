"""How urgent an alert is, and who hears of it."""

from datetime import datetime, time
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from msgspec import Struct

Severity = Literal["info", "warning", "critical"]  # critical: now; warning: today
SEVERITIES: tuple[Severity, ...] = get_args(Severity)


class Quiet(Struct, frozen=True, gc=False):
    """Hours in which nobody is woken by what can wait; ``ends`` may lie on the next day."""

    begins: time
    ends: time
    tz: str = "UTC"

    def at(self, now: datetime) -> bool:
        clock = now.astimezone(ZoneInfo(self.tz)).time()
        if self.begins <= self.ends:
            return self.begins <= clock < self.ends
        return clock >= self.begins or clock < self.ends


class Route(Struct, frozen=True, gc=False):
    """One way to people: the number of a chat, or an address for mail."""

    to: str
    severity: Severity = "info"  # this and what is more urgent
    quiet: Quiet | None = None

    def hears(self, severity: Severity) -> bool:
        return SEVERITIES.index(severity) >= SEVERITIES.index(self.severity)

    def silent(self, severity: Severity, now: datetime) -> bool:
        """Delivered without a sound; what is critical is always heard."""
        quiet = self.quiet is not None and self.quiet.at(now)
        return severity == "info" or (quiet and severity != "critical")
