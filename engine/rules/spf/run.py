"""One evaluation under way: what it is about, what it has used up, how far it has come.

The limits hold for a whole check, through every record that it leads to (RFC 7208 4.6.4), so this
one object goes with it.  It is the only thing in these rules that changes.
"""

from typing import Literal

from msgspec import Struct

from engine.rules.asking import Asking, ask
from engine.rules.spf.macros import Envelope
from engine.rules.spf.names import askable
from engine.rules.spf.record import Counted, Term, written
from engine.values.dns import DnsAnswer, Question, RecordType

TERMS_MAX, VOID_MAX, MX_MAX, PTR_MAX = 10, 2, 10, 10  # RFC 7208 4.6.4

NOT_THERE = DnsAnswer("nxdomain")


class Limits(Struct, frozen=True):
    terms: int = TERMS_MAX
    void: int = VOID_MAX
    mx: int = MX_MAX  # names
    ptr: int = PTR_MAX  # names


class Ends(Exception):
    """The whole check ends here, whatever record it is in."""

    def __init__(self, result: Literal["permerror", "temperror"], reason: str) -> None:
        super().__init__(reason)
        self.result: Literal["permerror", "temperror"] = result
        self.reason = reason


class Run:
    """The limits that a check keeps, and what of them is gone."""

    def __init__(self, envelope: Envelope, limits: Limits) -> None:
        self.envelope = envelope
        self.limits = limits
        self.terms = 0
        self.void: list[Question] = []
        self.path: list[str] = []  # the terms that are being tried, the outermost first
        self.unsure: list[Question] = []  # passed over without an answer, as 5.5 wants it
        self.names_ignored = 0  # of the address, beyond the limit

    def try_term(self, term: Term) -> None:
        """Raises Ends on the eleventh that asks the DNS."""
        self.path.append(written(term))
        if not isinstance(term, Counted):
            return
        self.terms += 1
        if self.terms > self.limits.terms:
            raise Ends("permerror", f"more than {self.limits.terms} terms ask the DNS")

    def pass_over(self, depth: int) -> None:
        del self.path[depth:]

    def look(self, name: str, type: RecordType) -> Asking[DnsAnswer]:
        """Raises Ends when one question too many finds nothing.  What was not answered is for the
        caller to judge.
        """
        if not askable(name):
            return NOT_THERE
        answer = yield from ask(name, type)
        self.heard(Question(name, type), answer)
        return answer

    def must(self, name: str, type: RecordType) -> Asking[DnsAnswer]:
        """Nobody answers: then nobody can tell (RFC 7208 5).  Raises Ends."""
        answer = yield from self.look(name, type)
        self.require(Question(name, type), answer)
        return answer

    def require(self, question: Question, answer: DnsAnswer) -> None:
        if not answer.answered:
            raise Ends("temperror", f"{question.type} {question.name}: {answer.outcome}")

    def heard(self, question: Question, answer: DnsAnswer) -> None:
        if not is_void(answer):
            return
        self.void.append(question)
        if len(self.void) > self.limits.void:
            names = ", ".join(f"{one.type} {one.name}" for one in self.void)
            raise Ends("permerror", f"more than {self.limits.void} questions find nothing: {names}")


def is_void(answer: DnsAnswer) -> bool:
    """There is no such name, or it has no such record (RFC 7208 4.6.4)."""
    return answer.answered and not answer.records
