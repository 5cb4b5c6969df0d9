"""What is equal in two views is held once, wherever in them it stands."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from msgspec import Struct

from engine.projections import PROJECTIONS
from engine.projections.projection import Projection
from engine.runtime.sharing import share
from engine.runtime.views import Views
from tests.support.event_samples import SAMPLES
from tests.support.spec import ACME, record


def _mappings(view: Struct) -> Iterator[dict[Any, Any]]:
    """All there are, by a walk through every field."""
    for name in view.__struct_fields__:
        held = getattr(view, name)
        if isinstance(held, dict):
            yield held
        elif isinstance(held, Struct):
            yield from _mappings(held)


def _shareable(mapping: dict[Any, Any]) -> Iterator[Any]:
    for value in mapping.values():
        if isinstance(value, str | Struct):
            try:
                hash(value)
            except TypeError:  # it holds a mapping itself
                return
            yield value


def _views(projection: Projection[Any]) -> list[Any]:
    views = Views([projection])
    for n, event in enumerate(SAMPLES, start=1):
        for _ in views.fold(record(n, event, tenant=ACME)):
            pass
    return list(views.of(projection).values())


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda one: str(one.name))
def test_no_mapping_of_any_view_is_passed_over(projection: Projection[Any]) -> None:
    for view in _views(projection):
        body = msgspec.json.encode(view)
        first, second = (msgspec.json.decode(body, type=type(view)) for _ in range(2))
        known: dict[Any, Any] = {}
        share(first, known)
        share(second, known)
        assert first == second == view
        for one, other in zip(_mappings(first), _mappings(second), strict=True):
            ours, theirs = list(_shareable(one)), list(_shareable(other))
            assert all(a is b for a, b in zip(ours, theirs, strict=True))


def test_samples_of_events_give_views_with_much_to_share() -> None:
    held = [
        value
        for projection in PROJECTIONS
        for view in _views(projection)
        for mapping in _mappings(view)
        for value in _shareable(mapping)
    ]
    assert len(held) > 100
