"""The same answers about the log from Postgres, where a tenant is kept apart by its policies."""

import pytest
from aiohttp.test_utils import TestClient, TestServer

from engine.api.app import build
from engine.ids import Position
from engine.ports import New, Slice
from tests.contract.test_api_events import read_through, two_lives
from tests.contract.test_api_explain import EXPLAIN, listed
from tests.support.api_world import ApiWorld, Client
from tests.support.listening import listening
from tests.support.log_bench import NewLog
from tests.support.spec import IP, NODE, OTHER

pytestmark = pytest.mark.real

QUERIES = (
    "",
    "type=ip.",
    "type=dnsbl.looked,node.",
    f"ip={IP}",
    f"ip={IP}&type=ip.",
    f"node={NODE}",
    f"stream=dnsbl-{OTHER}",
    "type=alert.",
)


async def in_postgres(world: ApiWorld, new_log: NewLog) -> TestServer:
    """What happened so far, served from there."""
    log = new_log()
    await log.lead("main")
    for one in await world.log.read_from(Position(0), 1_000):
        part = Slice(stream=one.stream, tenant=one.tenant, events=[New(one.id, one.event)])
        await log.append([part], actor=one.actor, cause=one.cause)
    return TestServer(build(world.deps()._replace(log=log)))


async def test_every_filter_gives_everybody_the_same_as_in_memory(
    world: ApiWorld, new_log: NewLog
) -> None:
    clients = await two_lives(world)
    server = await in_postgres(world, new_log)
    async with TestClient(server) as http:
        for client in clients:
            for query in QUERIES:
                path = f"/api/v2/events?limit=500&{query}"
                expected, found = await client.get(path), await Client(http, client.key).get(path)
                assert _ids(found.body) == _ids(expected.body), (query, client is clients[0])
                assert found.body["next"] == expected.body["next"], query


def _ids(body: dict[str, list[dict[str, str]]]) -> list[str]:
    return [one["id"] for one in body["items"]]


async def test_a_tenants_pages_and_stream_go_on_from_its_own_last_event(
    world: ApiWorld, new_log: NewLog
) -> None:
    _, sos, ulixai = await two_lives(world)
    whole = _ids((await sos.get("/api/v2/events?limit=500")).body)
    theirs = (await ulixai.get("/api/v2/events?limit=500")).body["next"]
    world.http, memory = TestClient(await in_postgres(world, new_log)), world.http
    async with world.http:
        mine = Client(world.http, sos.key)
        assert await read_through(world, mine, "limit=2") == whole
        said = await mine.get(f"/api/v2/events?after={theirs}")
        assert said.problem == (422, "invalid", "$.after")
        async with listening(world, mine) as listener:
            first = await listener.some(2)
        async with listening(world, mine, last_id=listener.last_id) as listener:
            rest = await listener.some(len(whole) - 2)
        assert [one.shown["id"] for one in [*first, *rest]] == whole
    world.http = memory


async def test_an_address_is_explained_to_its_owner_and_to_the_platform_alone(
    world: ApiWorld, new_log: NewLog
) -> None:
    admin, sos, ulixai = await world.two_tenants()
    await listed(world)
    async with TestClient(await in_postgres(world, new_log)) as http:
        for client in (admin, sos):
            expected, found = await client.get(EXPLAIN), await Client(http, client.key).get(EXPLAIN)
            assert found.status == 200, found.body
            assert _chain(found.body) == _chain(expected.body)
        assert (await Client(http, ulixai.key).get(EXPLAIN)).status == 404
        tip = (await Client(http, admin.key).get("/api/v2/log/head")).body
        assert tip["position"] == world.length
        assert tip["digest"] != "0" * 64


def _chain(body: dict[str, list[dict[str, list[dict[str, str]]]]]) -> list[object]:
    return [
        (one["id"], [cause["id"] for cause in one["because"]], [end["id"] for end in one["then"]])
        for one in body["sentences"]
    ]
