"""A DNS of a few lines, for rules that ask: names to records, the rest does not exist."""

from collections.abc import Mapping, Sequence

from engine.rules.asking import Asking, T, answered
from engine.values.dns import DnsAnswer, Outcome, Question, RecordType

Key = tuple[str, RecordType]
CHAIN_MAX = 8


class Zone:
    """``records``: "example.com TXT" to what is there.  ``failing``: the same, to how it fails.
    A name exists when it or one below it has a record.
    """

    def __init__(
        self,
        records: Mapping[str, Sequence[str]],
        failing: Mapping[str, Outcome] | None = None,
    ) -> None:
        self._records = records
        self._failing = failing or {}
        self.asked: list[Question] = []
        self._names = [key.split()[0] for key in records]

    def __call__(self, question: Question) -> DnsAnswer:
        self.asked.append(question)
        return self._answer(question, ())

    def run(self, asking: Asking[T]) -> T:
        return answered(asking, self)

    def names(self, type: RecordType) -> list[str]:
        return [question.name for question in self.asked if question.type == type]

    def _answer(self, question: Question, aliases: tuple[str, ...]) -> DnsAnswer:
        name, type = question
        if outcome := self._failing.get(f"{name} {type}"):
            return DnsAnswer(outcome)
        if found := self._records.get(f"{name} {type}"):
            return DnsAnswer("ok", tuple(sorted(found)), ttl=300, aliases=aliases)
        if type != "CNAME" and (found := self._records.get(f"{name} CNAME")):
            if len(aliases) >= CHAIN_MAX:
                return DnsAnswer("servfail")
            return self._answer(Question(found[0], type), (*aliases, found[0]))
        return DnsAnswer("nodata" if self._exists(name) else "nxdomain")

    def _exists(self, name: str) -> bool:
        return any(one == name or one.endswith(f".{name}") for one in self._names)
