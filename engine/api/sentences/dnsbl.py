"""What the block lists answered about an address."""

from collections.abc import Callable

from engine.api.sentences.words import listed_by, names, several
from engine.events import Recorded
from engine.events.dnsbl import DnsblEvent
from engine.ids import Zone
from engine.values.verdict import Answer


def say(told: Recorded[DnsblEvent]) -> str:
    event = told.event
    answers = event.answers
    hits = {zone: one.codes for zone, one in answers.items() if counts(one, "listed")}
    clean = _which(answers, lambda one: counts(one, "clean"))
    refused = _which(answers, lambda one: one.verdict == "refused")
    silent = _which(answers, lambda one: one.verdict == "unanswered" and one.proof == "proved")
    rest = [zone for zone in answers if zone not in {*hits, *clean, *refused, *silent}]
    found = f"finds it on {listed_by(hits)}" if hits else "finds it on none"
    parts = [
        f"a look at {several(len(answers), 'block list')} for {event.ip} {found}",
        f"{several(len(clean), 'list is', 'lists are')} clean" if clean else "",
        f"refusing us: {names(refused)}" if refused else "",
        f"silent: {names(silent)}" if silent else "",
        f"counting for nothing, as unproved: {names(rest)}" if rest else "",
    ]
    return "; ".join(part for part in parts if part)


def counts(answer: Answer, verdict: str) -> bool:
    return answer.counts and answer.verdict == verdict


def _which(answers: dict[Zone, Answer], wanted: Callable[[Answer], bool]) -> list[Zone]:
    return [zone for zone, answer in answers.items() if wanted(answer)]
