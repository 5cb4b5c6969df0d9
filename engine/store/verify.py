"""Verifies the log in Postgres: it is read as the auditor, and nothing is written."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from engine.errors import StartRefused
from engine.ids import Position
from engine.store.anchors import BEGINNING, Anchor, differs
from engine.store.copy_out import PAGE, copy_out
from engine.store.pool import Borrowed
from engine.store.proof import Proof, Verified
from engine.store.walk import Walk, Wrong, missing

Progress = Callable[[int, int], None]  # events that are done, of how many

_FENCE = """
    SELECT position, digest, (SELECT max(position) FROM engine.event) AS last,
           (SELECT e.digest FROM engine.event e WHERE e.position = fence.position) AS there
      FROM engine.fence"""
_DIGESTS = "SELECT position, digest, stream FROM engine.event WHERE position = ANY ($1::bigint[])"
_ABSENT = """
    SELECT asked.*
      FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS asked (stream, version, place)
     WHERE NOT EXISTS (
           SELECT FROM engine.event e
            WHERE e.stream = asked.stream AND e.version = asked.version AND e.position <= $4)
     ORDER BY asked.place LIMIT 1"""
STREAMS = 5_000  # asked about at once


class Fenced(NamedTuple):
    """Where the log ends, and what the fence says of it."""

    last: Position
    wrong: Wrong | None


async def fenced(connection: Borrowed) -> Fenced:
    """Fence and last event as they stand at one moment, also while an engine appends."""
    row = await connection.fetchrow(_FENCE)
    if row is None:
        last = Position(await connection.fetchval("SELECT max(position) FROM engine.event") or 0)
        return Fenced(last, Wrong(last, "", "engine.fence is empty"))
    last = Position(row["last"] or 0)
    return Fenced(last, _off(Anchor(row["position"], row["digest"]), last, row["there"]))


def _off(fence: Anchor, last: Position, there: bytes | None) -> Wrong | None:
    """Is the fence's event the last one there is?"""
    if fence.position > last:
        lost = f"the log ends at {last}, and the fence says at {fence.position}: its end is missing"
        return Wrong(Position(last + 1), "", lost)
    if fence.position < last:
        why = f"the log goes on to {last} beyond the fence, which ends it at {fence.position}"
        return Wrong(Position(fence.position + 1), "", why)
    if fence.digest != (there if last else BEGINNING.digest):
        return Wrong(last, "", "the fence's digest is not that of the last event")
    return None


async def verify_log(
    connection: Borrowed,
    *,
    since: Anchor = BEGINNING,
    anchors: Sequence[Anchor] = (),
    progress: Progress,
) -> Verified:
    """Up to the head that it sees at its beginning.  ``since``: only what comes behind it, where
    the log has it as it says.  Raises StartRefused, or what Postgres raises.
    """
    if await connection.fetchval("SHOW server_encoding") != "UTF8":
        raise StartRefused("the database is not in UTF8; what the digests cover is")
    end = await fenced(connection)
    found = Verified(since)
    found.blame(end.wrong)
    behind = [one for one in anchors if one.position > since.position]
    before = [one for one in (since, *anchors) if 0 < one.position <= min(since.position, end.last)]
    found.blame(await _otherwise(connection, before))
    found.blame(_beyond([since, *behind], end.last))
    if found.wrong and since.position > BEGINNING.position:
        return found  # nothing to walk on from
    proof = Proof(Walk(*since), behind, found)
    await _walk(connection, proof, end.last, progress)
    found.anchors += sum(one.position <= since.position for one in anchors)
    return found


async def _walk(connection: Borrowed, proof: Proof, last: Position, progress: Progress) -> None:
    walk = proof.walk
    began = walk.position
    while walk.position < last and not proof.ended:
        upto = Position(min(walk.position + PAGE, last))
        await copy_out(connection, walk.position, upto, proof.take)
        if walk.position < upto:  # the next page would see it, but for the last one
            proof.end(missing(walk.position))
        progress(walk.position - began, last - began)
    if isinstance(walk, Walk):
        proof.found.notes += walk.notes()
        proof.end(await _headless(connection, walk))


async def _otherwise(connection: Borrowed, anchors: Sequence[Anchor]) -> Wrong | None:
    """The first of them that the log has otherwise."""
    rows = await connection.fetch(_DIGESTS, [one.position for one in anchors])
    there = {row["position"]: row for row in rows}
    for anchor in sorted(anchors):
        row = there.get(anchor.position)
        if row is None:
            return missing(Position(anchor.position - 1))
        if row["digest"] != anchor.digest:
            return differs(anchor, row["digest"], row["stream"])
    return None


def _beyond(anchors: Sequence[Anchor], last: Position) -> Wrong | None:
    lost = [one for one in sorted(anchors) if one.position > last]
    if not lost:
        return None
    why = f"the log ends at {last}, and an anchor names event {lost[-1].position}: its end is lost"
    return Wrong(Position(last + 1), "", why)


async def _headless(connection: Borrowed, walk: Walk) -> Wrong | None:
    """A stream whose events before the walk's beginning are not all there."""
    asked = [(stream, *one) for stream, one in walk.earlier.items() if one[0] > 0]
    for start in range(0, len(asked), STREAMS):
        some = asked[start : start + STREAMS]
        streams, versions, places = zip(*some, strict=True)
        row = await connection.fetchrow(_ABSENT, streams, versions, places, walk.began)
        if row is not None:
            why = f"its version is {row['version'] + 1}, and there is no {row['version']} before it"
            return Wrong(Position(row["place"]), row["stream"], why)
    return None
