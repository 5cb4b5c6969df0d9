"""What was seen in a validation, for a table to say."""

from collections.abc import Sequence

from bench import domain_peer
from engine.rules.asking import Asking
from engine.rules.domain_report import parts
from engine.values.finding import Finding
from engine.values.validation import Validation

SHARED = ("spf", "dmarc", "mx")  # parts that the peer has too


def said(ours: Validation, theirs: Sequence[str]) -> str:
    shared, every = _findings(ours, SHARED), _findings(ours)
    codes = ", ".join(dict.fromkeys(one.code for one in shared))
    return (
        f"{domain_peer.NAME} says {len(theirs)} things on SPF, DMARC and MX; the engine"
        f" {len(shared)} ({codes}), and {len(every) - len(shared)} on DKIM and PTR."
    )


def longest(made: Validation) -> int:
    """Questions of the longest chain: each part goes on as soon as its own are answered."""
    kept = {one.question: one.answer for one in made.heard}

    def steps(asking: Asking[object]) -> int:
        count = 0
        try:
            questions = next(asking)
            while True:
                count += 1
                questions = asking.send(tuple(kept[one] for one in questions))
        except StopIteration:
            return count

    return max(map(steps, parts(made.check, made.nonce)))


def _findings(made: Validation, names: Sequence[str] = ()) -> list[Finding]:
    """Errors and warnings; of these parts, or of all."""
    of = made.report
    every: dict[str, Sequence[Finding]] = {
        "spf": of.spf.findings,
        "dkim": of.dkim.findings,
        "dmarc": of.dmarc.findings,
        "ptr": of.ptr.findings,
        "mx": of.mx.findings,
    }
    found = [one for name in names or every for one in every[name]]
    return [one for one in found if one.severity in ("error", "warning")]
