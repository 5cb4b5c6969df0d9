"""Names that resolve to themselves.  A resolver that follows aliases says SERVFAIL to all of them,
as it does when it is broken; asked for the alias alone, it shows them.
"""

from collections.abc import Iterable, Mapping

from engine.rules.asking import Asking, ask, together
from engine.values.dns import DnsAnswer, Question
from engine.values.finding import Finding

NAMES_MAX = 10
STEPS_MAX = 8


def suspects(heard: Mapping[Question, DnsAnswer]) -> list[str]:
    """The names to ask about again."""
    failed = {one.name for one, answer in heard.items() if answer.outcome == "servfail"}
    return sorted(failed)[:NAMES_MAX]


def findings(names: Iterable[str]) -> Asking[tuple[Finding, ...]]:
    loops = yield from together([_loop(name) for name in names])
    return tuple(_finding(loop) for loop in loops if loop)


def _loop(name: str) -> Asking[tuple[str, ...]]:
    """The names of the way up to the first that comes again; () if there is none."""
    way = [name]
    while len(way) <= STEPS_MAX:
        answer = yield from ask(way[-1], "CNAME")
        if not answer.records:
            return ()
        way.append(answer.records[0])
        if way[-1] in way[:-1]:
            return tuple(way)
    return ()


def _finding(way: tuple[str, ...]) -> Finding:
    return Finding(
        code="dns.alias_loop",
        severity="error",
        message=f"{way[0]} is an alias that comes back to itself ({' -> '.join(way)}): nobody can"
        " look up what stands there.",
        ref="RFC 1034 3.6.2",
        fix=f"Take the CNAME of {way[-1]} away, or let it lead to a name that has records.",
        subject=way[0],
    )
