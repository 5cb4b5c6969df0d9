"""PowerMTA posts its accounting: with a key of the platform, and counted once."""

import gzip
from collections.abc import AsyncIterator

import msgspec
import pytest

from engine.api import decode
from engine.events.traffic import TRAFFIC, FileRead
from engine.values.traffic import Source
from tests.support.accounting import HEADER, line
from tests.support.api_world import ApiWorld, Client, api_world
from tests.support.spec import NODE

PATH = f"/api/v2/accounting/{NODE}"
CSV = {"Content-Type": "text/csv"}
TEN = (HEADER + line() * 10).encode()


@pytest.fixture
async def world() -> AsyncIterator[ApiWorld]:
    async with api_world() as world:
        world.tuning.accounting[NODE] = Source(http=True)
        yield world


async def pmta(world: ApiWorld) -> tuple[Client, Client, Client]:
    admin, sos, _ = await world.two_tenants()
    made = await admin.post("/api/v2/keys", {"scopes": ["accounting"]})
    assert (made.status, made.body["tenant"]) == (201, None)
    return admin, sos, Client(world.http, made.body["key"])


async def read(world: ApiWorld) -> list[FileRead]:
    found = await world.log.read(TRAFFIC, NODE)
    return [one.event for one in found if isinstance(one.event, FileRead)]


async def test_a_batch_is_counted_and_the_same_again_is_not(world: ApiWorld) -> None:
    _, _, node = await pmta(world)
    said = await node.post(PATH, data=TEN, headers=CSV)
    assert (said.status, said.body["counted"], said.body["rows"]) == (200, True, 10)
    again = await node.post(PATH, data=TEN, headers=CSV)
    assert (again.status, again.body["counted"]) == (200, False)
    packed = gzip.compress(TEN)
    gzipped = {**CSV, "Content-Encoding": "gzip"}
    assert (await node.post(PATH, data=packed, headers=gzipped)).body["counted"] is False
    as_json = msgspec.json.encode([{"type": "d", "timeLogged": "1767607200", "vmta": "x"}])
    assert (await node.post(PATH, data=as_json)).body["rows"] == 1
    assert [one.rows for one in await read(world)] == [10, 1]


async def test_only_a_key_of_the_platform_for_accounting_may_send_it(world: ApiWorld) -> None:
    admin, sos, node = await pmta(world)
    assert (await sos.post(PATH, data=TEN, headers=CSV)).problem[:2] == (403, "forbidden")
    assert (await node.get("/api/v2/tenants")).problem[:2] == (403, "forbidden")
    for scopes in (["accounting", "read"], ["accounting"]):
        asked = {"scopes": scopes, "tenant": "sos-expat"}
        assert (await admin.post("/api/v2/keys", asked)).problem[:2] == (422, "invalid")
    assert await read(world) == []


@pytest.mark.parametrize(
    ("data", "headers", "problem"),
    [
        (b"no header\r\n", CSV, (422, "invalid")),
        (b"[1]", {}, (422, "invalid")),
        (TEN, {"Content-Type": "text/html"}, (415, "content-type")),
        (TEN, {**CSV, "Content-Encoding": "gzip"}, (400, "bad-request")),
        (TEN, {**CSV, "Idempotency-Key": "a/b"}, (400, "bad-request")),
    ],
)
async def test_what_is_no_batch_is_refused_and_counts_nothing(
    world: ApiWorld, data: bytes, headers: dict[str, str], problem: tuple[int, str]
) -> None:
    _, _, node = await pmta(world)
    assert (await node.post(PATH, data=data, headers=headers)).problem[:2] == problem
    assert await read(world) == []


async def test_a_batch_that_is_too_large_unpacked_is_refused(
    world: ApiWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decode, "RAW_MAX", 200_000)
    _, _, node = await pmta(world)
    packed = gzip.compress(HEADER.encode() + line().encode() * 5_000)
    said = await node.post(PATH, data=packed, headers={**CSV, "Content-Encoding": "gzip"})
    assert said.problem[:2] == (413, "too-large")
    assert await read(world) == []


async def test_a_node_whose_files_are_read_is_not_counted_twice(world: ApiWorld) -> None:
    _, _, node = await pmta(world)
    said = await node.post("/api/v2/accounting/nowhere", data=TEN, headers=CSV)
    assert said.problem[:2] == (404, "not-found")
    world.tuning.accounting[NODE] = Source(directory="/var/log/pmta/moved")
    said = await node.post(PATH, data=TEN, headers=CSV)
    assert said.problem[:2] == (409, "refused")
    assert "http = true" in said.body["detail"]
