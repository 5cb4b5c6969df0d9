"""Rules about a directive by itself: E2 to E7, E18, E20, W2, W7, W11 and placeholders."""

import re
from collections.abc import Iterator

from engine.rules.pmta_config import invented, near, placeholders
from engine.rules.pmta_config.finding import Finding, Mode, Target, error, warning
from engine.rules.pmta_config.regexes import REGEX_KINDS, is_open
from engine.rules.pmta_config.tree import Directive, arguments, unquoted
from engine.rules.pmta_config.value_types import HOST, ZERO_RATE, cidr, is_key, wanted
from engine.rules.pmta_config.vocabulary import TAGS, Word, scopes_of, words

_MACROS = {"domain-key", "relay-domain", "domain", "domain-macro", "command", "sender-or-from"}
_QUOTE = re.compile(r'\\.|(")', re.DOTALL)
_MULTIPLE = re.compile(r"/[0-9]+[A-Za-z]")
# Their grammar is small and closed, and so what is unknown there is no word of another version.
_LISTS = {"pattern-list", "smtp-pattern-list", "bounce-category-patterns", "mx-rollup-list"}
CLEARABLE = {"NAME", "TEXT", "EMAIL-LIST"}  # kinds whose inherited value `""` takes away


def check(one: Directive, scope: str, mode: Mode, target: Target) -> Iterator[Finding]:
    yield from _cut(one)
    placeholder = placeholders.found_in(f"{one.name} {one.value}", one.key)
    if placeholder or one.name.startswith("$"):
        yield from placeholders.told(one.at, placeholder or one.name)
        return
    word = words(scope).get(one.key)
    if word is None:
        yield from _unknown(one, scope, mode)
        return
    yield from _age(one, word, target)
    if not one.value:
        yield error("E4", one.at, f"{one.key} has no value.", _needs(word))
    elif word.kind not in REGEX_KINDS:
        yield from _value(one, word)
        if "RATE" in word.kind and target == "4.5" and _MULTIPLE.search(one.value):
            yield warning(
                "W11",
                one.at,
                f"{one.value} counts over several units, which is new in 5.0.",
                "Count per one d, h, m or s.",
            )


def quote_open(value: str) -> bool:
    return sum(1 for found in _QUOTE.finditer(value) if found[1]) % 2 == 1


def _cut(one: Directive) -> Iterator[Finding]:
    """``#`` begins a comment even there, and so the end of the value is lost.  A backslash at the
    end of a line loses nothing, and joins nothing either."""
    if one.value.endswith((" \\", "\t\\")) or one.value == "\\":
        yield error(
            "P2", one.at, "A backslash joins no lines in PowerMTA.", "Write it all in one line."
        )
    if one.comment is not None and (quote_open(one.value) or is_open(one)):
        yield warning(
            "W7",
            one.at,
            "A # within quotes or a regular expression begins a comment there.",
            "In a regular expression write \\x23; elsewhere leave it out.",
        )


def _unknown(one: Directive, scope: str, mode: Mode) -> Iterator[Finding]:
    if scope != "global" and scope not in TAGS:
        return  # the section itself is unknown, and that was said
    if scope == "bounce-category-patterns" and not one.name:
        return
    if scope == "pattern-list" and one.name == "*":
        return
    elsewhere = scopes_of(one.key)
    hint = invented.DIRECTIVES.get(one.key)
    if hint is None and elsewhere:
        places = ", ".join("the global level" if s == "global" else f"<{s}>" for s in elsewhere)
        here = "at the global level" if scope == "global" else f"in <{scope}>"
        yield error("E3", one.at, f"{one.key} cannot stand {here}.", f"It belongs into {places}.")
        return
    tell = error if mode == "ours" or hint or scope in _LISTS else warning
    name = one.name or one.value[:40]
    yield tell("E2", one.at, f"There is no directive {name}.", hint or _meant(one))


def _meant(one: Directive) -> str:
    meant = near.directive(one.key)
    return f"Did you mean {meant}?" if meant else "Check its name."


def _age(one: Directive, word: Word, target: Target) -> Iterator[Finding]:
    what = ""
    if word.removed and target == "5.0":
        what = "was removed in 5.0"
    elif word.deprecated:
        what = "is deprecated"
    elif word.undocumented:
        what = "is in real files but in no guide of 5.0"
    if what:
        fix = invented.REPLACED.get(one.key, "Do without it.")
        yield warning("W2", one.at, f"{one.key} {what}.", fix)
    if word.newer and target == "4.5":
        yield warning("W11", one.at, f"{one.key} is new in 5.0r5.", "Remove it for 4.5.")


def _needs(word: Word) -> str:
    return f"Write {wanted(word.kind, '?') or 'it behind the name'}."


def _value(one: Directive, word: Word) -> Iterator[Finding]:
    value = unquoted(one.value)
    if quote_open(one.value):
        yield error("E5", one.at, "A quote is not closed.", 'Write " at the end of the value.')
    elif not value and word.kind in CLEARABLE:
        return
    elif word.kind == "SOURCE-HOST":
        yield from _source_host(one)
    elif word.kind == "DOMAIN-KEY":
        yield from _domain_key(one, value)
    elif word.kind == "API-KEY" and not is_key(value):
        yield error("E20", one.at, f"{one.key} is no key.", "Write 32 to 128 letters, digits or _.")
    else:
        yield from _typed(one, word, value)


def _typed(one: Directive, word: Word, value: str) -> Iterator[Finding]:
    last = value.split()[-1] if value.split() else ""
    if "RATE" in word.kind and ZERO_RATE.fullmatch(last):
        yield error(
            "E18",
            one.at,
            f"{last} is no rate: the number cannot be 0.",
            "To stop mail, pause the queue; for no limit write unlimited.",
        )
        return
    expected = wanted(word.kind, value)
    variable = placeholders.variable(value)
    if expected and variable and one.key not in _MACROS:
        yield from placeholders.told(one.at, variable)
    elif expected:
        said = value[:80] if value.strip() else "empty"
        yield error("E5", one.at, f"{one.key} cannot be {said}.", f"Write {expected}.")


def _source_host(one: Directive) -> Iterator[Finding]:
    words = arguments(one.value)
    if len(words) == 2 and cidr(words[0]) and HOST.fullmatch(words[1]) and not cidr(words[1]):
        return
    turned = len(words) == 2 and cidr(words[1])
    yield error(
        "E6",
        one.at,
        f"{one.key} wants the address first, then its host name."
        if turned
        else f"{one.key} wants an address and a host name.",
        f"Write {one.key} {words[1]} {words[0]}." if turned else f"Write {one.key} IP HOSTNAME.",
    )


def _domain_key(one: Directive, value: str) -> Iterator[Finding]:
    fields = [field.strip() for field in value.split(",")]
    if len(fields) != 3 or not all(fields):
        yield error(
            "E7",
            one.at,
            f"domain-key has {len([field for field in fields if field])} fields instead of three.",
            "Write domain-key SELECTOR,DOMAIN,FILE.",
        )
