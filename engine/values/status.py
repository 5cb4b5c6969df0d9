"""How a part of a domain's DNS stands, by what was found."""

from collections.abc import Sequence
from typing import Literal

from engine.values.finding import Finding

Status = Literal["ok", "warning", "error", "unknown"]


def valid_of(findings: Sequence[Finding]) -> bool | None:
    """An error is one whatever else could not be told; None: it could not be told."""
    severities = {one.severity for one in findings}
    if "error" in severities:
        return False
    return None if "unknown" in severities else True


def status_of(findings: Sequence[Finding]) -> Status:
    valid = valid_of(findings)
    if valid is None:
        return "unknown"
    if not valid:
        return "error"
    return "warning" if any(one.severity == "warning" for one in findings) else "ok"
