"""The log as a stream: nothing is missed and nothing comes twice, whatever breaks off."""

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer

from engine.api import event_stream, following, streams
from engine.api.app import build
from engine.api.auth import caller
from engine.api.call import Call
from engine.api.event_filters import EventFilter
from engine.commands.key import RevokeKey
from engine.ids import KeyId, Position
from engine.ports import ALL, Page, Wanted
from tests.support import samples
from tests.support.api_world import SOS, ULIXAI, ApiWorld, Client, api_world
from tests.support.happenings import happens
from tests.support.listening import STREAM, Heard, listening, until
from tests.support.spec import IP, OTHER

SHORT_S = 0.05


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ApiWorld]:
    monkeypatch.setattr(following, "GATHER_S", 0.001)
    monkeypatch.setattr(event_stream, "PORTION", 3)
    async with api_world() as made, asyncio.timeout(20):
        yield made


async def busy(world: ApiWorld, number: int) -> None:
    """Looks of both tenants, in turns."""
    for _ in range(number):
        await happens(world, SOS, f"dnsbl-{IP}", samples.looked())
        await happens(world, ULIXAI, f"dnsbl-{OTHER}", samples.looked(ip=OTHER))
        await asyncio.sleep(0)


async def all_of(client: Client, query: str = "") -> list[str]:
    return [
        one["id"] for one in (await client.get(f"/api/v2/events?limit=500&{query}")).body["items"]
    ]


def ids(heard: list[Heard]) -> list[str]:
    return [one.shown["id"] for one in heard]


@pytest.mark.parametrize("who", ["platform", "tenant"])
@pytest.mark.parametrize("query", ["", "type=dnsbl.", f"ip={IP}&since=2026-01-01"])
async def test_a_client_that_drops_again_and_again_gets_each_event_once(
    world: ApiWorld, who: str, query: str
) -> None:
    admin, sos, _ = await world.two_tenants()
    client = admin if who == "platform" else sos
    heard: list[Heard] = []
    last_id = ""
    writing = asyncio.create_task(busy(world, 30))
    for take in (1, 4, 2, 7):
        async with listening(world, client, query, last_id) as listener:
            heard += await listener.some(take)
            last_id = listener.last_id
    await writing
    whole = await all_of(client, query)
    async with listening(world, client, query, last_id) as listener:
        heard += await listener.some(len(whole) - len(heard))
    assert ids(heard) == whole


async def test_an_event_of_the_stream_is_that_of_the_list(world: ApiWorld) -> None:
    admin, sos, _ = await world.two_tenants()
    await busy(world, 1)
    for client in (admin, sos):
        listed = (await client.get("/api/v2/events?type=dnsbl.&limit=1")).body["items"]
        async with listening(world, client, "type=dnsbl.") as listener:
            (heard,) = await listener.some(1)
        assert [heard.shown] == listed
        assert heard.type == "dnsbl.looked"
        assert heard.id == (str(heard.shown["position"]) if client is admin else heard.shown["id"])


async def test_a_tenant_hears_nothing_of_another(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    async with listening(world, sos, "since=now") as listener:
        await happens(world, ULIXAI, f"dnsbl-{OTHER}", samples.looked(ip=OTHER))
        await happens(world, SOS, f"dnsbl-{IP}", samples.looked())
        (heard,) = await listener.some(1)
    assert heard.shown["event"]["ip"] == IP


async def test_a_client_that_has_heard_nothing_yet_misses_nothing_when_it_comes_again(
    world: ApiWorld,
) -> None:
    """It began now, and now is later when it comes again."""
    for client in (await world.two_tenants())[:2]:
        async with listening(world, client, "since=now&type=dnsbl.") as listener:
            await listener.response.content.readline()
            opening = (await listener.response.content.readline()).decode()
            last_id = opening.removeprefix("id: ").strip()
        await happens(world, SOS, f"dnsbl-{IP}", samples.looked())
        world.clock.at += timedelta(hours=1)
        async with listening(world, client, "since=now&type=dnsbl.", last_id) as listener:
            assert len(await listener.some(1)) == 1


async def test_a_place_nobody_knows_is_refused_before_the_stream_begins(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    said = await sos.get(STREAM, headers={"Last-Event-ID": "41"})
    assert said.problem == (422, "invalid", "Last-Event-ID")
    assert (await sos.get(f"{STREAM}?type=ip.stoped")).problem == (422, "invalid", "$.type")
    assert (await world.client().get(STREAM)).status == 401


async def test_no_proxy_and_no_browser_keeps_it(world: ApiWorld) -> None:
    admin, _, _ = await world.two_tenants()
    async with listening(world, admin) as listener:
        headers = listener.response.headers
        assert headers["Content-Type"] == "text/event-stream"
        assert headers["Cache-Control"] == "no-cache, no-store"
        assert headers["X-Accel-Buffering"] == "no"
        assert headers["X-Content-Type-Options"] == "nosniff"
    async with world.http.head(STREAM, headers={"Authorization": f"Bearer {admin.key}"}) as head:
        assert head.status == 200
        assert await head.read() == b""


async def test_a_stream_is_no_slow_answer_however_long_it_is_listened_to(
    world: ApiWorld,
) -> None:
    _, sos, _ = await world.two_tenants()
    took: dict[str, float] = {}
    deps = world.deps()._replace(seen=lambda method, route, status, s: took.update({route: s}))
    world.http, before = TestClient(TestServer(build(deps))), world.http
    async with world.http:
        async with listening(world, sos, "since=now") as listener:
            await asyncio.sleep(SHORT_S)
            world.requests.end()
            assert await listener.next() is None
        await until(lambda: STREAM in took)
    world.http = before
    assert took[STREAM] == 0


# --- heartbeats, keys, ends ----------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "HEARTBEAT_S", SHORT_S)


@pytest.mark.usefixtures("quick")
async def test_a_quiet_stream_has_a_heartbeat_and_is_no_open_request(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    async with listening(world, sos, "since=now") as listener:
        waiting = asyncio.create_task(listener.next())
        await until(lambda: listener.beats >= 3)
        assert world.requests.idle
        await happens(world, SOS, f"dnsbl-{IP}", samples.looked())
        assert await waiting is not None


@pytest.mark.usefixtures("quick")
async def test_others_who_are_busy_do_not_silence_the_heartbeat(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    async with listening(world, sos, "since=now") as listener:
        waiting = asyncio.create_task(listener.next())
        while listener.beats < 3:
            await happens(world, ULIXAI, f"dnsbl-{OTHER}", samples.looked(ip=OTHER))
            await asyncio.sleep(0.001)
        waiting.cancel()


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("owner", [None, SOS])
async def test_a_key_that_is_revoked_hears_no_more(world: ApiWorld, owner: None) -> None:
    await world.two_tenants()
    key = await world.issue(owner, "read")
    async with listening(world, world.client(key.text), "since=now") as listener:
        await world.order(RevokeKey(key=KeyId(key.id), why="lost"), owner)
        await happens(world, SOS, f"dnsbl-{IP}", samples.looked())
        assert await listener.next() is None
    assert (await world.client(key.text).get(STREAM)).status == 401


async def test_the_end_of_the_engine_ends_the_stream(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    async with listening(world, sos, "since=now") as listener:
        waiting = asyncio.create_task(listener.next())
        await asyncio.sleep(SHORT_S)
        assert not waiting.done()
        world.requests.end()
        assert await waiting is None


@pytest.mark.usefixtures("quick")
async def test_a_log_that_is_away_is_waited_for(
    world: ApiWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "AWAY_S", 0.001)
    _, sos, _ = await world.two_tenants()
    async with listening(world, sos, "since=now") as listener:
        waiting = asyncio.create_task(listener.next())
        await happens(world, SOS, f"dnsbl-{IP}", samples.looked())
        assert await waiting is not None
        world.log.away = True
        waiting = asyncio.create_task(listener.next())
        beats = listener.beats
        await until(lambda: listener.beats >= beats + 2)
        world.log.away = False
        await happens(world, SOS, f"dnsbl-{IP}", samples.looked())
        assert await waiting is not None


# --- slow clients --------------------------------------------------------------------------------


async def test_the_next_portion_is_read_when_the_client_has_taken_the_one_before(
    world: ApiWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, _, _ = await world.two_tenants()
    await busy(world, 10)
    sizes: list[int] = []
    real = world.log.pages

    def counted(
        after: Position, until: Position, wanted: Wanted = ALL, size: int = 1_000
    ) -> AsyncGenerator[Page, None]:
        sizes.append(size)
        return real(after, until, wanted, size)

    monkeypatch.setattr(world.log, "pages", counted)
    who = caller(world.pump.views, f"Bearer {admin.key}", world.clock.now())
    call = Call(world.deps(), who, {}, None)
    reader = await following.begun(call, EventFilter())
    async with aclosing(event_stream.feed(call, reader)) as feed:
        await anext(feed)
        assert (await anext(feed)).count(b"data: ") == event_stream.PORTION
        assert sizes == [event_stream.PORTION + 1]
        await anext(feed)
        assert sizes == [event_stream.PORTION + 1] * 2
    assert world.requests.idle


async def test_a_client_that_does_not_read_is_let_go(
    world: ApiWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "TAKEN_WITHIN_S", 0.2)
    monkeypatch.setattr(event_stream, "PORTION", 100)
    admin, _, _ = await world.two_tenants()
    await happens(world, SOS, f"dnsbl-{IP}", *[samples.looked()] * 10_000)
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    client.setblocking(False)
    loop = asyncio.get_running_loop()
    try:
        await loop.sock_connect(client, ("127.0.0.1", world.http.server.port))
        ask = f"GET {STREAM} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {admin.key}\r\n\r\n"
        await loop.sock_sendall(client, ask.encode())
        await until(lambda: ("GET", STREAM, 200) in world.seen)
        assert world.requests.idle
    finally:
        client.close()
