"""Real name servers with the classic mistakes, and what is found about each."""

from collections.abc import Sequence

import pytest

from engine.adapters.resolver import AiodnsResolver
from engine.adapters.resolver_check import resolver_check
from engine.demo.dns_packets import Query
from engine.rules.dnsbl_catalogue import ZEN
from engine.rules.resolver_check import Fault
from tests.support.lookups import serving
from tests.support.odd_dns import Sent, listed, odd_dns
from tests.support.rbldnsd import Mood
from tests.support.rbldnsd import serving as lists

PATIENCE_S = 1.0


async def found(*servers: str) -> list[tuple[str, Fault]]:
    resolver = AiodnsResolver(servers)
    try:
        said = await resolver_check(resolver, timeout_s=PATIENCE_S)
    finally:
        await resolver.close()
    return [(one.server, one.fault) for one in said]


@pytest.mark.parametrize(
    ("mood", "fault"),
    [
        ("error_code", "public"),
        ("dead", "not_listed"),
        ("refused", "refuses"),
        ("servfail", "fails"),
        ("everything", "lists_all"),
        ("parked", "rewrites"),
    ],
)
async def test_a_list_as_rbldnsd_serves_it_in_each_mood(mood: Mood, fault: Fault) -> None:
    """It has no TCP, so that is found as well."""
    with lists(ZEN) as server:
        server.behave(ZEN, mood)
        assert await found(server.address) == [
            (server.address, fault),
            (server.address, "tcp_blocked"),
        ]


async def test_a_server_on_which_nobody_listens_is_silent() -> None:
    with lists(ZEN) as server:
        address = server.address
    assert await found(address) == [(address, "silent")]


async def test_a_firewall_that_drops_edns_is_found() -> None:
    def plain_only(query: Query, _: int) -> Sequence[Sent]:
        if query.edns is not None:
            return []
        return [Sent(listed(query, "127.0.0.2"))]

    async with odd_dns(plain_only) as server:
        assert [fault for _, fault in await found(server.address)] == [
            "edns_blocked",
            "tcp_blocked",
        ]


async def test_each_server_is_asked_by_itself() -> None:
    with serving({"example.test A": ["192.0.2.1"]}) as names, lists(ZEN) as server:
        said = await found(names.authority, server.address)
    assert said == [(names.authority, "refuses"), (server.address, "tcp_blocked")]
