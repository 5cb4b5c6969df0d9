"""What a record leads to, whoever sends: every record below it, every name, every lookup.

A check stops at the first term that matches; this goes on to the end, as for an address that
matches nothing, and so finds the worst case.  It asks for all it can at once, so that the checks
which follow find their answers there.
"""

from msgspec import Struct

from engine.rules.asking import Asking, ask, ask_all, together
from engine.rules.spf import macros
from engine.rules.spf.check import records_of
from engine.rules.spf.matching import exchanges
from engine.rules.spf.names import askable, name_of
from engine.rules.spf.parse import Malformed, Problem, parse
from engine.rules.spf.record import A, Counted, Exists, Include, Mx, Record, Redirect
from engine.rules.spf.run import MX_MAX, NOT_THERE, TERMS_MAX, is_void
from engine.values.dns import DnsAnswer, Question, RecordType

QUESTIONS_MAX = 150  # of one survey; ten terms in order need far fewer
DEPTH_MAX = TERMS_MAX + 1  # each record below another costs a term


class Sighting(Struct, frozen=True):
    """What one counted term costs and finds."""

    term: Counted
    asked: tuple[tuple[Question, DnsAnswer], ...] = ()
    below: "Part | None" = None  # the record that it leads to
    known: bool = True  # its name, without knowing who sends; and it was looked at

    @property
    def cost(self) -> int:
        return 1 + (self.below.cost if self.below else 0)

    @property
    def mx_names(self) -> int:
        return sum(len(answer.records) for asked, answer in self.asked if asked.type == "MX")


class Part(Struct, frozen=True):
    """One record of the tree, as far as it could be read."""

    domain: str
    answer: DnsAnswer
    texts: tuple[str, ...] = ()  # the SPF records of the domain: one, if all is well
    record: Record | None = None
    problems: tuple[Problem, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    loops: bool = False  # it lies above itself, and was not read again

    @property
    def cost(self) -> int:
        """Terms that ask the DNS, where nothing matches (RFC 7208 4.6.4)."""
        return sum(one.cost for one in self.sightings)

    @property
    def parts(self) -> tuple["Part", ...]:
        """Itself and all below."""
        below = [one.below.parts for one in self.sightings if one.below]
        return (self, *(part for parts in below for part in parts))

    @property
    def void(self) -> tuple[Question, ...]:
        """What is asked and not found."""
        asked = [pair for part in self.parts for one in part.sightings for pair in one.asked]
        return tuple(question for question, answer in asked if is_void(answer))

    @property
    def unanswered(self) -> tuple[tuple[Question, DnsAnswer], ...]:
        pairs = [(Question(part.domain, "TXT"), part.answer) for part in self.parts]
        pairs += [pair for part in self.parts for one in part.sightings for pair in one.asked]
        return tuple(pair for pair in dict.fromkeys(pairs) if not pair[1].answered)


class _Walk:
    """What stays the same throughout: whose mail it is, and how many questions are left."""

    def __init__(self, known: dict[str, str], family: RecordType) -> None:
        self.known = known
        self.family = family
        self.left = QUESTIONS_MAX

    def afford(self, questions: int) -> bool:
        self.left -= questions
        return self.left >= 0


def survey(domain: str, family: RecordType, sender_domain: str, helo: str) -> Asking[Part]:
    """For mail from addresses of one family: "A" or "AAAA"."""
    version = "ip6" if family == "AAAA" else "in-addr"
    walk = _Walk({"o": sender_domain, "h": helo, "v": version}, family)
    return (yield from _part(walk, domain, ()))


def _part(walk: _Walk, domain: str, above: tuple[str, ...]) -> Asking[Part]:
    if domain in above:
        return Part(domain, NOT_THERE, loops=True)
    answer = (yield from ask(domain, "TXT")) if askable(domain) else NOT_THERE
    texts = records_of(answer)
    if len(texts) != 1:
        return Part(domain, answer, texts)
    try:
        record = parse(texts[0])
    except Malformed as wrong:
        return Part(domain, answer, texts, problems=wrong.problems)
    path = (*above, domain)
    sights = yield from together([_sight(walk, term, path) for term in record.counted])
    return Part(domain, answer, texts, record, sightings=tuple(sights))


def _sight(walk: _Walk, term: Counted, path: tuple[str, ...]) -> Asking[Sighting]:
    name = _name(walk, term, path[-1])
    if name is None or len(path) > DEPTH_MAX or not walk.afford(1):
        return Sighting(term, known=False)
    match term:
        case Include() | Redirect():
            return Sighting(term, below=(yield from _part(walk, name, path)))
        case A():
            return Sighting(term, (yield from _look(name, walk.family)))
        case Exists():
            return Sighting(term, (yield from _look(name, "A")))
        case Mx():
            return (yield from _mx(walk, term, name))
        case _:  # ptr: its questions depend on who sends
            return Sighting(term)


def _mx(walk: _Walk, term: Mx, name: str) -> Asking[Sighting]:
    asked = yield from _look(name, "MX")
    hosts = [host for _, answer in asked for host in exchanges(answer) if askable(host)]
    if len(hosts) > MX_MAX or not walk.afford(len(hosts)):
        return Sighting(term, asked)
    questions = [Question(host, walk.family) for host in hosts]
    answers = yield from ask_all(questions)
    return Sighting(term, (*asked, *zip(questions, answers, strict=True)))


def _look(name: str, type: RecordType) -> Asking[tuple[tuple[Question, DnsAnswer], ...]]:
    """What cannot be asked for is no lookup."""
    if not askable(name):
        return ()
    return ((Question(name, type), (yield from ask(name, type))),)


def _name(walk: _Walk, term: Counted, domain: str) -> str | None:
    """Nothing where it depends on who sends."""
    if term.domain is None:
        return domain
    known = {"d": domain, **walk.known}
    if not macros.letters_of(term.domain) <= known.keys():
        return None
    return name_of(macros.expand(term.domain, known))
