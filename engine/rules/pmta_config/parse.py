"""Reads one file into a tree.  Any text becomes a tree; what is wrong with it is told beside it.

Strict: a statement ends with its line.  Tolerant: lists and regular expressions that go on in the
next line, as files copied from the PDF of the guide have them, are joined, with a warning.
"""

import re
from typing import NamedTuple

from engine.rules.pmta_config import broken_lines
from engine.rules.pmta_config.finding import Finding, error, warning
from engine.rules.pmta_config.tree import (
    BLANKS,
    Blank,
    Comment,
    Directive,
    Document,
    Ending,
    Malformed,
    Node,
    Place,
    Section,
    first_word,
)

BYTE_ORDER_MARK = "\ufeff"
DEPTH_MAX = 20  # of open tags; three are real
_TAGS_FIX = "Write <tag argument> or </tag>, alone in its line."
_TAG = re.compile(r"/?[A-Za-z][A-Za-z0-9-]*")
_ARGUMENT = re.compile(r"[^<>]*")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\x85\u2028\u2029]")
_UNSEEN = re.compile(
    r"[\xa0\xad\u1680\u2000-\u200f\u202a-\u202f\u205f-\u2064\u2066-\u206f\u3000\ufeff]"
)


class Parsed(NamedTuple):
    document: Document
    findings: tuple[Finding, ...]


def parse(text: str, file: str = "", *, tolerant: bool = False, inside: str = "global") -> Parsed:
    """``inside``: the section that includes this file; what may go on over lines depends on it."""
    reader = _Reader(file, tolerant, inside)
    lines = text.split("\n")
    ended = not lines[-1]
    if ended:
        lines.pop()
    reader.read(lines)
    return Parsed(Document(tuple(reader.close()), ended), tuple(reader.findings))


class _Open(NamedTuple):
    """A tag that is not closed yet."""

    tag: str
    argument: str
    comment: str | None
    at: Place
    text: str
    key: str


class _Reader:
    """Open sections, outermost first, and what each holds so far."""

    def __init__(self, file: str, tolerant: bool, inside: str) -> None:
        self._file, self._tolerant, self._outside = file, tolerant, inside
        self._open: list[_Open] = []
        self._held: list[list[Node]] = [[]]
        self.findings: list[Finding] = []

    def read(self, lines: list[str]) -> None:
        at, most = 0, broken_lines.LINES_MAX if self._tolerant else 2
        while at < len(lines):
            line, place = lines[at], Place(self._file, at + 1)
            at += 1
            inside = self._open[-1].key if self._open else self._outside
            if broken_lines.may_go_on(line, inside):
                used = broken_lines.lines_of(lines, at - 1, inside, most)
                if used > 1:
                    self._broken(place)
                if used > 1 and self._tolerant:
                    line = "\n".join(lines[at - 1 : at - 1 + used])
                    at += used - 1
            self._line(line, place)

    def close(self) -> list[Node]:
        while self._open:
            self._unclosed()
        return self._held[0]

    def _line(self, text: str, at: Place) -> None:
        first, mark, rest = text.removesuffix("\r").partition("#")
        if at.line == 1 and first.startswith(BYTE_ORDER_MARK):
            first = first[1:]
            self._byte_order_mark(at)
        body, comment = first.strip(BLANKS), rest if mark else None
        if "\n" in text:
            body, comment = broken_lines.joined(text), None
        if not body.isprintable():
            self._not_printable(body, at)
        elif "\ufffd" in body:
            self._not_utf8(at)
        if body.startswith("<"):
            self._tag(body, comment, at, text)
        elif body:
            self._held[-1].append(_statement(body, comment, at, text))
        elif comment is None:
            self._held[-1].append(Blank(at, text))
        else:
            self._held[-1].append(Comment(comment, at, text))

    def _tag(self, body: str, comment: str | None, at: Place, text: str) -> None:
        tag, argument = first_word(body[1:-1])
        if (
            not body.endswith(">")
            or not _TAG.fullmatch(tag)
            or (argument and not _ARGUMENT.fullmatch(argument))
        ):
            self._malformed(at, text, f"{body[:60]} is no tag.", _TAGS_FIX)
        elif tag.startswith("/"):
            self._closing(tag[1:], Ending(argument, comment, at, text))
        elif len(self._open) == DEPTH_MAX:
            self._malformed(at, text, "Tags are nested too deep.", "Close those that are open.")
        else:
            self._open.append(_Open(tag, argument, comment, at, text, tag.lower()))
            self._held.append([])

    def _closing(self, tag: str, end: Ending) -> None:
        key = tag.lower()
        known = self._open and self._open[-1].key == key
        if not known and all(section.key != key for section in self._open):
            self.findings.append(
                error("E1", end.at, f"</{tag}> closes nothing.", "Remove it, or open it before.")
            )
            self._held[-1].append(Malformed(end.text or "", end.at))
            return
        while self._open[-1].key != key:
            self._unclosed()
        self._leave(end)

    def _unclosed(self) -> None:
        section = self._open[-1]
        self.findings.append(
            error(
                "E1",
                section.at,
                f"<{section.tag}> is not closed.",
                f"Write </{section.tag}> where it ends.",
            )
        )
        self._leave(None)

    def _leave(self, end: Ending | None) -> None:
        one, children = self._open.pop(), tuple(self._held.pop())
        section = Section(one.tag, one.argument, children, one.comment, end, one.at, one.text)
        self._held[-1].append(section)

    def _malformed(self, at: Place, text: str, message: str, fix: str) -> None:
        self.findings.append(error("P1", at, message, fix))
        self._held[-1].append(Malformed(text, at))

    def _broken(self, at: Place) -> None:
        tell = warning if self._tolerant else error
        self.findings.append(
            tell(
                "P2",
                at,
                "This goes on in the next line; no guide says that PowerMTA reads on there.",
                "Write it in one line.",
            )
        )

    def _not_printable(self, body: str, at: Place) -> None:
        if _CONTROL.search(body):
            message = (
                "There is a control character in this line, which some programs take for its end."
            )
            self.findings.append(error("P3", at, message, "Remove it."))
        elif unseen := _UNSEEN.search(body):
            message = (
                f"There is a character in this line that nobody sees (U+{ord(unseen[0]):04X});"
                " it separates no words."
            )
            self.findings.append(warning("P3", at, message, "Write a blank, or nothing."))

    def _byte_order_mark(self, at: Place) -> None:
        tell = warning if self._tolerant else error
        message = "The file begins with a byte order mark; no guide says that PowerMTA skips it."
        self.findings.append(tell("P3", at, message, "Save it as UTF-8 without one."))

    def _not_utf8(self, at: Place) -> None:
        message = "There is a character in this line that is not UTF-8, which PowerMTA expects."
        self.findings.append(warning("P3", at, message, "Save the file as UTF-8."))


def _statement(body: str, comment: str | None, at: Place, text: str) -> Directive:
    if body.startswith("/"):
        return Directive("", body, comment, at, text)
    name, value = first_word(body)
    return Directive(name, value, comment, at, text)
