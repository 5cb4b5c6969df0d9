"""The DNS as tests want it, in three makes: literals, the demo's name server, a real rbldnsd."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal, Protocol, cast

from engine.adapters.resolver import AiodnsResolver
from engine.demo.dns import DemoDns
from engine.ids import IpAddr, Zone
from engine.ports import Resolver
from tests.support.fake_resolver import REFUSAL, SERVER_FAILED, SILENCE, FakeResolver
from tests.support.rbldnsd import Mood, serving

Make = Literal["literals", "demo", "rbldnsd"]
MAKES: tuple[Make, ...] = ("literals", "demo", "rbldnsd")
PATIENCE_S = 4.0  # of the real resolver; a question that nobody answers takes this long

_FAILS = {"silent": SILENCE, "refused": REFUSAL, "servfail": SERVER_FAILED}
_ALWAYS = {
    "dead": (),
    "everything": ("127.0.0.2",),
    "error_code": ("127.255.255.254",),
    "parked": ("203.0.113.80",),
}


class Lists(Protocol):
    """Block lists that can be changed while they are asked."""

    def open(self, zone: Zone, *codes: str) -> None: ...
    def list(self, ip: IpAddr, zone: Zone, *codes: str) -> None: ...
    def clear(self, ip: IpAddr, zone: Zone) -> None: ...
    def behave(self, zone: Zone, mood: Mood) -> None: ...


class Serving(Protocol):
    """A name server that can be asked."""

    @property
    def address(self) -> str: ...


class Literals(FakeResolver):
    def behave(self, zone: Zone, mood: Mood) -> None:
        self.fails.pop(zone, None)
        self.always.pop(zone, None)
        if mood in _FAILS:
            self.fails[zone] = _FAILS[mood]
        elif mood in _ALWAYS:
            self.always[zone] = _ALWAYS[mood]


class World:
    """Lists, and a resolver that asks them."""

    def __init__(self, lists: Lists, resolver: Resolver) -> None:
        self.lists = lists
        self.resolver = resolver


@asynccontextmanager
async def world(make: Make, *zones: Zone) -> AsyncIterator[World]:
    if make == "literals":
        literals = Literals(*zones, takes_s=0)
        yield World(literals, literals)
    elif make == "demo":
        async with demo(*zones) as (dns, resolver):
            yield World(cast(Lists, dns), resolver)
    else:
        with serving(*zones) as server:
            async with asking(server) as resolver:
                yield World(server, resolver)


@asynccontextmanager
async def demo(*zones: Zone) -> AsyncIterator[tuple[DemoDns, AiodnsResolver]]:
    dns = DemoDns(zones)
    await dns.start()
    try:
        async with asking(dns) as resolver:
            yield dns, resolver
    finally:
        await dns.stop()


@asynccontextmanager
async def asking(server: Serving, timeout_s: float = PATIENCE_S) -> AsyncIterator[AiodnsResolver]:
    resolver = AiodnsResolver([server.address], timeout_s=timeout_s)
    try:
        yield resolver
    finally:
        await resolver.close()
