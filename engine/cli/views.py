"""``views`` and ``rebuild``: the read models, and made anew from the log."""

import time
from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from engine.cli import exits, tables
from engine.cli.client import Client
from engine.cli.exits import Failed
from engine.cli.parser import talk
from engine.cli.reading import Row, client, say, say_json

POLL_S = 0.3
DOES = {
    "folding": "folds the log",
    "laying": "writes rows",
    "swapping": "compares, and exchanges the rows",
    "sweeping": "removes the former rows",
}


def views(asked: Namespace) -> int:
    shown = client(asked).get("views")
    _print(shown, as_json=asked.json)
    return exits.OK


def rebuild(asked: Namespace) -> int:
    """Waits for its end, and says meanwhile how far it is."""
    source = client(asked)
    source.post("views", "rebuild")
    told, shown = "", _look(source)
    while _under_way(shown):
        line = _progress(shown["rebuild"])
        if line != told:
            talk(line)
        told = line
        time.sleep(POLL_S)  # noqa: TID251 - there is no loop here that could be held up
        shown = _look(source)
    if shown["rebuild"]:
        raise Failed(f"not rebuilt: {shown['rebuild']['failed']}")
    _print(shown, as_json=asked.json)
    return exits.OK


def _look(source: Client) -> Any:
    try:
        return source.get("views")
    except Failed as failed:
        if failed.code != exits.UNREACHABLE:
            raise
        raise Failed(
            f"{failed}. It may have ended: an engine whose views are not what the log says ends"
            " itself. Its own log says why; start it, and look with `email-engine views`",
            exits.UNREACHABLE,
        ) from failed


def _under_way(shown: Row) -> bool:
    return bool(shown["rebuild"] and shown["rebuild"]["doing"])


def _progress(under_way: Row) -> str:
    doing = DOES.get(under_way["doing"], under_way["doing"])
    folded, head = tables.plain(under_way["folded"]), tables.plain(under_way["head"])
    return f"{doing}: event {folded} of {head}, {tables.plain(under_way['rows'])} rows written"


def _print(shown: Row, *, as_json: bool) -> None:
    if as_json:
        say_json(shown)
        return
    for line in tables.pairs(_facts(shown)):
        say(line)
    say("")
    for line in tables.table(("VIEW", "MADE BY"), sorted(shown["codecs"].items())):
        say(line)


def _facts(shown: Row) -> Iterator[tuple[str, object]]:
    yield "stand at event", shown["position"]
    yield "generation", shown["generation"]
    last = shown["last"]
    if last is None:
        yield "last rebuilt", "never"
    else:
        rows, wrong = tables.plain(last["rows"]), last["wrong"]
        yield "last rebuilt", f"{tables.time(last['at'])}, {rows} rows: {last['why']}"
        yield "found wrong", f"{tables.plain(wrong)} rows, now mended" if wrong else "nothing"
        if last["first"]:
            yield "the first", last["first"]
    if under_way := shown["rebuild"]:
        yield "under way", _progress(under_way) if under_way["doing"] else None
        if under_way["failed"]:
            yield "failed", under_way["failed"]
