"""The DNS tree walk (RFC 9989 4.10): which policy concerns a domain, and whose domain it is.

All its names are known beforehand, so they are asked at once, and read in the order of the walk.
"""

from collections.abc import Mapping
from typing import NamedTuple

from engine.rules.dmarc.record import Record, is_record, parse
from engine.values.dns import DnsAnswer

LABELS_MAX = 7  # of every name after the first, which makes at most 8 questions
NAME_MAX = 253


class Step(NamedTuple):
    domain: str
    answer: DnsAnswer
    texts: tuple[str, ...]  # its DMARC records
    record: Record | None  # if there is exactly one: several count as none


class Walk(NamedTuple):
    start: str
    steps: tuple[Step, ...]  # up to the first record that says psd=y or psd=n

    @property
    def unanswered(self) -> tuple[str, ...]:
        return tuple(place(one.domain) for one in self.steps if not one.answer.answered)

    @property
    def own(self) -> Step | None:
        """The step of the domain itself; None: the name is too long to be asked for."""
        first = self.steps[0] if self.steps else None
        return first if first and first.domain == self.start else None

    @property
    def organizational_domain(self) -> str | None:
        """RFC 9989 4.10.2; None: it hangs on what was not answered."""
        if self.unanswered:
            return None
        found = [step for step in self.steps if step.record]
        if not found:
            return self.start
        last = found[-1]
        if last.record and last.record.psd == "y":
            return _one_below(last.domain, self.start)
        return last.domain


def place(domain: str) -> str:
    """Where a domain's DMARC record stands."""
    return f"_dmarc.{domain}"


def walk_names(domain: str) -> tuple[str, ...]:
    """The domains of its walk, in their order; those whose question would be too long left out."""
    labels = domain.split(".")
    longest = min(len(labels) - 1, LABELS_MAX)
    names = (domain, *(".".join(labels[-size:]) for size in range(longest, 0, -1)))
    return tuple(name for name in names if len(place(name)) <= NAME_MAX)


def read(domain: str, heard: Mapping[str, DnsAnswer]) -> Walk:
    steps: list[Step] = []
    for name in walk_names(domain):
        steps.append(_step(name, heard[name]))
        record = steps[-1].record
        if record and record.psd != "u":
            break
    return Walk(domain, tuple(steps))


def governing(walk: Walk) -> Step | None:
    """The step whose record is the policy for mail From the domain (RFC 9989 4.10.1): its own, that
    of its organisational domain, or that of the public suffix above.
    """
    if walk.own and walk.own.record:
        return walk.own
    if walk.unanswered:
        return None
    found = {step.domain: step for step in walk.steps if step.record}
    organizational = found.get(walk.organizational_domain or "")
    return organizational or (list(found.values())[-1] if found else None)


def _step(domain: str, answer: DnsAnswer) -> Step:
    texts = tuple(text for text in answer.records if is_record(text))
    return Step(domain, answer, texts, parse(texts[0]) if len(texts) == 1 else None)


def _one_below(suffix: str, domain: str) -> str:
    """On the way from the suffix to the domain; the suffix itself where that is all."""
    return ".".join(domain.split(".")[-(suffix.count(".") + 2) :])
