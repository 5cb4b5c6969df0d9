"""One validation of a domain, with the raw answers: judging these again needs no DNS."""

from msgspec import Struct

from engine.values.dns import DnsAnswer, Question, RecordType
from engine.values.domain_check import DomainCheck
from engine.values.domain_report import DomainReport


class Heard(Struct, frozen=True, gc=False):
    """A question and what came back."""

    name: str
    type: RecordType
    answer: DnsAnswer

    @property
    def question(self) -> Question:
        return Question(self.name, self.type)


class Validation(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    check: DomainCheck
    nonce: str  # the selector that nobody publishes, which finds wildcards
    report: DomainReport
    heard: tuple[Heard, ...]  # in the order they were asked
    took_ms: int
    resolver: str  # who was asked
    unasked: int = 0  # questions beyond the limit of one run; they count as unanswered
