"""A client that listens to a stream of server-sent events, as a browser does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import msgspec
from aiohttp import ClientResponse

from tests.support.api_world import ApiWorld, Client

STREAM = "/api/v2/events/stream"


class Heard(NamedTuple):
    id: str
    type: str
    shown: dict[str, Any]


class Listener:
    """One connection; ``last_id`` is what a browser sends when it comes again."""

    def __init__(self, response: ClientResponse) -> None:
        self.response = response
        self.last_id = ""
        self.beats = 0

    async def next(self) -> Heard | None:
        """None: the stream has ended."""
        fields: dict[str, str] = {}
        async for raw in self.response.content:
            line = raw.decode().rstrip("\n")
            name, _, value = line.partition(": ")
            if line.startswith(":"):
                self.beats += 1
            elif line:
                fields[name] = value
            else:
                self.last_id = fields.get("id", self.last_id)
                if "data" in fields:
                    shown = msgspec.json.decode(fields["data"])
                    return Heard(self.last_id, fields["event"], shown)
                fields = {}
        return None

    async def some(self, number: int) -> list[Heard]:
        found = [await self.next() for _ in range(number)]
        return [one for one in found if one is not None]


@asynccontextmanager
async def listening(
    world: ApiWorld, client: Client, query: str = "", last_id: str = ""
) -> AsyncIterator[Listener]:
    headers = {"Authorization": f"Bearer {client.key}", "Accept": "text/event-stream"}
    headers |= {"Last-Event-ID": last_id} if last_id else {}
    async with world.http.get(f"{STREAM}?{query}", headers=headers) as response:
        assert response.status == 200, await response.text()
        yield Listener(response)
        response.close()


async def until(met: Callable[[], bool]) -> None:
    for _ in range(1_000):
        if met():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")
