"""A row of ``engine.event`` as readers get it."""

from typing import TypeVar

import asyncpg

from engine.events import Event, Recorded
from engine.store.entry import Entry

E = TypeVar("E", bound=Event)

# What a reader needs: neither the tag, which the body holds, nor the digest.
COLUMNS = "position, stream, version, id::text AS id, at, tenant, actor, cause, body"


def recorded(row: asyncpg.Record, event: E) -> Recorded[E]:
    position, stream, version, id, at, tenant, actor, cause, _ = row
    return Recorded(
        position=position,
        stream=stream,
        version=version,
        id=id,
        at=at,
        tenant=tenant,
        actor=actor,
        cause=cause,
        event=event,
    )


def recorded_of(entry: Entry, event: E) -> Recorded[E]:
    return Recorded(
        position=entry.position,
        stream=entry.stream,
        version=entry.version,
        id=entry.id,
        at=entry.at,
        tenant=entry.tenant,
        actor=entry.actor,
        cause=entry.cause,
        event=event,
    )
