"""What happened, from the log of a running engine; and what happens, until Ctrl-C."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from itertools import islice
from typing import Any

from engine.cli import exits, stream, tables
from engine.cli.client import Client
from engine.cli.parser import talk
from engine.cli.reading import PAGE, Row, client, say


def events(asked: Namespace) -> int:
    source = client(asked)
    if asked.follow:
        return _follow(source, asked)
    for one in _pages(source, asked):
        say(_line(one, asked))
    return exits.OK


def _query(asked: Namespace) -> dict[str, str]:
    names = ("type", "ip", "node", "tenant", "since", "after")
    return {name: getattr(asked, name) for name in names}


def _pages(source: Client, asked: Namespace) -> Iterator[Row]:
    query: dict[str, Any] = dict(_query(asked))
    left, more = asked.limit, True
    try:
        while more and left != 0:
            page = source.get("events", limit=min(PAGE, left or PAGE), **query)
            yield from page["items"]
            query["after"], more = page["next"], page["more"]
            left = None if left is None else left - len(page["items"])
    finally:
        if not asked.json and query["after"]:
            talk(f"go on from here: --after {query['after']}")


def _follow(source: Client, asked: Namespace) -> int:
    """From now on, unless it is said from when."""
    query = _query(asked)
    if not query["since"] and not query["after"]:
        query["since"] = "now"
    try:
        for one in islice(stream.follow(source, "events", "stream", **query), asked.limit):
            say(_line(one, asked))
            sys.stdout.flush()
    except KeyboardInterrupt:
        pass  # which is how one ends it
    return exits.OK


def _line(one: Row, asked: Namespace) -> str:
    if asked.json:
        return json.dumps(one, ensure_ascii=False)
    who, says = tables.plain(one["tenant"]), tables.plain(one["says"])
    return f"{tables.time(one['at'])}  {who:<12}  {says}"
