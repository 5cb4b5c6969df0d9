"""Views to images and back: nothing is lost, and damage is noticed."""

import asyncio
import zlib
from collections.abc import Iterator
from itertools import permutations
from random import Random

import msgspec
import pytest

from engine.ids import TenantId, Zone
from engine.ports import ImageFailed, Part
from engine.projections import PROJECTIONS
from engine.projections.alerts import ALERTS, Alert
from engine.projections.ip_lists import Words
from engine.projections.ip_looks import Lists
from engine.projections.ip_row import IpRow
from engine.projections.ips import IPS
from engine.projections.nodes import NODES
from engine.rules.listing import Standing
from engine.runtime.packing import SLICE, packed, unpacked
from engine.runtime.views import Views
from tests.support.event_samples import SAMPLES
from tests.support.packing import come_back_as_they_were
from tests.support.spec import ACME, DAY_1, RIVAL, record


def of_samples() -> Iterator[Views]:
    """Many times two samples after each other, and all of them: for a tenant and nobody."""
    pairs = Random(1).sample([*permutations(SAMPLES, 2)], 500)
    for tenant in (ACME, None):
        for some in (*pairs, SAMPLES):
            views = Views(PROJECTIONS)
            for n, event in enumerate(some, start=1):
                for _ in views.fold(record(n, event, tenant=tenant)):
                    pass
            yield views


async def test_what_is_folded_from_any_events_comes_back_as_it_was() -> None:
    assert sum([await come_back_as_they_were(views) for views in of_samples()]) > 1_000


async def test_a_projection_without_views_has_no_parts() -> None:
    assert await packed(IPS, {}) == []
    assert await unpacked(IPS, []) == {}


async def test_each_tenant_has_a_part_of_its_own() -> None:
    views = {f"{tenant}/{n}": IpRow(tenant=tenant) for tenant in (ACME, RIVAL) for n in range(3)}
    parts = {part.tenant: part for part in await packed(IPS, views)}
    assert parts.keys() == {ACME, RIVAL}
    ours = await unpacked(IPS, [parts[ACME]])
    assert ours == {key: view for key, view in views.items() if view.tenant == ACME}


async def test_others_get_their_turn_while_a_large_fleet_is_packed_and_unpacked() -> None:
    """As often as there are slices; a slice is small enough by its size, not by a clock."""
    views = {str(n): IpRow(hostname="h" * 100) for n in range(2_000)}
    size = sum(len(key) for key in views) + 2_000 * 100

    async def turns() -> int:
        count = 0
        while True:
            try:
                await asyncio.sleep(0)
            except asyncio.CancelledError:
                return count
            count += 1

    async with asyncio.TaskGroup() as group:
        others = group.create_task(turns())
        parts = await packed(IPS, views)
        others.cancel()
    packing = others.result()
    async with asyncio.TaskGroup() as group:
        others = group.create_task(turns())
        assert await unpacked(IPS, parts) == views
        others.cancel()
    assert min(packing, others.result()) >= size / SLICE


async def test_equal_values_are_held_once_as_in_views_that_were_folded() -> None:
    at, zones = DAY_1, [Zone(f"zone-{n}.example") for n in range(3)]
    views = {
        str(n): IpRow(
            lists=Lists(words=Words(standing={zone: Standing(last_at=at) for zone in zones}))
        )
        for n in range(3)
    }
    found = await unpacked(IPS, await packed(IPS, views))
    assert found == views
    assert len({id(one) for row in found.values() for one in row.lists.standing.values()}) == 1


async def test_what_is_equal_and_not_the_same_is_left_apart() -> None:
    """1 == True, but they are written otherwise."""
    views = {"a": Alert(key="a", firing=True, doubts=1)}
    (view,) = (await unpacked(ALERTS, await packed(ALERTS, views))).values()
    assert msgspec.json.encode(view) == msgspec.json.encode(views["a"])


@pytest.fixture
async def body() -> bytes:
    views = {f"{ACME}/{n}": IpRow(tenant=ACME, hostname=f"mail{n}.example") for n in range(50)}
    (part,) = await packed(IPS, views)
    return part.body


def damaged(body: bytes) -> Iterator[bytes]:
    yield b""
    for length in range(1, len(body), 7):
        yield body[:length]
    for place in range(2, len(body), 5):
        yield body[:place] + bytes([body[place] ^ 0x41]) + body[place + 1 :]
    yield zlib.compress(b'["a",{"phase":"NOWHERE"}]\n')
    yield zlib.compress(b'["a",{}]')
    yield zlib.compress(b'["a"')


async def test_damage_is_noticed_wherever_it_is(body: bytes) -> None:
    for one in damaged(body):
        with pytest.raises(ImageFailed):
            await unpacked(IPS, [Part(ACME, one)])
    with pytest.raises(ImageFailed):
        await unpacked(NODES, [Part(None, zlib.compress(b'["a",7]\n'))])


async def test_the_text_of_a_failure_says_whose_part_it_is() -> None:
    with pytest.raises(ImageFailed, match="holds of bolt"):
        await unpacked(IPS, [Part(TenantId("bolt"), b"no zlib")])
    with pytest.raises(ImageFailed, match="holds of the platform"):
        await unpacked(IPS, [Part(None, b"no zlib")])
