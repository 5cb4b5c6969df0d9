"""How urgent an alert is."""

from typing import Literal

Severity = Literal["info", "warning", "critical"]  # critical: now; warning: today
