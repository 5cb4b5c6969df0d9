"""On which line of a TOML file each key stands: the parser of the standard library does not tell.

Only for text that ``tomllib`` has read already, so nothing is checked here.
"""

import re
import tomllib
from collections.abc import Mapping
from typing import NamedTuple

KeyPath = tuple[str | int, ...]  # ("ips", 1, "volume")

_TOKEN = re.compile(
    r'(?P<text>"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\')'
    r"|(?P<skip>[ \t\r]+|\#[^\n]*)|(?P<mark>[\[\]{},=.\n])|(?P<word>[^\s\[\]{},=.\"'#]+)",
    re.DOTALL,
)


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


def lines(text: str) -> Mapping[KeyPath, int]:
    """Line numbers, from 1, of every table, key and element of an array."""
    return _Reader(text).read()


def line_of(known: Mapping[KeyPath, int], path: KeyPath) -> int | None:
    """Of what stands there; of what is missing, its table's."""
    for end in range(len(path), 0, -1):
        if path[:end] in known:
            return known[path[:end]]
    return None


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens = [*_tokens(text), _Token("mark", "\n", text.count("\n") + 1)]
        self._at = 0
        self._lines: dict[KeyPath, int] = {}
        self._elements: dict[KeyPath, int] = {}  # so many of each array of tables

    def read(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        while self._at < len(self._tokens):
            if self._takes("\n"):
                continue
            table = self._header() if self._sees("[") else self._pair(table)
        return self._lines

    def _sees(self, mark: str) -> bool:
        token = self._tokens[self._at]
        return token.kind == "mark" and token.text == mark

    def _takes(self, mark: str) -> bool:
        found = self._sees(mark)
        self._at += found
        return found

    def _header(self) -> KeyPath:
        line = self._tokens[self._at].line
        self._takes("[")
        several = self._takes("[")
        *before, last = self._key()
        path = self._within((), before)
        path = (*path, last)
        if several:
            number = self._elements.get(path, 0)
            self._elements[path] = number + 1
            self._lines.setdefault(path, line)
            path = (*path, number)
        self._lines[path] = line
        self._takes("]")
        if several:
            self._takes("]")
        return path

    def _within(self, path: KeyPath, keys: list[str]) -> KeyPath:
        """The last element of each array of tables on the way."""
        for key in keys:
            path = (*path, key)
            if path in self._elements:
                path = (*path, self._elements[path] - 1)
        return path

    def _pair(self, table: KeyPath) -> KeyPath:
        line, keys = self._tokens[self._at].line, self._key()
        self._takes("=")
        path = table
        for key in keys:
            path = (*path, key)
            self._lines.setdefault(path, line)
        self._value(path)
        return table

    def _key(self) -> list[str]:
        keys = [self._name()]
        while self._takes("."):
            keys.append(self._name())
        return keys

    def _name(self) -> str:
        token = self._tokens[self._at]
        self._at += 1
        return _unquoted(token.text) if token.kind == "text" else token.text

    def _value(self, path: KeyPath) -> None:
        if self._takes("["):
            self._array(path)
        elif self._takes("{"):
            while not self._takes("}"):
                if not self._takes(",") and not self._takes("\n"):
                    self._pair(path)
        else:
            while self._tokens[self._at].kind != "mark" or self._sees("."):
                self._at += 1

    def _array(self, path: KeyPath) -> None:
        number = 0
        while not self._takes("]"):
            if self._takes("\n") or self._takes(","):
                continue
            self._lines[(*path, number)] = self._tokens[self._at].line
            self._value((*path, number))
            number += 1


def _tokens(text: str) -> list[_Token]:
    found, line = [], 1
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind != "skip":
            found.append(_Token(kind, match[0], line))
        line += match[0].count("\n")
    return found


def _unquoted(text: str) -> str:
    name: str = tomllib.loads(f"key = {text}")["key"]
    return name
