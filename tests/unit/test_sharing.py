"""What is equal in two views is held once, wherever in them it stands."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from msgspec import Struct

from engine.projections import PROJECTIONS
from engine.projections.ips import IPS
from engine.projections.listings import LISTINGS
from engine.projections.projection import Projection
from engine.runtime.sharing import share
from engine.runtime.views import Views
from tests.support import samples
from tests.support.acme import BESIDE, acme
from tests.support.event_samples import SAMPLES
from tests.support.spec import ACME, DAY_1, IP, ZEN, record
from tests.support.world import virtually


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


def test_what_many_addresses_were_told_in_one_round_is_held_once() -> None:
    """Ten thousand clean answers of nine lists are as many objects otherwise."""

    async def answers() -> list[Any]:
        world = await acme()
        for ip in (IP, BESIDE):
            await world.warm_up(ip)
        await world.run(DAY_1 + timedelta(minutes=10))
        return [world.last.views.get(LISTINGS, f"{ACME}/{ip}").answers[ZEN] for ip in (IP, BESIDE)]

    one, other = virtually(answers)
    assert one.verdict == "clean"
    assert one is other


def test_a_key_that_several_projections_have_is_held_once() -> None:
    views, registered = Views([IPS, LISTINGS]), record(1, samples.registered())
    list(views.fold(registered))
    (key,), (same,) = views.of(IPS), views.of(LISTINGS)
    assert key is same
