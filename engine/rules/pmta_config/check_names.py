"""Rules E8 to E13 and W1: names that are used, and what they stand for."""

from collections.abc import Iterator
from itertools import chain

from engine.rules.pmta_config import check_macros, placeholders
from engine.rules.pmta_config.check_patterns import split
from engine.rules.pmta_config.finding import Finding, Mode, error, warning
from engine.rules.pmta_config.outline import Fold, Outline, Seen, where
from engine.rules.pmta_config.tree import Directive, Section, directives, unquoted

_UNIQUE = ("virtual-mta", "virtual-mta-pool", "smtp-pattern-list", "pattern-list", "smtp-user")


def check(found: Outline, mode: Mode) -> Iterator[Finding]:
    """Whether names depend on case no guide says.  Real files spell one in two ways; the engine
    does not, and takes no two that differ in case alone."""
    fold: Fold = str if mode == "ours" else str.lower
    return chain(
        _members(found, fold),
        _namespace(found),
        _used(found, fold),
        _smtp_patterns(found),
        _patterns_before(found),
        _second_patterns(found),
        _twice(found),
        check_macros.check(found),
    )


def _members(found: Outline, fold: Fold) -> Iterator[Finding]:
    vmtas = found.named("virtual-mta", fold)
    members: dict[tuple[int, str], Directive] = {}
    for seen in found.all("virtual-mta", "virtual-mta-pool"):
        name = unquoted(seen.directive.value)
        if _is_word(name) and fold(name) not in vmtas:
            yield _undefined("E8", seen, f"<virtual-mta {name}>")
        pool = seen.around[-1]
        first = members.setdefault((id(pool), name.lower()), seen.directive)
        if first is not seen.directive:
            yield warning(
                "W1",
                seen.directive.at,
                f"{name} is in {pool.name} already, by {where(first)}.",
                "Name it once: members take turns, and none weighs more.",
            )


def _name(seen: Seen) -> str:
    return unquoted(seen.directive.value).lower()


def _undefined(rule: str, seen: Seen, wanted: str) -> Finding:
    return error(
        rule,
        seen.directive.at,
        f"{seen.directive.key or seen.scope} names what is not defined: {wanted}.",
        "Define it, or correct the name.",
    )


def _namespace(found: Outline) -> Iterator[Finding]:
    vmtas = found.named("virtual-mta")
    for name, pools in found.named("virtual-mta-pool").items():
        if name in vmtas:
            yield error(
                "E9",
                pools[0].at,
                f"{pools[0].name} is also the name of a virtual-mta.",
                "VMTAs and pools share their names; rename one.",
            )


def _used(found: Outline, fold: Fold) -> Iterator[Finding]:
    known = found.vmtas_and_pools(fold) | {"by-smtp-source-ip"}
    for key in (
        "default-virtual-mta",
        "cold-virtual-mta",
        "backoff-reroute-to-virtual-mta",
        "reroute-to-virtual-mta",
        "invalid-virtual-mta-fallback",
    ):
        for seen in found.all(key):
            name = unquoted(seen.directive.value)
            if _is_word(name) and fold(name) not in known:
                yield _undefined("E11", seen, name)
    for key in ("mail-from", "rcpt-to", "header", "*"):
        for seen in found.all(key, "pattern-list"):
            for name in _results(seen.directive):
                if _is_word(name) and fold(name) not in known:
                    yield _undefined("E11", seen, name)


def _is_word(name: str) -> bool:
    """What is none has been told of already."""
    return len(name.split()) == 1 and not placeholders.found_in(name) and "$" not in name


def _results(one: Directive) -> Iterator[str]:
    for part in split(one.value):
        _, mark, name = part.rpartition("virtual-mta=")
        if mark and name and " " not in name:
            yield name


def _smtp_patterns(found: Outline) -> Iterator[Finding]:
    """They may be defined behind their use."""
    known = found.named("smtp-pattern-list").keys() | {""}
    for seen in found.all("smtp-pattern-list", "domain"):
        if _name(seen) not in known:
            yield _undefined("E12", seen, f"<smtp-pattern-list {unquoted(seen.directive.value)}>")


def _patterns_before(found: Outline) -> Iterator[Finding]:
    before: set[str] = set()
    for node in found.order:
        if isinstance(node, Section) and node.key == "pattern-list":
            before.add(node.name.lower())
        elif isinstance(node, Directive) and node.key == "pattern-list" and node.value:
            name = unquoted(node.value)
            if name.lower() not in before:
                yield error(
                    "E13",
                    node.at,
                    f"<pattern-list {name}> must stand before the source that uses it.",
                    "Define it further up.",
                )


def _second_patterns(found: Outline) -> Iterator[Finding]:
    for source in found.of("source"):
        for one in list(directives(source.children, "pattern-list"))[1:]:
            yield error(
                "E13", one.at, "A source has one pattern-list.", "Write their entries into one."
            )


def _twice(found: Outline) -> Iterator[Finding]:
    for tag in _UNIQUE:
        for same in found.named(tag).values():
            for section in same[1:] if same[0].name else ():
                again = section.at == same[0].at
                yield warning(
                    "W1",
                    section.at,
                    f"<{tag} {section.name}> is read twice: this file is included more than once."
                    if again
                    else f"<{tag} {section.name}> is defined in {where(same[0])} already.",
                    "Include it once."
                    if again
                    else "Define it once; which one holds no guide says.",
                )
