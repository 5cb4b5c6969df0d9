"""One rule: whose texts it reads, what it looks for, and what that means."""

import re
from typing import NamedTuple

from engine.values.traffic import Cause, Kind


class Rule(NamedTuple):
    pattern: re.Pattern[str]
    cause: Cause
    provider: str  # "": whoever says it
    kind: Kind | None
    by: str  # "": the pattern's own group ``zone``


def rule(
    cause: Cause, pattern: str, provider: str = "", *, kind: Kind | None = None, by: str = ""
) -> Rule:
    return Rule(re.compile(pattern, re.IGNORECASE), cause, provider, kind, by)
