"""The same records in four makes of DNS: literals, the demo's name server, Knot asked straight, and
Unbound that follows aliases and referrals for whoever asks.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Literal, cast

from engine.adapters.resolver import AiodnsResolver
from engine.demo.dns import DemoDns
from engine.ports import Resolver
from engine.rules import zone_file
from engine.values.dns import RecordType
from engine.values.zone_record import ZoneRecord
from tests.support import name_servers
from tests.support.dns_worlds import asking
from tests.support.fake_resolver import FakeResolver
from tests.support.name_servers import NameServers

Make = Literal["literals", "demo", "knot", "unbound"]
MAKES: tuple[Make, ...] = ("literals", "demo", "knot", "unbound")
Records = Mapping[str, Sequence[str]]  # "example.test TXT"
ZONE = "example.test"


@asynccontextmanager
async def answering(make: Make, records: Records) -> AsyncIterator[Resolver]:
    """All names are in ZONE, or are reverse names of 192.0.2.0/24."""
    if make == "literals":
        literals = FakeResolver(takes_s=0)
        literals.records = {key: tuple(texts) for key, texts in records.items()}
        literals.records.setdefault(f"{ZONE} SOA", ("ns. hm. 1 2 3 4 5",))
        yield literals
    elif make == "demo":
        async with _demo(records) as resolver:
            yield resolver
    else:
        with serving(records) as servers:
            address = servers.authority if make == "knot" else servers.resolver
            async with resolving(address) as resolver:
                yield resolver


@contextmanager
def serving(records: Records, dead: tuple[str, ...] = ()) -> Iterator[NameServers]:
    with name_servers.serving(zones(records), dead) as servers:
        yield servers


@asynccontextmanager
async def resolving(address: str, timeout_s: float = 3) -> AsyncIterator[AiodnsResolver]:
    resolver = AiodnsResolver([address], timeout_s=timeout_s)
    try:
        yield resolver
    finally:
        await resolver.close()


@asynccontextmanager
async def _demo(records: Records) -> AsyncIterator[Resolver]:
    dns = DemoDns()
    dns.soa(ZONE)
    for key, texts in records.items():
        name, _, kind = key.partition(" ")
        dns.records.setdefault(kind, {})[name] = tuple(texts)
    await dns.start()
    try:
        async with asking(dns, timeout_s=3) as resolver:
            yield resolver
    finally:
        await dns.stop()


def zones(records: Records) -> dict[str, str]:
    """By the writer that people's zone files come from."""
    found = [
        ZoneRecord(name, cast(RecordType, kind), text)
        for (name, kind), texts in ((key.split(), texts) for key, texts in records.items())
        for text in texts
    ]
    return {
        zone: zone_file.written(one for one in found if one.name.endswith(zone))
        for zone in (ZONE, name_servers.REVERSE)
    }
