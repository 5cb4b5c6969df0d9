"""Views as they stood at a position, for readers: folded from the nearest image."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from engine.ids import Position, TenantId
from engine.ports import Images, Log, Reader, Row
from engine.projections.projection import Projection
from engine.projections.selection import Asked, Shown, selected, visible
from engine.projections.shape import codec_of
from engine.runtime.folding import fold, nearest
from engine.runtime.views import Views

KEPT_MAX = 5_000  # views of answers that are kept beside the last one, for their next pages


class Wish(NamedTuple):
    position: Position
    names: frozenset[str]
    tenant: TenantId | None


class Past:
    """One question at a time: whoever asks about the past must not use up the present."""

    def __init__(self, log: Log, images: Images, projections: Sequence[Projection[Any]]) -> None:
        self._log, self._images = log, images
        self._projections = {one.name: one for one in projections}
        self._codecs = {one.name: codec_of(one) for one in projections}
        self._kept: dict[Wish, PastViews] = {}  # the one asked for last comes last
        self._one_at_a_time = asyncio.Lock()

    async def at(
        self, position: Position, names: Iterable[str], tenant: TenantId | None
    ) -> "PastViews":
        """These projections as they stood when ``position`` was folded.  ``tenant`` reads only what
        it may read: its own part of images, its own events; None reads all.  Raises KeyError for a
        name that is none, LogUnavailable.
        """
        wish = Wish(position, frozenset(names), tenant)
        async with self._one_at_a_time:
            found = self._kept.pop(wish, None)
            if found is None:
                self._forget()
                found = await self._folded(wish)
            self._kept[wish] = found
        return found

    async def _folded(self, wish: Wish) -> "PastViews":
        """Projections whose images stand at one position are folded on together."""
        together: dict[Position, Views] = {}
        some = [self._projections[name] for name in sorted(wish.names)]
        found = {
            one.name: await nearest(
                self._images, one, self._codecs[one.name], wish.position, wish.tenant
            )
            for one in some
        }
        for position in {image.position for image in found.values()}:
            group = [one for one in some if found[one.name].position == position]
            views = together[position] = Views(group)
            for one in group:
                views.put(one.name, found[one.name].views)
            await fold(self._log, views, position, wish.position, wish.tenant)
        views_of = {one.name: together[found[one.name].position] for one in some}
        return PastViews({one.name: one for one in some}, views_of, wish.tenant)

    def _forget(self) -> None:
        """Before a new one is made: two of a large fleet's must not stand beside each other."""
        while sum(map(len, self._kept.values())) > KEPT_MAX:
            self._kept.pop(next(iter(self._kept)))


class PastViews(Reader):
    """A reader's own: whoever it says it reads for, it sees no more than it was folded for."""

    def __init__(
        self,
        projections: Mapping[str, Projection[Any]],
        views: Mapping[str, Views],
        tenant: TenantId | None,
    ) -> None:
        self._projections, self._views, self._tenant = projections, views, tenant

    def __len__(self) -> int:
        return sum(len(self._of(name)) for name in self._projections)

    async def one(self, projection: str, key: str, *, tenant: TenantId | None) -> bytes | None:
        if key not in self._of(projection):
            return None
        shown = self._shown(projection, key)
        if not visible(shown.tenant, self._tenant) or not visible(shown.tenant, tenant):
            return None
        return self._views[projection].row(projection, key).body

    async def some(
        self,
        projection: str,
        *,
        tenant: TenantId | None,
        where: Mapping[str, str],
        after: str = "",
        limit: int = 100,
    ) -> list[tuple[str, bytes]]:
        declared = self._projections[projection]
        strange = where.keys() - declared.columns(declared.initial).keys()
        if strange:
            raise KeyError(f"view {projection!r} declares no column {', '.join(sorted(strange))}")
        asked = Asked(tenant or self._tenant, where, after, limit)
        found = selected(self._of(projection), lambda key: self._shown(projection, key), asked)
        return [(key, self._views[projection].row(projection, key).body) for key in found]

    def rows(self, projection: str) -> list[Row]:
        """All that its reader sees, in the order of keys."""
        keys = selected(
            self._of(projection),
            lambda key: self._shown(projection, key),
            Asked(self._tenant, {}, "", len(self._of(projection))),
        )
        return [self._views[projection].row(projection, key) for key in keys]

    def _of(self, name: str) -> Mapping[str, Any]:
        return self._views[name].of(self._projections[name])

    def _shown(self, name: str, key: str) -> Shown:
        projection, view = self._projections[name], self._of(name)[key]
        return Shown(projection.tenant(view), projection.columns(view))
