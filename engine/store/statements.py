"""What the leader says to Postgres about entries."""

from collections.abc import Sequence

from engine.errors import Deposed
from engine.ids import EventId, Position, Version
from engine.store.admission import Append, Tail
from engine.store.entry import Entry
from engine.store.fence import Lead

_LOOK = """
    SELECT asked.stream, NULL::uuid AS id,
           (SELECT e.version FROM engine.event e
             WHERE e.stream = asked.stream ORDER BY e.version DESC LIMIT 1) AS version
      FROM unnest($1::text[]) AS asked(stream)
    UNION ALL
    SELECT NULL, e.id, NULL FROM engine.event e WHERE e.id = ANY ($2::uuid[])"""

_WRITE = """
    WITH fenced AS (
      UPDATE engine.fence SET position = $1, digest = $2
       WHERE epoch = $3 AND holder = $4 AND position = $5
      RETURNING true
    ), written AS (
      INSERT INTO engine.event
             (position, stream, version, id, tag, at, tenant, actor, cause, body, digest)
      SELECT entry.*
        FROM fenced, unnest($6::bigint[], $7::text[], $8::bigint[], $9::uuid[], $10::text[],
                            $11::timestamptz[], $12::text[], $13::text[], $14::text[],
                            $15::bytea[], $16::bytea[]) AS entry
      RETURNING true
    )
    SELECT count(*) AS written FROM written"""

_STILL = """
    SELECT count(*) AS written FROM engine.fence
     WHERE epoch = $1 AND holder = $2 AND position = $3"""

_FOUND = """
    SELECT max(position) AS last, count(*) AS found
      FROM engine.event WHERE id = ANY ($1::uuid[])"""


async def tail(lead: Lead, append: Append) -> Tail:
    """The end of the log, with what it holds of the append's streams and ids.  What is read here
    is true until the write: whoever wrote in between would have moved the fence.
    """
    rows = await lead.ask(_LOOK, append.streams(), append.ids())
    versions = {row["stream"]: Version(row["version"]) for row in rows if row["version"]}
    ids = {EventId(str(row["id"])) for row in rows if row["id"]}
    return Tail(lead.position, lead.digest, versions, ids)


async def write(lead: Lead, entries: Sequence[Entry]) -> None:
    """All of them or none, and acknowledged when this returns; without entries it only makes sure
    that this process leads.  Raises Deposed when it does not.
    """
    mine = (lead.fence.epoch, lead.fence.holder, lead.position)
    if entries:
        last = entries[-1]
        columns = [list(column) for column in zip(*entries, strict=True)]
        (row,) = await lead.ask(_WRITE, last.position, last.digest, *mine, *columns)
    else:
        (row,) = await lead.ask(_STILL, *mine)
    if row["written"] != max(1, len(entries)):
        raise Deposed(f"the fence at {lead.where} is no more epoch {mine[0]} of {mine[1]!r}")
    if entries:
        lead.position, lead.digest = entries[-1].position, entries[-1].digest


async def found(lead: Lead, ids: Sequence[EventId]) -> Position | None:
    """The last position of an append whose outcome was unknown; to be asked after ``retake``."""
    (row,) = await lead.ask(_FOUND, ids)
    if row["found"] not in (0, len(ids)):
        raise RuntimeError(f"{row['found']} of {len(ids)} events of one append are in the log")
    return None if row["found"] == 0 else Position(row["last"])
