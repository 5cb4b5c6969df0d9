"""The read models in memory: the same contract, for tests and the demo."""

from collections.abc import Iterator, Mapping, Sequence

from engine.errors import Deposed
from engine.ids import Position, TenantId
from engine.ports import Differing, Rebuilt, Row, Standing
from engine.projections.selection import Asked, Shown, selected, visible
from engine.store.memory import MemoryLog
from engine.store.views import PLATFORM_VIEWS, VIEWS, check_names


class MemoryReadModels:
    def __init__(self, log: MemoryLog) -> None:
        self._log = log
        self._database = log.database

    async def checkpoint(self) -> Position:
        return self._database.checkpoint

    async def write(self, rows: Sequence[Row], *, was: Position, now: Position) -> None:
        for row in rows:
            check_names(row.projection, row.columns)
        self._own()
        at = self._database.checkpoint
        if at != was:
            if at == now:
                return  # written before, by this process
            raise Deposed(f"the read models stand at {at}, not at {was}")
        for row in rows:
            self._database.rows[row.projection][row.key] = row
        self._database.checkpoint = now

    async def standing(self) -> Standing:
        at = self._database
        return Standing(
            generation=at.generation,
            position=at.checkpoint,
            codecs=dict(at.codecs),
            rebuilt=at.rebuilt,
        )

    async def lay(self, rows: Sequence[Row]) -> None:
        for row in rows:
            check_names(row.projection, row.columns)
        self._own()
        for row in rows:
            self._database.laid[row.projection][row.key] = row

    async def differing(self) -> Differing:
        found = list(self._differing())
        return Differing(len(found), found[0] if found else "")

    def _differing(self) -> Iterator[str]:
        for view, laid in self._database.laid.items():
            kept = self._database.rows[view]
            for key in sorted({*laid, *kept}):
                if key not in kept:
                    yield f"{view} {key} is missing"
                elif key not in laid:
                    yield f"{view} {key} should not be there"
                elif kept[key] != laid[key]:
                    yield f"{view} {key} is other than the log gives"

    async def swap(self, codecs: Mapping[str, str], rebuilt: Rebuilt, *, was: Position) -> None:
        self._own()
        database = self._database
        if database.checkpoint != was:
            raise Deposed(f"the read models stand at {database.checkpoint}, not at {was}")
        database.rows, database.laid = database.laid, {name: {} for name in VIEWS}
        database.generation += 1
        database.checkpoint, database.codecs = rebuilt.position, dict(codecs)
        database.rebuilt = rebuilt

    async def sweep(self) -> int:
        """What was swapped out is gone already; what was laid may still be there."""
        self._own()
        swept = sum(map(len, self._database.laid.values()))
        self._database.laid = {name: {} for name in VIEWS}
        return swept

    async def one(self, projection: str, key: str, *, tenant: TenantId | None) -> bytes | None:
        check_names(projection, ())
        row = self._database.rows[projection].get(key)
        return row.body if row is not None and _visible(row, tenant) else None

    async def some(
        self,
        projection: str,
        *,
        tenant: TenantId | None,
        where: Mapping[str, str],
        after: str = "",
        limit: int = 100,
    ) -> list[tuple[str, bytes]]:
        check_names(projection, where)
        rows = self._database.rows[projection]
        asked = Asked(tenant, where, after, limit)
        found = selected(rows, lambda key: _shown(rows[key]), asked)
        return [(key, rows[key].body) for key in found]

    def _own(self) -> None:
        if self._log.fence() != self._database.fence:
            raise Deposed(f"the log belongs to {self._database.fence.holder!r} now")


def _visible(row: Row, tenant: TenantId | None) -> bool:
    return visible(_shown(row).tenant, tenant)


def _shown(row: Row) -> Shown:
    return Shown(None if row.projection in PLATFORM_VIEWS else row.tenant, row.columns)
