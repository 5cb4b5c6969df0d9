"""CNAMEs on the way to a record, and those that lead nowhere."""

from engine.rules.asking import Asking, ask
from engine.values.dns import DnsAnswer


def alias_of(name: str, answer: DnsAnswer) -> Asking[tuple[str, ...]]:
    """The targets of the CNAMEs that ``name`` leads through.  Asks again where nothing was found:
    "no such name" does not say whether the name itself is meant or its CNAME's target.
    """
    if answer.aliases or not missing(answer):
        return answer.aliases
    cname = yield from ask(name, "CNAME")
    return cname.records


def missing(answer: DnsAnswer) -> bool:
    """Somebody who knows said that there is no such record."""
    return answer.answered and not answer.records
