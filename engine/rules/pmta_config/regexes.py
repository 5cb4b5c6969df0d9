"""Regular expressions in a configuration (PCRE, between slashes), as far as Python can judge."""

import re
import warnings
from typing import NamedTuple

from engine.rules.pmta_config.tree import Directive, first_word

REGEX_KINDS = {"REPLY", "PATTERN", "HEADER-PATTERN"}
_LITERAL = re.compile(r"/((?:[^/\\]|\\.)*)/", re.DOTALL)
# PCRE has them and Python has not; each is replaced by what compiles like it.
_PCRE_ONLY = (
    (re.compile(r"\\Q.*?(?:\\E|$)", re.DOTALL), "x"),
    (re.compile(r"\(\?[a-zA-Z]*(?:-[a-zA-Z]+)?\)|\(\*[A-Z_:a-z=0-9]+\)|\(\?#[^)]{0,200}\)"), ""),
    (re.compile(r"\(\?\|"), "(?:"),
    # Each alternative may look back by a width of its own.
    (re.compile(r"\(\?<([=!])"), r"(?\1"),
    (re.compile(r"\(\?<(?=[A-Za-z_])"), "(?P<"),
    (re.compile(r"\(\?'([A-Za-z_]\w*)'"), r"(?P<\1>"),
    (re.compile(r"\\k(?:<\w+>|'\w+'|\{\w+\})"), "x"),
    # Between a class and a letter, a dash in brackets stands for itself.
    (re.compile(r"(\\[dwsDWS])-(?!\])"), r"\1\-"),
    (re.compile(r"(?<!\\)-(?=\\[dwsDWS])"), r"\-"),
    (re.compile(r"^\^[*+?]"), "^"),
    (re.compile(r"\(\?(?:R|[0-9]+|[+-][0-9]+|&\w+|P>\w+)\)"), "(?:x)"),
    (re.compile(r"\[:\^?[a-z]+:\]"), "x"),
    (re.compile(r"\\[pP](?:\{\^?\w+\}|\w)|\\x\{[0-9A-Fa-f]+\}|\\[ceghGHKNoRVXzQE]"), "x"),
)


class Entry(NamedTuple):
    regex: str
    rest: str  # what follows it in the line


def entry(one: Directive) -> Entry | None:
    """None if there is no whole expression where one should stand."""
    text = _behind_the_name(one)
    found = _LITERAL.match(text)
    return Entry(found[1], text[found.end() :].strip()) if found else None


def is_open(one: Directive) -> bool:
    """Whether an expression begins and does not end in the line."""
    text = _behind_the_name(one)
    within = not one.name or one.key in ("reply", "mail-from", "rcpt-to", "header")
    return within and text.startswith("/") and not _LITERAL.match(text)


def _behind_the_name(one: Directive) -> str:
    """A header's name comes before the expression for it."""
    return first_word(one.value)[1] if one.key == "header" else one.value


def wrong(regex: str) -> str:
    """What keeps it from compiling, or ""."""
    for pattern, instead in _PCRE_ONLY:
        regex = pattern.sub(instead, regex)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of sets that Python might read otherwise one day
            re.compile(regex)
    except (re.error, OverflowError, RecursionError) as bad:
        return str(bad) or type(bad).__name__
    return ""
