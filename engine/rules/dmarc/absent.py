"""What stands at a domain's DMARC name in place of the one record, and what follows."""

from collections.abc import Iterator

from engine.rules.alias import missing
from engine.rules.dmarc.propose import meant_line, start_line
from engine.rules.dmarc.record import is_meant
from engine.rules.dmarc.walk import Step, Walk, place
from engine.rules.quoted import quoted
from engine.rules.unanswered import LOOK_AGAIN
from engine.values.finding import Finding


def of_own(step: Step, aliases: tuple[str, ...]) -> Iterator[Finding]:
    name = place(step.domain)
    if aliases:
        nowhere = missing(step.answer)
        yield Finding(
            code="dmarc.cname",
            severity="error" if nowhere else "info",
            message=f"{name} is an alias of {aliases[-1]}"
            f"{', and there is no record' if nowhere else ', whose owner sets the policy'}.",
            ref="RFC 9989 4.5",
            fix=f"Have the record published at {aliases[-1]}, or replace the CNAME."
            if nowhere
            else "",
            subject=name,
        )
    yield from of_several(step)
    for text in step.answer.records:
        if is_meant(text):
            yield Finding(
                code="dmarc.syntax",
                severity="error",
                message=f"{quoted(text)} is meant as a DMARC record, and receivers do not take it"
                " as one: it must begin with v=DMARC1; to the letter.",
                ref="RFC 9989 4.7",
                fix=f"Publish in its place: {meant_line(step.domain, text)}",
                subject=name,
            )


def of_several(step: Step) -> Iterator[Finding]:
    name, count = place(step.domain), len(step.texts)
    if count > 1:
        yield Finding(
            code="dmarc.multiple",
            severity="error",
            message=f"{name} has {count} DMARC records: receivers pass over all of them.",
            ref="RFC 9989 4.10",
            fix="Delete all but the one that is meant.",
            subject=name,
        )


def of_policy(walk: Walk, *, misplaced: bool) -> Finding:
    """No record governs the domain.  ``misplaced``: one stands where nobody looks for it."""
    if walk.unanswered:
        return Finding(
            code="dmarc.temperror",
            severity="unknown",
            message=f"Which policy holds is not known: the DNS did not say what stands at"
            f" {', '.join(walk.unanswered)}.",
            ref="RFC 9989 4.10",
            fix=LOOK_AGAIN,
        )
    there = misplaced or (walk.own is not None and _is_tried(walk.own))
    return Finding(
        code="dmarc.missing",
        severity="error",
        message=f"There is no DMARC record{' that counts' if there else ''} for {walk.start}, nor"
        " for a domain above it. Bulk mail without one is refused.",
        ref="RFC 9989 4.10.1",
        fix="Mend the one that is there; a further one beside it would count no more."
        if there
        else f"Publish: {start_line(walk.start)}\n"
        "To get reports, add ; rua=mailto:<an address that is read>",
    )


def _is_tried(step: Step) -> bool:
    return bool(step.texts) or any(is_meant(text) for text in step.answer.records)


def of_inheritance(walk: Walk, step: Step) -> Iterator[Finding]:
    """The record is that of a domain above."""
    for one in walk.steps[1:]:
        yield from of_several(one)
    if step.record and step.record.psd == "y":
        yield Finding(
            code="dmarc.of_suffix",
            severity="warning",
            message=f"The only policy is that of the public suffix {step.domain}.",
            ref="RFC 9989 4.10.1",
            fix=f"Publish your own: {start_line(walk.start)}",
        )


def of_choice(domain: str) -> Iterator[Finding]:
    """sp= and np= differ, and which of them counts hangs on whether the domain exists."""
    yield Finding(
        code="dmarc.temperror",
        severity="unknown",
        message=f"Whether sp= or np= counts is not known: the DNS did not say whether {domain}"
        " exists.",
        ref="RFC 9989 4.10.1",
        fix=LOOK_AGAIN,
    )
