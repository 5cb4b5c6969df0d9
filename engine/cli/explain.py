"""Why an address is in its state, for a narrow screen."""

from argparse import Namespace
from collections.abc import Iterator, Sequence

from engine.cli import exits, tables
from engine.cli.reading import Row, client, say, say_json
from engine.cli.wrapping import screen, wrapped


def ip(asked: Namespace) -> int:
    shown = client(asked).get("ips", asked.address, "explain", as_of=asked.as_of)
    if asked.json:
        return say_json(shown)
    for line in _lines(shown, screen()):
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
    return wrapped(text, indent, width, f"{indent}  " if indent else "")
