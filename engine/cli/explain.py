"""Why an address is in its state, for a narrow screen."""

import json
import os
import sys
import textwrap
from argparse import Namespace
from collections.abc import Iterator, Sequence

from engine.cli import exits, tables
from engine.cli.reading import Row, client, say

WIDTH_MAX = 80
_WIDTH_MIN = 30


def ip(asked: Namespace) -> int:
    shown = client(asked).get("ips", asked.address, "explain", as_of=asked.as_of)
    if asked.json:
        say(json.dumps(shown, indent=2, ensure_ascii=False))
        return exits.OK
    for line in _lines(shown, _width()):
        say(line)
    return exits.OK


def _lines(shown: Row, width: int) -> Iterator[str]:
    yield from _wrapped(shown["state"], "", width)
    yield ""
    yield "Next:"
    for what in shown["next"]:
        yield from _wrapped(what, "  ", width)
    yield ""
    yield "Why, the newest first:"
    for decision in shown["sentences"]:
        yield ""
        yield _head(decision)
        yield from _wrapped(decision["says"], "  ", width)
        yield from _under("because", decision["because"], width)
        yield from _under("then", decision["then"], width)


def _head(decision: Row) -> str:
    place = f", position {decision['position']:,}" if "position" in decision else ""
    return f"{tables.time(decision['at'])}, by {tables.plain(decision['actor'])}{place}"


def _under(label: str, events: Sequence[Row], width: int) -> Iterator[str]:
    if events:
        yield f"  {label}:"
    for one in events:
        yield from _wrapped(f"{tables.time(one['at'])} {one['says']}", "    ", width)


def _wrapped(text: str, indent: str, width: int) -> list[str]:
    more = f"{indent}  " if indent else ""
    plain = tables.plain(text)
    return textwrap.wrap(plain, width, initial_indent=indent, subsequent_indent=more)


def _width() -> int:
    try:
        columns = os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError):  # a file, or a pipe
        columns = WIDTH_MAX
    return max(_WIDTH_MIN, min(columns, WIDTH_MAX))
