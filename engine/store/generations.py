"""Generations of rows: the one that readers get, the one that a rebuild lays, and dead ones."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter

import msgspec

from engine.errors import Deposed
from engine.ids import Position
from engine.ports import Differing, Rebuilt, Row, Standing
from engine.store.pool import Borrowed
from engine.store.views import VIEWS

SWEEP_MAX = 1_000  # rows of one view and one transaction: appends wait while it lasts

_SWAP = (
    "UPDATE engine.checkpoint SET generation = generation + 1, position = $1, codecs = $2::jsonb,"
    " rebuilt = $3::jsonb WHERE position = $4 RETURNING true"
)
_BY_VIEW = attrgetter("projection")


async def standing(connection: Borrowed) -> Standing:
    row = await connection.fetchrow(
        "SELECT generation, position, codecs, rebuilt FROM engine.checkpoint"
    )
    assert row is not None  # migrations made it, and nobody at run time may remove it
    return Standing(
        generation=row["generation"],
        position=row["position"],
        codecs=msgspec.json.decode(row["codecs"], type=dict[str, str]),
        rebuilt=msgspec.json.decode(row["rebuilt"] or "null", type=Rebuilt | None),
    )


async def live(connection: Borrowed) -> int:
    return int(await connection.fetchval("SELECT generation FROM engine.checkpoint"))


async def upsert(connection: Borrowed, generation: int, rows: Sequence[Row]) -> None:
    for view, group in groupby(sorted(rows, key=_BY_VIEW), _BY_VIEW):
        await _upsert(connection, view, generation, list(group))


async def differing(connection: Borrowed) -> Differing:
    """Compared by Postgres, view by view in the order of their keys."""
    generation, rows, first = await live(connection), 0, ""
    for view, declared in VIEWS.items():
        names = ", ".join(("tenant", *declared, "body"))
        kept, laid = (f"({', '.join(f'{side}.{n}' for n in names.split(', '))})" for side in "kl")
        found = await connection.fetchrow(
            f"SELECT count(*) OVER () AS rows, key, k.body IS NULL AS missing,"
            f" l.body IS NULL AS surplus"
            f" FROM (SELECT key, {names} FROM engine.view_{view} WHERE generation = $1) AS k"
            f" FULL JOIN (SELECT key, {names} FROM engine.view_{view} WHERE generation = $1 + 1)"
            f" AS l USING (key) WHERE {kept} IS DISTINCT FROM {laid} ORDER BY key LIMIT 1",
            generation,
        )
        if found is not None:
            rows += found["rows"]
            first = first or f"{view} {found['key']} {_wrong(found['missing'], found['surplus'])}"
    return Differing(rows, first)


def _wrong(missing: bool, surplus: bool) -> str:
    if missing:
        return "is missing"
    return "should not be there" if surplus else "is other than the log gives"


async def swap(
    connection: Borrowed, codecs: Mapping[str, str], rebuilt: Rebuilt, was: Position
) -> None:
    texts = [msgspec.json.encode(one).decode() for one in (dict(codecs), rebuilt)]
    if not await connection.fetchval(_SWAP, rebuilt.position, *texts, was):
        at = await connection.fetchval("SELECT position FROM engine.checkpoint")
        raise Deposed(f"the read models stand at {at}, not at {was}: somebody else wrote them")


async def sweep(connection: Borrowed) -> int:
    """Some rows of the first view that has dead ones."""
    generation = await live(connection)
    for view in VIEWS:
        # Two ranges of the key, where <> would read the whole index.
        gone = await connection.execute(
            f"DELETE FROM engine.view_{view} WHERE (generation, key) IN"
            f" (SELECT generation, key FROM engine.view_{view}"
            f" WHERE generation < $1 OR generation > $1 LIMIT $2)",
            generation,
            SWEEP_MAX,
        )
        if rows := int(gone.removeprefix("DELETE ")):
            return rows
    return 0


async def _upsert(connection: Borrowed, view: str, generation: int, rows: Sequence[Row]) -> None:
    """One statement for all rows of a view; of two for one key the later holds."""
    last = {row.key: row for row in rows}.values()
    names = ("tenant", *VIEWS[view], "body")
    values: list[Sequence[str | bytes | None]] = [
        [row.tenant for row in last],
        *[[row.columns.get(name) for row in last] for name in VIEWS[view]],
        [row.body for row in last],
    ]
    arrays = ", ".join(
        f"${n}::{'bytea' if name == 'body' else 'text'}[]" for n, name in enumerate(names, start=3)
    )
    await connection.execute(
        f"INSERT INTO engine.view_{view} (generation, key, {', '.join(names)})"
        f" SELECT $1, new.* FROM unnest($2::text[], {arrays}) AS new"
        f" ON CONFLICT (generation, key) DO UPDATE SET "
        + ", ".join(f"{name} = excluded.{name}" for name in names),
        generation,
        [row.key for row in last],
        *values,
    )
