"""All views of all projections, folded one event at a time."""

from collections.abc import Iterator, Mapping, Sequence
from sys import intern
from typing import Any, TypeVar

import msgspec

from engine.events import Event, Fact, Recorded
from engine.ports import Row
from engine.projections.projection import Projection, first

V = TypeVar("V")


class Views:
    def __init__(self, projections: Sequence[Projection[Any]]) -> None:
        self._projections = {one.name: one for one in projections}
        self._views: dict[str, dict[str, Any]] = {one.name: {} for one in projections}
        self._folding: dict[type[Fact], list[Projection[Any]]] = {}
        for one in projections:
            for kind in one.folds:
                self._folding.setdefault(kind, []).append(one)

    def fold(self, recorded: Recorded[Event]) -> Iterator[tuple[str, str]]:
        """Yields the (projection, key) of each view it concerns; consume it to the end."""
        for projection in self._folding.get(type(recorded.event), ()):
            views = self._views[projection.name]
            for key in map(intern, projection.keys(recorded)):  # a dozen views have the same one
                before = views.get(key) or first(projection, key)
                views[key] = projection.evolve(before, recorded)
                yield projection.name, key

    def of(self, projection: Projection[V]) -> Mapping[str, V]:
        return self._views[projection.name]

    def get(self, projection: Projection[V], key: str) -> V:
        return self.of(projection).get(key) or first(projection, key)

    def all_keys(self) -> Iterator[tuple[str, str]]:
        """The (projection, key) of every view."""
        for name, views in self._views.items():
            for key in views:
                yield name, key

    @property
    def count(self) -> int:
        return sum(map(len, self._views.values()))

    @property
    def tags(self) -> tuple[str, ...]:
        """Of the events that concern any of them."""
        return tuple(sorted(str(kind.__struct_config__.tag) for kind in self._folding))

    def copy(self) -> dict[str, dict[str, Any]]:
        """By projection and key, as they stand now: what is folded later does not change it."""
        return {name: dict(views) for name, views in self._views.items()}

    def put(self, name: str, views: dict[str, Any]) -> None:
        """In the place of all views that this projection had."""
        self._views[name] = views

    def row(self, name: str, key: str) -> Row:
        """A view as it is kept for readers."""
        projection, view = self._projections[name], self._views[name][key]
        return Row(
            projection=name,
            key=key,
            tenant=projection.tenant(view),
            columns=projection.columns(view),
            body=msgspec.json.encode(view),
        )
