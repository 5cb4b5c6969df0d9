"""What ``bench.api`` asks, each in a process of its own.

    python -m bench.api_served engine DSN    an engine with two tenants and their fleets
    python -m bench.api_served bare DSN      the bare handler, on the rows that the engine wrote

Both print one line, port and key, when they serve.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import aiohttp
import asyncpg
from aiohttp import web

from bench.dnsbl_engine import engine
from bench.server import Database, Server
from engine.app import collector
from engine.config import Api, Config, Node
from engine.ids import NodeId
from engine.store.connect import connect

TENANT, RIVAL = "bench", "rival"
IPS = 100
FLEET = tuple(f"203.0.113.{n}" for n in range(1, IPS + 1))
THEIRS = tuple(f"198.51.100.{n}" for n in range(1, IPS + 1))
NOBODY = "127.0.0.1:9"  # a name server that is not there: nothing is looked up meanwhile
POOL = 8
NODE = Node(host="127.0.0.1", host_key="ssh-ed25519 AAAA")
ASKED = 10_000_000  # times a minute that one key may: the limit is kept, and never reached
CONFIG = Config(
    api=Api(port=0, requests_per_minute=ASKED),
    allow_reserved_addresses=True,
    nodes={NodeId("mta"): NODE},
)

_LIVE = "generation = (SELECT generation FROM engine.checkpoint)"
_ONE = f"SELECT body FROM engine.view_ips WHERE {_LIVE} AND key = $1"
_LIST = f"SELECT body FROM engine.view_ips WHERE {_LIVE} ORDER BY key LIMIT $1"
_TENANT = "SELECT set_config('engine.tenant', $1, true)"


class Door(NamedTuple):
    port: int
    key: str


@asynccontextmanager
async def doors(running: Server) -> AsyncIterator[tuple[Door, Door]]:
    """The engine's, and the bare handler's."""
    async with (
        running.database(migrated=True) as database,
        _process("engine", database) as ours,
        _process("bare", database) as theirs,
    ):
        yield ours, theirs


@asynccontextmanager
async def _process(what: str, database: Database) -> AsyncIterator[Door]:
    how = [sys.executable, "-m", "bench.api_served", what, database.dsn]
    process = await asyncio.create_subprocess_exec(*how, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        while line := (await process.stdout.readline()).decode().split():
            if line[0] == "serving":
                yield Door(int(line[1]), line[2])
                return
        raise RuntimeError(f"{what} ended before it served")
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _engine(dsn: str) -> None:
    async with engine(dsn, NOBODY, config=CONFIG) as run:
        headers = {"Authorization": f"Bearer {run.live.admin_key}"}
        base = f"http://127.0.0.1:{run.live.port}"
        async with aiohttp.ClientSession(base, headers=headers) as session:
            body = [_named(TENANT), _named(RIVAL)]
            made = await _post(session, "/api/v2/tenants", body)
            for tenant, fleet in ((TENANT, FLEET), (RIVAL, THEIRS)):
                for ip in fleet:
                    one = {"tenant": tenant, "address": ip, "purpose": "news"}
                    await _post(session, "/api/v2/ips", one)
        await run.folded()
        keys = {one["slug"]: one["key"] for one in made}
        collector.settle()  # as a start does
        print("serving", run.live.port, keys[TENANT], flush=True)
        await asyncio.Event().wait()


def _named(slug: str) -> dict[str, str]:
    domains = {"brand_domain": f"{slug}.example", "sending_domain_base": f"mail.{slug}.example"}
    return {"slug": slug, "name": slug, **domains}


async def _post(session: aiohttp.ClientSession, path: str, body: object) -> Any:
    async with session.post(path, json=body) as answer:
        if answer.status >= 300:
            raise RuntimeError(f"{path}: {answer.status} {await answer.text()}")
        return await answer.json()


async def _bare(dsn: str) -> None:
    free: asyncio.Queue[asyncpg.Connection[asyncpg.Record]] = asyncio.Queue()
    for _ in range(POOL):
        free.put_nowait(await connect(dsn, "ee_api", name="bench bare"))

    async def read(query: str, *args: object) -> list[asyncpg.Record]:
        connection = await free.get()
        try:
            async with connection.transaction(readonly=True):
                await connection.execute(_TENANT, TENANT)
                return await connection.fetch(query, *args)
        finally:
            free.put_nowait(connection)

    async def one(_: web.Request) -> web.Response:
        (row,) = await read(_ONE, f"{TENANT}/{FLEET[0]}")
        return web.Response(body=row["body"], content_type="application/json")

    async def some(_: web.Request) -> web.Response:
        rows = await read(_LIST, IPS)
        if len(rows) != IPS:
            raise RuntimeError(f"{len(rows)} rows: is the key of this view another one?")
        body = b"[" + b",".join(row["body"] for row in rows) + b"]"
        return web.Response(body=body, content_type="application/json")

    app = web.Application()
    app.router.add_get("/one", one)
    app.router.add_get("/list", some)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    print("serving", site._server.sockets[0].getsockname()[1], "nobody", flush=True)  # type: ignore[attr-defined]
    await asyncio.Event().wait()


def main() -> None:
    what, dsn = sys.argv[1:]
    asyncio.run({"engine": _engine, "bare": _bare}[what](dsn))


if __name__ == "__main__":
    main()
