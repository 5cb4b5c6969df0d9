"""The grammar of SPF records (RFC 7208 12): all of it, and every mistake by its term.

One mistake anywhere, even behind ``all``, and receivers refuse the whole record (4.6).
"""

import ipaddress
import re
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from engine.errors import EngineError
from engine.rules.quoted import quoted
from engine.rules.spf import macros
from engine.rules.spf.record import (
    RESULT,
    VERSION,
    A,
    All,
    Exists,
    Exp,
    Include,
    Ip4,
    Ip6,
    Modifier,
    Mx,
    Ptr,
    Qualifier,
    Record,
    Redirect,
    Term,
    Unknown,
)

TOLD_MAX = 10  # mistakes
MECHANISMS = ("all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists")

_QUALIFIERS: Final[dict[str, Qualifier]] = {one: one for one in RESULT}
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9_.-]*)=(.*)")
_DIRECTIVE = re.compile(r"([+\-~?]?)([^:/]*)(.*)")
_LENGTHS = re.compile(r"(.*?)(?:/([0-9]+))?(?://([0-9]+))?")
_LENGTH = re.compile(r"(.*?)(?:/([0-9]+))?")
_VISIBLE = re.compile(r"[\x21-\x7e]+")
# toplabel = ( *alphanum ALPHA *alphanum ) / ( 1*alphanum "-" *( alphanum / "-" ) alphanum )
# is: letters, digits and dashes, no dash at either end, and not digits alone.
_TOPLABEL = re.compile(r"(?![0-9]*\Z)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")


class Problem(Struct, frozen=True):
    term: str  # as written
    why: str


class Malformed(EngineError):
    """The record breaks the grammar, at each of these terms."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(told(problems))
        self.problems = problems


class _Bad(Exception):
    pass


def told(problems: Sequence[Problem]) -> str:
    words = [f"{quoted(one.term)}: {one.why}" for one in problems[:TOLD_MAX]]
    return "; ".join([*words, "and more"] if len(problems) > TOLD_MAX else words)


def is_spf(text: str) -> bool:
    """Other TXT records are none of SPF's business, "v=spf10" among them (RFC 7208 4.5)."""
    return text.partition(" ")[0].lower() == VERSION


def parse(text: str) -> Record:
    """Raises Malformed, which holds no more mistakes than are told, and one: a record may have
    64 KiB of them.
    """
    terms: list[Term] = []
    problems: list[Problem] = []
    for word in text[len(VERSION) :].split(" "):
        if not word:
            continue
        try:
            terms.append(_term(word))
        except _Bad as bad:
            problems.append(Problem(word, str(bad)))
            if len(problems) > TOLD_MAX:
                break
    problems += _repeated(terms)
    if problems:
        raise Malformed(tuple(problems))
    return Record(tuple(terms))


def _repeated(terms: list[Term]) -> list[Problem]:
    found = []
    for kind in (Redirect, Exp):
        name = kind.__name__.lower()
        if sum(isinstance(term, kind) for term in terms) > 1:
            found.append(Problem(f"{name}=", f"{name}= may stand in a record only once"))
    return found


def _term(word: str) -> Term:
    if not _VISIBLE.fullmatch(word):
        raise _Bad("it holds a character outside printable ASCII, where only spaces part terms")
    if modifier := _MODIFIER.fullmatch(word):
        return _modifier(*modifier.groups())
    qualifier, name, rest = _groups(_DIRECTIVE, word)
    return _directive(_QUALIFIERS[qualifier], name.lower(), rest)


def _modifier(name: str, value: str) -> Modifier:
    match name.lower():
        case "redirect":
            return Redirect(_domain(value))
        case "exp":
            return Exp(_domain(value))
        case other:
            _macro_string(value, macros.IN_EXPLANATIONS)
            return Unknown(other, value)


def _directive(qualifier: Qualifier, name: str, rest: str) -> Term:
    match name:
        case "all" if not rest:
            return All(qualifier)
        case "all":
            raise _Bad("`all` stands alone: nothing may follow it")
        case "include":
            return Include(_domain(_required(rest)), qualifier)
        case "exists":
            return Exists(_domain(_required(rest)), qualifier)
        case "ptr":
            return Ptr(_domain(_required(rest)) if rest else None, qualifier)
        case "a":
            return A(*_target(rest), qualifier)
        case "mx":
            return Mx(*_target(rest), qualifier)
        case "ip4":
            return Ip4(*_network(_required(rest), ipaddress.IPv4Address, 32), qualifier)
        case "ip6":
            return Ip6(*_network(_required(rest), ipaddress.IPv6Address, 128), qualifier)
        case _:
            raise _Bad(f"there is no mechanism {quoted(name)}; there are {', '.join(MECHANISMS)}")


def _required(rest: str) -> str:
    if not rest.startswith(":"):
        raise _Bad("behind its name a colon and a value must follow")
    return rest[1:]


def _target(rest: str) -> tuple[str | None, int | None, int | None]:
    """``[ ":" domain-spec ] [ dual-cidr-length ]``"""
    head, v4, v6 = _groups(_LENGTHS, rest)
    domain = _domain(_required(head)) if head else None
    return domain, _number(v4, 32), _number(v6, 128)


def _network(
    text: str, kind: type[ipaddress.IPv4Address | ipaddress.IPv6Address], most: int
) -> tuple[str, int | None]:
    address, length = _groups(_LENGTH, text)
    try:
        kind(address)
    except ValueError:
        family = "IPv4" if most == 32 else "IPv6"
        raise _Bad(f"{quoted(address)} is no whole {family} address") from None
    if "%" in address:
        raise _Bad("an address in a record has no zone")
    return address, _number(length, most)


def _groups(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    """Of a pattern that every text of visible characters matches; a group left out is ""."""
    found = pattern.fullmatch(text)
    return found.groups("") if found else ("",) * pattern.groups


def _number(text: str, most: int) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"0|[1-9][0-9]{0,2}", text) or int(text) > most:
        raise _Bad(f"{quoted('/' + text)} is no prefix length from 0 to {most}")
    return int(text)


def _domain(text: str) -> str:
    """``domain-spec``: visible characters and macros, at the end a top-level label or a macro."""
    if not text:
        raise _Bad("the domain is missing")
    _macro_string(text, macros.IN_DOMAINS)
    if not _ends_in_toplabel(text) and not macros.ends_in_macro(text):
        raise _Bad(f"{quoted(text)} is no domain name with a top-level domain at its end")
    return text


def _ends_in_toplabel(text: str) -> bool:
    _, dot, last = text.removesuffix(".").rpartition(".")
    return bool(dot) and _TOPLABEL.fullmatch(last) is not None


def _macro_string(text: str, letters: frozenset[str]) -> None:
    if wrong := macros.problem(text, letters):
        raise _Bad(wrong)
