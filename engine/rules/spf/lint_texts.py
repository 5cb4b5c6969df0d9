"""What is wrong where there is not exactly one record that can be read."""

from collections.abc import Iterator

from engine.rules.spf.lint_tree import mend
from engine.rules.spf.parse import told
from engine.rules.spf.survey import Part
from engine.values.finding import Finding


def lints(part: Part, fix: str) -> Iterator[Finding]:
    """Of the domain's own record, and of those that it leads to."""
    if part.answer.answered and not part.texts:
        yield _missing(part, fix)
    for inner in part.parts:
        if len(inner.texts) > 1:
            yield _multiple(part, inner, fix)
        if inner.problems:
            yield _syntax(part, inner, fix)


def _missing(part: Part, fix: str) -> Finding:
    there = "does not exist" if part.answer.outcome == "nxdomain" else "has no SPF record"
    return Finding(
        "spf.missing",
        "error",
        f"{part.domain} {there}: receivers cannot tell who may send for it.",
        "RFC 7208 4.5",
        fix
        or f"Publish at {part.domain}: v=spf1, then an ip4: or ip6: for each address that"
        " sends, then ~all.",
        part.domain,
    )


def _multiple(part: Part, inner: Part, fix: str) -> Finding:
    return Finding(
        "spf.multiple",
        "error",
        f"{inner.domain}{_below(part, inner)} has {len(inner.texts)} SPF records, and only one is"
        " allowed: receivers give up with a permerror.",
        "RFC 7208 4.5",
        mend(part, inner, fix) or "Take out all but one.",
        inner.domain,
    )


def _syntax(part: Part, inner: Part, fix: str) -> Finding:
    return Finding(
        "spf.syntax",
        "error",
        f"The record of {inner.domain}{_below(part, inner)} breaks the grammar, so that receivers"
        f" refuse the whole of it with a permerror. {told(inner.problems)}.",
        "RFC 7208 4.6",
        mend(part, inner, fix) or "Correct these terms or take them out.",
        inner.domain,
    )


def _below(part: Part, inner: Part) -> str:
    return "" if inner is part else f", to which that of {part.domain} leads,"
