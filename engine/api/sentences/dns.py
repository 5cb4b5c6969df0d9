"""What the DNS says of an address, or of a sending domain."""

from collections.abc import Sequence
from typing import assert_never

from engine.api.sentences.words import because, moment, names, several
from engine.events import Recorded
from engine.events.dns import DnsEvent, DomainDropped, DomainValidated, FcrdnsLooked
from engine.rules import domain_standing


def say(told: Recorded[DnsEvent]) -> str:
    event = told.event
    match event:
        case FcrdnsLooked():
            return _reverse(event)
        case DomainValidated():
            return _validated(event)
        case DomainDropped(domain=domain, ips=ips):
            sent = several(len(ips), "address", "addresses")
            return f"{sent} ({names(ips[:3])}) sent for {domain}, which is no longer registered"
        case _:
            assert_never(event)


def _reverse(event: FcrdnsLooked) -> str:
    ip, why = event.ip, because(event.why)
    if event.names is None:
        return f"the reverse DNS of {ip} was not answered{why}"
    found = names(event.names)
    if event.confirmed is None:
        return f"the reverse DNS of {ip} is {found}; whether it points back was not answered{why}"
    if event.confirmed:
        return f"the reverse DNS of {ip} is {names(event.confirmed)}, which points back to it"
    return f"the reverse DNS of {ip} does not point back to it{why}"


def _validated(event: DomainValidated) -> str:
    found = domain_standing.verdicts(event.validation.report, event.beside)
    wrong = [part.upper() for part, valid in found.items() if valid is False]
    untold = [part.upper() for part, valid in found.items() if valid is None]
    parts = [
        _named(wrong, "wrong") if wrong else "nothing wrong",
        *([_named(untold, "not known")] if untold else []),
        *_failing(event),
    ]
    asked = several(len(event.validation.heard), "question")
    return f"the DNS of {event.domain} was looked at ({asked}): {'; '.join(parts)}"


def _named(parts: Sequence[str], what: str) -> str:
    return f"{names(parts)} {'is' if len(parts) == 1 else 'are'} {what}"


def _failing(event: DomainValidated) -> list[str]:
    if not event.failing:
        return []
    since = min(event.failing.values())
    return [f"found by more than one look, first at {moment(since)}"]
