"""What is wrong with a record and with the records that it leads to."""

from collections.abc import Iterator

from engine.rules.spf import tree
from engine.rules.spf.record import All, Include, written
from engine.rules.spf.survey import Part
from engine.rules.unanswered import LOOK_AGAIN
from engine.values.finding import Finding


def lints(part: Part, fix: str) -> Iterator[Finding]:
    """``fix`` says which record to publish instead of that of ``part``."""
    yield from _unanswered(part)
    yield from _loops(part, fix)
    yield from _empty_targets(part, fix)
    yield from _everybody(part, fix)
    yield from _ending(part, fix)


def mend(part: Part, inner: Part, fix: str) -> str:
    """Perhaps somebody else keeps the record that is wrong."""
    if inner is part:
        return fix
    there = f"Have whoever keeps the record of {inner.domain} mend it."
    return f"{there} Until then: {fix}" if fix else there


def _unanswered(part: Part) -> Iterator[Finding]:
    for question, answer in part.unanswered:
        yield Finding(
            "spf.temperror",
            "unknown",
            f"The {question.type} record of {question.name} could not be looked up"
            f" ({answer.outcome}); what depends on it is not known now.",
            "RFC 7208 4.4",
            LOOK_AGAIN,
            question.name,
        )


def _loops(part: Part, fix: str) -> Iterator[Finding]:
    for inner in part.parts:
        for one in inner.sightings:
            if one.below and one.below.loops:
                yield Finding(
                    "spf.loop",
                    "error",
                    f"{written(one.term)} in the record of {inner.domain} leads back to a record"
                    " above it: receivers give up with a permerror.",
                    "RFC 7208 4.6.4",
                    mend(part, inner, fix),
                    inner.domain,
                )


def _empty_targets(part: Part, fix: str) -> Iterator[Finding]:
    for inner in part.parts:
        for one in inner.sightings:
            below = one.below
            if below and below.answer.answered and not below.texts and not below.loops:
                yield Finding(
                    "spf.include_none",
                    "error",
                    f"{written(one.term)} in the record of {inner.domain} names {below.domain},"
                    " which has no SPF record: receivers give up with a permerror.",
                    "RFC 7208 5.2" if isinstance(one.term, Include) else "RFC 7208 6.1",
                    mend(part, inner, fix),
                    below.domain,
                )


def _everybody(part: Part, fix: str) -> Iterator[Finding]:
    for inner in tree.trusted(part):
        for term in tree.opens(inner.record) if inner.record else ():
            plain = isinstance(term, All)
            yield Finding(
                "spf.plus_all" if plain else "spf.broad_cidr",
                "error",
                f"{written(term)} in the record of {inner.domain} lets every address in the world"
                f" send for {part.domain}; receivers distrust such a record.",
                "RFC 7208 5.1" if plain else "RFC 7208 11.4",
                mend(part, inner, fix),
                inner.domain,
            )


def _ending(part: Part, fix: str) -> Iterator[Finding]:
    """How it ends, for everybody whom nothing matched."""
    last = tree.governing(part)
    record = last.record
    if record is None:
        return
    if record.all is None and record.redirect is None:
        yield Finding(
            "spf.no_all",
            "warning",
            f"The record of {last.domain} ends without `all`: mail from any other address is"
            " neutral, as if there were no record.",
            "RFC 7208 4.7",
            mend(part, last, fix),
            last.domain,
        )
    elif tree.policy(part) == "neutral":
        yield Finding(
            "spf.neutral_all",
            "warning",
            "?all says nothing about mail from any other address, as if there were no record.",
            "RFC 7208 8.2",
            mend(part, last, fix),
            last.domain,
        )
    elif tree.policy(part) == "softfail":
        yield Finding(
            "spf.softfail",
            "info",
            "~all asks receivers to be wary of mail from any other address; with DMARC that is"
            " enough, -all would ask them to refuse it.",
            "RFC 7208 8.5",
            subject=last.domain,
        )
