"""Many events as one row: each column is one value that holds all of a page's.

The driver takes a fifth of a microsecond and more for every value it hands out, which for a log of
nine columns is twice the price of decoding its events.  So Postgres writes each column as one JSON
array, and puts the bodies, which are JSON, one after the other; msgspec reads a page of them in one
go, at a tenth of the price.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import compress
from operator import not_
from typing import Any

import asyncpg
import msgspec
import structlog

from engine.events import Event, Recorded
from engine.ids import Position
from engine.store import codec

Places = tuple[Sequence[Any], ...]  # all columns but the bodies

# Times as the session's zone has them, which is UTC (engine/store/pool.py).  A line's end between
# two bodies: no text of JSON holds one, so a body that is cut off cannot swallow the next.
COLUMNS = (
    "count(*), max(position), json_agg(position), json_agg(stream), json_agg(version),"
    " json_agg(id), json_agg(at), json_agg(tenant), json_agg(actor), json_agg(cause),"
    r" string_agg(body, E',\n'::bytea)"
)
SOURCE = "position, stream, version, id, at, tenant, actor, cause, body"

_numbers = msgspec.json.Decoder(list[int]).decode
_texts = msgspec.json.Decoder(list[str]).decode
_names = msgspec.json.Decoder(list[str | None]).decode
_times = msgspec.json.Decoder(list[datetime]).decode
_events = msgspec.json.Decoder(list[Event]).decode
_bodies = msgspec.json.Decoder(list[msgspec.Raw]).decode

_say = structlog.get_logger(__name__)


def length(page: asyncpg.Record) -> int:
    return int(page[0])


def last(page: asyncpg.Record) -> Position:
    """Of a page that is not empty."""
    return Position(page[1])


def recorded(page: asyncpg.Record) -> list[Recorded[Event]]:
    """Events of unknown tags are passed over, with a warning.  Raises what ``codec.decode`` raises
    for a body that is damaged.
    """
    count, _, positions, streams, versions, ids, times, tenants, actors, causes, bodies = page
    if not count:
        return []
    places = (
        *(_numbers(positions), _texts(streams), _numbers(versions), _texts(ids), _times(times)),
        *(_names(tenants), _texts(actors), _texts(causes)),
    )
    data = b"[" + bodies + b"]"
    try:
        events = _events(data)
    except msgspec.ValidationError:  # a tag that is not known here, or is written no more
        return _one_by_one(places, data, count)
    _refuse_other(count, events)
    return list(map(Recorded, *places, events))


def _one_by_one(places: Places, data: bytes, count: int) -> list[Recorded[Event]]:
    events = [codec.decode(bytes(body)) for body in _bodies(data)]
    _refuse_other(count, events)
    known = [event is not None for event in events]
    unknown = list(compress(places[0], map(not_, known)))
    if unknown:
        _say.warning("log.unknown_tags", first=unknown[0], last=unknown[-1], events=len(unknown))
    return list(map(Recorded, *[compress(column, known) for column in (*places, events)]))


def _refuse_other(count: int, events: Sequence[object]) -> None:
    if len(events) != count:
        raise msgspec.DecodeError(f"{count} bodies hold {len(events)} values")
