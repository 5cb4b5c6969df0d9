"""A PowerMTA configuration as a tree, line by line, with nothing lost.

Two trees are equal if they say the same in the same order, wherever they stand and however they
are indented.  What was read keeps its text and is written again byte for byte; what was built has
none, and is laid out anew.  User's Guide 5.0 (2019), chapter 3: one statement a line, ``#`` begins
a comment anywhere, also within quotes and regular expressions.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple


class Place(NamedTuple):
    file: str
    line: int  # from 1; of what goes over several lines, the first


_ESCAPED = re.compile(r'\\(["\\])')
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_ARGUMENT = re.compile(r'"(?:[^"\\]|\\.)*"(?=[ \t]|$)|[^ \t]+', re.DOTALL)
BLANKS = " \t"
NOWHERE = Place("", 0)


@dataclass(frozen=True, slots=True)
class Blank:
    at: Place = field(default=NOWHERE, compare=False)
    text: str | None = field(default=None, compare=False)  # the line itself, if it was read


@dataclass(frozen=True, slots=True)
class Comment:
    comment: str  # all that follows the "#"
    at: Place = field(default=NOWHERE, compare=False)
    text: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Directive:
    name: str  # as written; "" where a line begins with a regular expression
    value: str = ""  # without blanks around it; quotes and escapes as written
    comment: str | None = None  # None: no "#" in the line; "" is an empty one
    at: Place = field(default=NOWHERE, compare=False)
    text: str | None = field(default=None, compare=False)

    @property
    def key(self) -> str:
        """Names do not depend on case; those that only look like one do not become it."""
        return self.name.lower() if self.name.isascii() else self.name


@dataclass(frozen=True, slots=True)
class Ending:
    """A closing tag; some repeat the argument of the opening one."""

    argument: str = ""
    comment: str | None = None
    at: Place = field(default=NOWHERE, compare=False)
    text: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Section:
    tag: str
    argument: str = ""
    children: tuple["Node", ...] = ()
    comment: str | None = None
    end: Ending | None = field(default_factory=Ending)  # None: the closing tag is missing
    at: Place = field(default=NOWHERE, compare=False)
    text: str | None = field(default=None, compare=False)  # of the opening line

    @property
    def key(self) -> str:
        return self.tag.lower()  # ASCII, as the parser lets no other be a tag

    @property
    def name(self) -> str:
        """The argument without quotes around it."""
        return unquoted(self.argument)


@dataclass(frozen=True, slots=True)
class Malformed:
    """A line that is neither statement nor tag, or a tag that closes nothing."""

    text: str
    at: Place = field(default=NOWHERE, compare=False)


Node = Blank | Comment | Directive | Section | Malformed


@dataclass(frozen=True, slots=True)
class Document:
    """One file."""

    nodes: tuple[Node, ...] = ()
    ended: bool = field(default=True, compare=False)  # whether its last line has an end


def directives(nodes: tuple[Node, ...], key: str) -> Iterator[Directive]:
    """Those of that name among ``nodes``, and none within sections."""
    for node in nodes:
        if isinstance(node, Directive) and node.key == key:
            yield node


def sections(nodes: tuple[Node, ...], key: str) -> Iterator[Section]:
    for node in nodes:
        if isinstance(node, Section) and node.key == key:
            yield node


def unquoted(text: str) -> str:
    """What a quoted value stands for: within quotes, backslash escapes itself and the quote.
    Several quoted words are none, and stay."""
    if not text.startswith('"') or not _QUOTED.fullmatch(text):
        return text
    return _ESCAPED.sub(r"\1", text[1:-1])


def first_word(text: str) -> tuple[str, str]:
    """And the rest, without blanks around it; what is no blank and no tab is part of a word."""
    word, _, rest = text.partition(" ")
    if "\t" in word:
        word, _, rest = text.partition("\t")
    return word, rest.strip(BLANKS)


def arguments(value: str) -> list[str]:
    """The words of a value, each quoted by itself or all of them at once."""
    words = [unquoted(word) for word in _ARGUMENT.findall(value)]
    return words[0].split() if len(words) == 1 else words
