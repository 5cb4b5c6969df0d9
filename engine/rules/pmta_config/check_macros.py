"""Rules E14, W1 and W14: domain-macros, their names and what they hold."""

from collections.abc import Iterator, Mapping
from itertools import chain

from engine.rules.pmta_config.check_patterns import split
from engine.rules.pmta_config.finding import Finding, error, warning
from engine.rules.pmta_config.outline import Outline, where
from engine.rules.pmta_config.tree import Directive, first_word


def check(found: Outline) -> Iterator[Finding]:
    return chain(_macros(found), _undefined(found))


def _macros(found: Outline) -> Iterator[Finding]:
    lists: dict[str, list[str]] = {}
    first: dict[str, Directive] = {}
    for seen in found.all("domain-macro"):
        name, names = first_word(seen.directive.value)
        members = [part.lower() for part in split(names)]
        if name in lists:
            yield warning(
                "W1",
                seen.directive.at,
                f"The macro {name} is defined in {where(first[name])} already.",
                "Define it once.",
            )
        elif len(set(members)) < len(members):
            yield warning(
                "W1", seen.directive.at, f"The macro {name} names a domain twice.", "Name it once."
            )
        lists.setdefault(name, members)
        first.setdefault(name, seen.directive)
    for name in _loops({name: _inner(members) for name, members in lists.items()}):
        yield error(
            "E14", first[name].at, f"The macro {name} contains itself.", "Take it out of its list."
        )


def _undefined(found: Outline) -> Iterator[Finding]:
    """What becomes of such a section no guide says.  A file that was not read may define it."""
    known = {first_word(seen.directive.value)[0].lower() for seen in found.all("domain-macro")}
    for section in found.of("domain"):
        _, mark, name = section.name.rpartition("$")
        if mark and name and name.lower() not in known:
            yield warning(
                "W14",
                section.at,
                f"The macro {name} is defined nowhere, and so <domain {section.name}> may be for"
                " no domain.",
                f"Write domain-macro {name} LIST, or correct the name.",
            )


def _inner(members: list[str]) -> set[str]:
    """Alone, or behind a label or a wildcard."""
    return {name for _, mark, name in (one.rpartition("$") for one in members) if mark}


def _loops(inner: Mapping[str, set[str]]) -> Iterator[str]:
    holds = _endless({name.lower(): members for name, members in inner.items()})
    for name in inner:
        seen: set[str] = set()
        left = [*holds.get(name.lower(), ())]
        while left:
            one = left.pop()
            if one not in seen:
                seen.add(one)
                left += holds[one]
        if name.lower() in seen:
            yield name


def _endless(holds: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Without those that come to an end: each goes when the last that it holds has gone.  So a
    long chain of macros costs no more than its length."""
    left = {name: members & holds.keys() for name, members in holds.items()}
    held_by: dict[str, list[str]] = {name: [] for name in left}
    for name, members in left.items():
        for one in members:
            held_by[one].append(name)
    gone = [name for name, members in left.items() if not members]
    while gone:
        one = gone.pop()
        del left[one]
        for holder in held_by[one]:
            left[holder].remove(one)
            if not left[holder]:
                gone.append(holder)
    return left
