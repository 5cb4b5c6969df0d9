"""Zone files (RFC 1035 5), as far as people write them to try a record."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, cast, get_args

from engine.rules.zone_data import parse_data, parse_name
from engine.rules.zone_text import txt_line
from engine.values.dns import RecordType
from engine.values.zone_record import ZoneRecord

RECORDS_MAX = 500
TYPES: frozenset[str] = frozenset(get_args(RecordType))
_NAMES = {"CNAME": 0, "NS": 0, "PTR": 0, "MX": 1}  # types whose data ends in a name: its place
_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|;[^\n]*|[()\n"]|(?:[^\s"();\\]|\\.)+')
_TTL = re.compile(r"(\d+[smhdw]?)+", re.I)
_CLASSES = frozenset({"IN", "CH", "HS"})


class _Line(NamedTuple):
    number: int
    indented: bool  # it goes on with the owner of the line before
    words: Sequence[str]


def parse(text: str, origin: str) -> list[ZoneRecord]:
    """``origin``: what names without a last dot are in.  Raises ValueError that names the line."""
    found: list[ZoneRecord] = []
    owner = origin
    for line in _lines(text):
        try:
            if line.words[0].startswith("$"):
                origin = _directed(line.words, origin)
                continue
            found.append(_record(line, owner, origin))
        except ValueError as wrong:
            raise ValueError(f"line {line.number}: {wrong}") from wrong
        owner = found[-1].name
        if len(found) > RECORDS_MAX:
            raise ValueError(f"more than {RECORDS_MAX} records")
    return found


def _directed(words: Sequence[str], origin: str) -> str:
    """The origin from here on; how long records may be kept is nothing that is judged."""
    match words[0].upper():
        case "$ORIGIN" if len(words) == 2:
            return _full(words[1], origin)
        case "$TTL":
            return origin
        case _:
            raise ValueError(f"{' '.join(words)} is not known here")


def written(records: Iterable[ZoneRecord]) -> str:
    """Full names throughout, so that it can be pasted into any zone."""
    return "".join(f"{_written(one)}\n" for one in records if one.data is not None)


def _written(record: ZoneRecord) -> str:
    data = record.data or ""
    if record.type == "TXT":
        return txt_line(record.name, data)
    words = data.split()
    if record.type in _NAMES:
        words[_NAMES[record.type]] = words[_NAMES[record.type]].removesuffix(".") + "."
    return f"{record.name}. IN {record.type} {' '.join(words)}"


def _record(line: _Line, owner: str, origin: str) -> ZoneRecord:
    words = list(line.words)
    if not line.indented:
        owner = _full(words.pop(0), origin)
    while words and (_TTL.fullmatch(words[0]) or words[0].upper() in _CLASSES):
        if words.pop(0).upper() in _CLASSES - {"IN"}:
            raise ValueError("only the class IN is known here")
    if not words:
        raise ValueError("there is no record type, such as TXT")
    kind, data = words[0].upper(), words[1:]
    if kind not in TYPES:
        raise ValueError(f"{words[0]} is no type known here; there are {', '.join(sorted(TYPES))}")
    if not data:
        raise ValueError(f"there is nothing after {kind}")
    type = cast(RecordType, kind)
    return ZoneRecord(owner, type, parse_data(type, _data(type, data, origin)))


def _data(type: RecordType, words: Sequence[str], origin: str) -> str:
    if type == "TXT":
        return " ".join(word if word.startswith('"') else f'"{word}"' for word in words)
    if type == "SOA":
        return " ".join([*(_full(word, origin) for word in words[:2]), *words[2:]])
    if type in _NAMES and len(words) == _NAMES[type] + 1:
        return " ".join([*words[:-1], _full(words[-1], origin)])
    return " ".join(words)


def _full(name: str, origin: str) -> str:
    if name == "@":
        return origin
    if name == ".":
        return name
    return parse_name(name if name.endswith(".") else f"{name}.{origin}")


def _lines(text: str) -> Iterator[_Line]:
    """Words of each line; parentheses join lines, semicolons begin a comment."""
    number, depth = 1, 0
    line = _Line(1, text[:1] in (" ", "\t"), ())
    for token in _TOKEN.finditer(f"{text}\n"):
        word = token[0]
        if word == "(":
            depth += 1
        elif word == ")":
            depth -= 1
        elif word == "\n":
            number += 1
            if depth <= 0:
                if line.words:
                    yield line
                line = _Line(number, text[token.end() : token.end() + 1] in (" ", "\t"), ())
        elif not word.startswith(";"):
            line = line._replace(words=(*line.words, word))
    if depth > 0:
        raise ValueError(f"line {line.number}: a parenthesis is not closed")
