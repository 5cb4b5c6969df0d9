"""A stream of server-sent events that outlives its connections."""

import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from http.client import HTTPException
from threading import Event
from typing import Any, NamedTuple

from engine.cli import exits
from engine.cli.client import Client
from engine.cli.exits import Failed
from engine.cli.parser import talk

SILENT_S = 45  # three heartbeats: then the connection is dead, whatever the network says
AGAIN_S, AGAIN_MAX_S = 1, 15


class Part(NamedTuple):
    id: str | None  # from which to go on; None: nothing new about that
    data: str  # "" = none


def follow(source: Client, *path: str, **query: str) -> Iterator[Any]:
    """Decoded events, each once.  A connection that is lost is made again and goes on where it
    was; raises Failed where the first one cannot be made, or the engine refuses a later one.
    """
    seen, wait, met = "", AGAIN_S, False
    while True:
        try:
            with closing(
                source.open(*path, timeout=SILENT_S, last_event_id=seen, **query)
            ) as lines:
                met = True
                for part in parts(lines):
                    seen, wait = seen if part.id is None else part.id, AGAIN_S
                    if part.data:
                        yield json.loads(part.data)
        except Failed as failed:
            if not met or failed.code not in (exits.UNREACHABLE, exits.FAILED):
                raise
        except (OSError, HTTPException):
            pass  # it broke off, or was silent for too long
        talk(f"the connection was lost; again in {wait} s")
        Event().wait(wait)
        wait = min(2 * wait, AGAIN_MAX_S)


def parts(lines: Iterable[bytes]) -> Iterator[Part]:
    """What stands between empty lines; comments are heartbeats.  One that broke off is left out:
    its id was not seen, so it comes again.
    """
    id: str | None = None
    data: list[str] = []
    for line in lines:
        name, _, value = line.decode().rstrip("\r\n").partition(":")
        value = value.removeprefix(" ")
        if name == "id":
            id = value
        elif name == "data":
            data.append(value)
        if line.strip() == b"":
            yield Part(id, "\n".join(data))
            id, data = None, []
