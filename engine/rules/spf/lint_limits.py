"""How near a record and all below it come to the limits of RFC 7208 4.6.4."""

from collections.abc import Iterator, Sequence

from engine.rules.spf import tree
from engine.rules.spf.lint_tree import mend
from engine.rules.spf.record import Record, written
from engine.rules.spf.run import MX_MAX, TERMS_MAX, VOID_MAX
from engine.rules.spf.survey import Part
from engine.values.dns import Question
from engine.values.finding import Finding, Severity

LOOKUPS_NEAR = 9  # one provider's include more, and it is too many
LIGHTER = (
    "Take out the includes of services that no longer send for this domain, write ip4: and ip6: in"
    " place of a and mx, or send from a subdomain with a record of its own."
)


def lints(
    part: Part, void: Sequence[Question], remedy: Record | None, fix: str
) -> Iterator[Finding]:
    """``void`` are the questions that find nothing; ``fix`` says to publish the remedy."""
    yield from _lookups(part, remedy, fix)
    yield from _void(part, void, fix)
    yield from _mx_names(part, fix)


def _lookups(part: Part, remedy: Record | None, fix: str) -> Iterator[Finding]:
    if part.cost < LOOKUPS_NEAR:
        return
    over = part.cost > TERMS_MAX
    severity: Severity = "error" if over else "warning"
    heavy = sorted(part.sightings, key=lambda one: -one.cost)
    costs = ", ".join(f"{written(one.term)} {one.cost}" for one in heavy)
    then = "receivers give up with a permerror" if over else "one more provider may be too many"
    yield Finding(
        "spf.lookups",
        severity,
        f"At worst {part.cost} terms ask the DNS, and {TERMS_MAX} are allowed: {then}."
        f" They cost: {costs}.",
        "RFC 7208 4.6.4",
        fix if _is_lighter(part, remedy) else LIGHTER,
        part.domain,
    )


def _is_lighter(part: Part, remedy: Record | None) -> bool:
    """What is left of it is within the limit."""
    if remedy is None:
        return False
    left = {one.term: one.cost for one in part.sightings if one.term in remedy.terms}
    return sum(left.values()) <= TERMS_MAX


def _void(part: Part, void: Sequence[Question], fix: str) -> Iterator[Finding]:
    if not void:
        return
    over = len(void) > VOID_MAX
    dead = any(tree.is_dead(one) for one in part.sightings)
    then = "receivers give up with a permerror" if over else "with more, receivers give up"
    yield Finding(
        "spf.void",
        "error" if over else "warning",
        f"{len(void)} of its lookups find nothing, and {VOID_MAX} may; {then}. Not found:"
        f" {', '.join(f'{one.type} {one.name}' for one in void)}.",
        "RFC 7208 4.6.4",
        fix if dead else "Publish what they look for, or have the records below it mended.",
        part.domain,
    )


def _mx_names(part: Part, fix: str) -> Iterator[Finding]:
    for inner in part.parts:
        for one in inner.sightings:
            if one.mx_names > MX_MAX:
                yield Finding(
                    "spf.mx_names",
                    "error",
                    f"{written(one.term)} in the record of {inner.domain} finds {one.mx_names} MX"
                    f" names, and {MX_MAX} are allowed: receivers give up with a permerror.",
                    "RFC 7208 4.6.4",
                    mend(part, inner, fix),
                    inner.domain,
                )
