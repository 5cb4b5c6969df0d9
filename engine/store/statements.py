"""What the leader says to Postgres about entries."""

from collections.abc import Mapping, Sequence

from engine.errors import Deposed
from engine.ids import EventId, Position, Version
from engine.store.admission import BEGINNING, Append, Tail
from engine.store.entry import Entry
from engine.store.fence import Lead
from engine.store.packed import packed
from engine.store.streams import Streams

_LOOK = """
    SELECT asked.stream, NULL::uuid AS id,
           (SELECT e.version FROM engine.event e
             WHERE e.stream = asked.stream ORDER BY e.version DESC LIMIT 1) AS version
      FROM unnest($1::text[]) AS asked(stream)
    UNION ALL
    SELECT NULL, e.id, NULL FROM engine.event e WHERE e.id = ANY ($2::uuid[])"""

_FENCED = """
    WITH fenced AS (
      UPDATE engine.fence SET position = $1, digest = $2
       WHERE epoch = $3 AND holder = $4 AND position = $5
      RETURNING true
    )
    INSERT INTO engine.event
           (position, stream, version, id, tag, tenant, actor, cause, body, digest, at)"""

# An array as a parameter costs the driver half a microsecond or more for each of its elements: so
# each column comes as one text, and all bodies as one run of bytes that Postgres cuts.
_WRITE = f"""{_FENCED}
    SELECT $5 + n, stream, version, id, tag, tenant, actor, cause,
           substr($14::bytea, start, size), substr($15::bytea, 32 * n::int - 31, 32), $6
      FROM fenced, unnest($7::text::text[], $8::text::bigint[], $9::text::uuid[],
                          $10::text::text[], $11::text::text[], $12::text::text[],
                          $13::text::text[], $16::text::int[], $17::text::int[])
           WITH ORDINALITY
           AS entry (stream, version, id, tag, tenant, actor, cause, start, size, n)"""

# A third faster where there is only one.
_WRITE_ONE = f"""{_FENCED}
    SELECT $1, $7, $8, $9, $10, $11, $12, $13, $14, $2, $6 FROM fenced"""

_STILL = """
    SELECT count(*) AS there FROM engine.fence
     WHERE epoch = $1 AND holder = $2 AND position = $3"""

_FOUND = """
    SELECT id::text AS id, position FROM engine.event
     WHERE id = ANY ($1::uuid[]) AND position > $2"""


async def tail(lead: Lead, appends: Sequence[Append], known: Streams | None) -> Tail:
    """The end of the log, with what it holds of the appends' streams.  What is read here is true
    until the write: whoever wrote in between would have moved the fence.

    With ``known`` only streams that it does not know are asked about, and ids not at all: one that
    is there already, or a stream that is not new as an append believes, is refused by the table
    itself, and then asked for without ``known``.
    """
    streams: set[str] = set()
    versions: dict[str, Version] = {}
    for append in appends:
        for part in append.parts:
            stream = part.slice.stream
            version = None if known is None else known.get(stream)
            if version is not None:
                versions[stream] = version
            elif known is None or not (part.slice.expected == 0 and part.drafts):
                streams.add(stream)
    ids = [] if known is not None else [id for append in appends for id in append.ids()]
    there: set[EventId] = set()
    if streams or ids:
        rows = await lead.ask(_LOOK, sorted(streams), ids)
        versions |= {row["stream"]: Version(row["version"]) for row in rows if row["version"]}
        there = {EventId(str(row["id"])) for row in rows if row["id"]}
    return Tail(lead.position, lead.digest, lead.at or BEGINNING, versions, there)


async def write(lead: Lead, entries: Sequence[Entry]) -> None:
    """All of them or none, and acknowledged when this returns; without entries it only makes sure
    that this process leads.  They are of one moment and follow each other.  Raises Deposed when it
    does not lead.
    """
    mine = (lead.fence.epoch, lead.fence.holder, lead.position)
    last = entries[-1] if entries else None
    if last is not None:
        given = (last.position, last.digest, *mine, last.at)
        if len(entries) == 1:
            own = (last.stream, last.version, last.id, last.tag, last.tenant, last.actor)
            written = await lead.change(_WRITE_ONE, *given, *own, last.cause, last.body)
        else:
            written = await lead.change(_WRITE, *given, *packed(entries))
    else:
        (row,) = await lead.ask(_STILL, *mine)
        written = row["there"]
    if written != max(1, len(entries)):
        raise Deposed(f"the fence at {lead.where} is no more epoch {mine[0]} of {mine[1]!r}")
    if last is not None:
        lead.position, lead.digest, lead.at = last.position, last.digest, last.at


async def found(lead: Lead, ids: Sequence[EventId], after: Position) -> Mapping[EventId, Position]:
    """Where the events of a commit stand whose outcome was unknown, or nothing; to be asked after
    ``retake``.  ``after``: where the log ended before that commit.  An id that is found earlier
    proves nothing: it is one that the commit repeated, and was refused for.
    """
    if not ids:
        return {}
    rows = await lead.ask(_FOUND, ids, after)
    if len(rows) not in (0, len(ids)):
        raise RuntimeError(f"{len(rows)} of {len(ids)} events of one commit are in the log")
    return {EventId(row["id"]): Position(row["position"]) for row in rows}
