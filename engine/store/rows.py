"""A row of ``engine.event`` as readers get it."""

from typing import TypeVar

import asyncpg

from engine.events import Event, Recorded

E = TypeVar("E", bound=Event)

# What a reader needs: neither the tag, which the body holds, nor the digest.
COLUMNS = "position, stream, version, id::text AS id, at, tenant, actor, cause, body"


def recorded(row: asyncpg.Record, event: E) -> Recorded[E]:
    return Recorded(
        position=row["position"],
        stream=row["stream"],
        version=row["version"],
        id=row["id"],
        at=row["at"],
        tenant=row["tenant"],
        actor=row["actor"],
        cause=row["cause"],
        event=event,
    )
