"""What the DNS would say if these records were published: the rest is asked as it stands."""

from collections.abc import Iterable

from engine.rules.asking import Asking, ask
from engine.values.dns import DnsAnswer, Question, RecordType
from engine.values.zone_record import ZoneRecord

CHAIN_MAX = 8  # aliases in a row; those that come back to themselves are as many as one likes


class Proposed:
    """A record replaces all of its type at its name."""

    def __init__(self, records: Iterable[ZoneRecord]) -> None:
        self._records: dict[Question, list[str]] = {}
        for one in records:
            held = self._records.setdefault(Question(one.name, one.type), [])
            held += [] if one.data is None else [one.data]
        self._names = {question.name for question, held in self._records.items() if held}

    def look_up(self, question: Question, aliases: tuple[str, ...] = ()) -> Asking[DnsAnswer]:
        own = self._of(question.name, question.type)
        if own is not None:
            return own if not own.records else _with(own, aliases)
        alias = None if question.type == "CNAME" else self._of(question.name, "CNAME")
        if alias is not None and alias.records:
            return (yield from self._followed(question, alias.records[0], aliases))
        answer = yield from ask(*question)
        if answer.outcome == "nxdomain":
            return (yield from self._added(question, aliases))
        return _with(answer, aliases)

    def _followed(
        self, question: Question, target: str, aliases: tuple[str, ...]
    ) -> Asking[DnsAnswer]:
        way = (*aliases, target)
        if len(way) > CHAIN_MAX:
            return DnsAnswer("servfail", aliases=way)
        return (yield from self.look_up(Question(target, question.type), way))

    def _added(self, question: Question, aliases: tuple[str, ...]) -> Asking[DnsAnswer]:
        """A name that does not exist, but for what is proposed: it, something below it, or a
        wildcard that covers it.
        """
        name = question.name
        if any(one == name or one.endswith(f".{name}") for one in self._names):
            return DnsAnswer("nodata", aliases=aliases)
        parent = name
        while "." in parent:
            parent = parent.partition(".")[2]
            if f"*.{parent}" in self._names:
                wild = Question(f"*.{parent}", question.type)
                found = yield from self.look_up(wild, aliases)
                return found if found.outcome != "nxdomain" else DnsAnswer("nodata")
            if parent in self._names:
                break
        return DnsAnswer("nxdomain")

    def _of(self, name: str, type: RecordType) -> DnsAnswer | None:
        held = self._records.get(Question(name, type))
        if held is None:
            return None
        return DnsAnswer("ok", tuple(sorted(held))) if held else DnsAnswer("nodata")


def _with(answer: DnsAnswer, aliases: tuple[str, ...]) -> DnsAnswer:
    if not aliases or not answer.answered:
        return answer
    whole = (*aliases, *answer.aliases)
    return DnsAnswer(answer.outcome, answer.records, answer.ttl, whole)
