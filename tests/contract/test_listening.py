"""The API's socket: where it may listen, whom it hangs up on."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import cast

import pytest
from aiohttp import web

from engine.adapters.system import token
from engine.adapters.systemd import Systemd
from engine.api import connection
from engine.api.middleware import HEADERS
from engine.app import listening
from engine.app.parts import Parts
from engine.app.serve import running
from engine.app.settings import Settings
from engine.config import Api, Config
from engine.errors import StartRefused


@asynccontextmanager
async def served(most: int) -> AsyncIterator[int]:
    async def hello(request: web.Request) -> web.Response:
        return web.Response(text="hello")

    app = web.Application()
    app.router.add_get("/", hello)
    async with listening.listening(app, Api(port=0, connections=most)) as port:
        yield port


async def asked(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    return reader, writer, await reader.readline()


async def test_one_more_than_may_be_open_is_told_so_and_its_place_is_free_again_later() -> None:
    async with served(2) as port:
        first, second = await asked(port), await asked(port)
        assert first[2] == second[2] == b"HTTP/1.1 200 OK\r\n"
        reader, writer, status = await asked(port)
        assert status == b"HTTP/1.1 503 Service Unavailable\r\n"
        rest = await reader.read()
        head, _, body = rest.partition(b"\r\n\r\n")
        assert f"Content-Length: {len(body)}".encode() in head
        assert b"Content-Type: application/problem+json" in head
        assert json.loads(body)["type"] == "urn:email-engine:problem:too-many"
        writer.close()
        first[1].close()
        await first[1].wait_closed()
        while (again := await asked(port))[2] != b"HTTP/1.1 200 OK\r\n":
            again[1].close()
        again[1].close()
        second[1].close()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "mail.example.com", ""])
def test_plain_http_for_other_machines_is_refused(host: str) -> None:
    with pytest.raises(StartRefused, match="keys would be read on the way"):
        listening.refuse_exposed(Api(host=host))
    assert not listening.is_exposed(Api(host=host, proxies=("192.0.2.9",)))


async def test_an_engine_that_may_not_listen_there_begins_nothing() -> None:
    settings = Settings(Config(api=Api(host="0.0.0.0")), token, Systemd(""))
    untouched = cast(Parts, None)
    with pytest.raises(StartRefused, match="keys would be read on the way"):
        async with running(untouched, settings):
            raise AssertionError("it began")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "localhost"])
def test_on_its_own_machine_it_listens(host: str) -> None:
    assert not listening.is_exposed(Api(host=host))


def test_a_proxy_that_is_no_network_keeps_it_from_starting() -> None:
    with pytest.raises(StartRefused, match="proxies: 'nginx' is no network"):
        listening.proxies(Api(proxies=("nginx",)))
    with pytest.raises(StartRefused, match="everybody"):
        listening.proxies(Api(proxies=("0.0.0.0/0",)))


# --- clients that are slow, or that send no HTTP


async def raw(port: int, *parts: bytes, each_s: float = 0.0) -> bytes:
    """All that is answered until it is hung up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def trickle() -> None:
        with suppress(ConnectionError):
            for part in parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(each_s)

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        trickling = tasks.create_task(trickle())
        said = b""
        with suppress(ConnectionError):
            while part := await reader.read(4096):
                said += part
        trickling.cancel()
    writer.close()
    return said


async def test_headers_that_trickle_for_ever_are_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each byte comes well within the limit, and all of them together do not."""
    monkeypatch.setattr(listening, "KEEPALIVE_S", 0.2)
    endless = [b"GET / HTTP/1.1\r\n", *(b"X-%d: y\r\n" % n for n in range(100_000))]
    async with served(2) as port:
        assert await raw(port, *endless, each_s=0.02) == b""
        assert await raw(port) == b"", "who says nothing at all is hung up on too"


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b"GET /" + b"x" * 9_000 + b" HTTP/1.1\r\n", "too long"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 9_000 + b"\r\n", "too long"),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", "malformed"),
        (b"GET / HTTP/1.1\r\nAuthorization: Bearer canary\x00\r\n\r\n", "malformed"),
        (b"GET /?key=canary\x01 HTTP/1.1\r\n\r\n", "malformed"),
        (b"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", "malf"),
        (b"\x16\x03\x01canary\r\n\r\n", "malformed"),
    ],
)
async def test_what_is_no_http_is_a_problem_like_others_and_is_repeated_to_nobody(
    sent: bytes, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with served(2) as port:
        said = await raw(port, sent)
    head, _, body = said.partition(b"\r\n\r\n")
    assert head.split(b" ")[1] == b"400"
    for name, value in HEADERS.items():
        assert f"\r\n{name}: {value}".encode() in head, name
    assert json.loads(body)["type"] == "urn:email-engine:problem:bad-request"
    assert why in json.loads(body)["detail"]
    assert "canary" not in (said.decode() + caplog.text)


async def test_who_does_not_take_its_answer_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "ANSWER_TAKEN_WITHIN_S", 0.1)

    async def long(request: web.Request) -> web.Response:
        return web.Response(body=bytes(16 << 20))

    app = web.Application()
    app.router.add_get("/", long)
    async with listening.listening(app, Api(port=0, connections=1)) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        async with asyncio.timeout(10):
            while (other := await asked(port))[2].startswith(b"HTTP/1.1 503"):
                other[1].close()
            other[1].close()
        writer.close()


async def test_a_body_that_nobody_reads_keeps_no_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listening, "LINGERING_S", 0.1)
    head = b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"
    async with served(1) as port:
        said = await raw(port, head, *[b"x"] * 100_000, each_s=0.02)
        assert said.startswith(b"HTTP/1.1 200 OK"), "it is answered, and hung up on"


async def test_a_port_that_is_taken_says_so() -> None:
    async with served(2) as port:
        with pytest.raises(StartRefused, match="is another engine running"):
            async with listening.listening(web.Application(), Api(port=port)):
                pytest.fail("two on one port")


@pytest.mark.parametrize(("expects", "status"), [("100-continue", 200), ("a-miracle", 400)])
async def test_an_expectation_that_is_not_met_is_a_problem_and_ends_the_connection(
    expects: str, status: int
) -> None:
    head = f"GET / HTTP/1.1\r\nHost: x\r\nExpect: {expects}\r\n"
    if status == 200:
        head += "Connection: close\r\n"
    async with served(2) as port:
        said = await raw(port, f"{head}\r\n".encode())
    first, _, rest = said.rpartition(b"HTTP/1.1 ")[2].partition(b"\r\n")
    assert first.startswith(str(status).encode())
    if status == 400:
        head_said, _, body = rest.partition(b"\r\n\r\n")
        assert b"application/problem+json" in head_said
        assert all(name.encode() in head_said for name in HEADERS)
        assert "100-continue" in json.loads(body)["detail"]


@pytest.mark.parametrize("reads", [True, False])
async def test_a_body_that_is_not_packed_as_it_says_ends_the_connection_and_is_no_bug(
    reads: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def take(request: web.Request) -> web.Response:
        if reads:
            with pytest.raises(web.RequestPayloadError):
                await request.read()
        return web.Response(status=400, text="no")

    app = web.Application()
    app.router.add_post("/", take)
    packed = (
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd"
    )
    async with listening.listening(app, Api(port=0)) as port:
        said = await raw(port, packed)
    assert said.startswith(b"HTTP/1.1 400")
    assert b"\r\nConnection: close\r\n" in said
    assert said.endswith(b"no")
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]
