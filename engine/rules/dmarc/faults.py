"""What is off the grammar of a DMARC record, and what receivers make of it."""

from collections.abc import Iterator, Sequence

from engine.rules.dmarc.record import Fault
from engine.values.finding import Finding, Severity

# By kind of fault: code, severity, what follows from it, what to do.
_FAULTS: dict[str, tuple[str, Severity, str, str]] = {
    "syntax": (
        "dmarc.syntax",
        "error",
        "Some receivers pass over it, others over the whole record.",
        "Write tags as name=value, with one semicolon between.",
    ),
    "twice": (
        "dmarc.syntax",
        "error",
        "Receivers differ in which counts, and some pass over the whole record.",
        "Leave the one that is meant.",
    ),
    "policy": (
        "dmarc.p_invalid",
        "error",
        "Receivers do as if it said p=none, or as if there were no record.",
        "Write none, quarantine or reject.",
    ),
    "value": ("dmarc.value", "warning", "Receivers take the default.", "Write one of these."),
    "uri": (
        "dmarc.uri",
        "warning",
        "No report goes there.",
        "Write mailto: before each address, and a comma between two.",
    ),
}


TOLD_MAX = 10


def findings_of(faults: Sequence[Fault], found_at: str) -> Iterator[Finding]:
    """The first of them, and how many more there are: a record may be 64 KiB of semicolons."""
    yield from (_finding(fault, found_at) for fault in faults[:TOLD_MAX])
    more = len(faults) - TOLD_MAX
    if more > 0:
        yield _finding(Fault("syntax", f"{more:,} more things are wrong with it"), found_at)


def _finding(fault: Fault, found_at: str) -> Finding:
    code, severity, follows, fix = _FAULTS[fault.kind]
    return Finding(
        code=code,
        severity=severity,
        message=f"{fault.text}. {follows}",
        ref="RFC 9989 4.8",
        fix=fix,
        subject=found_at,
    )
