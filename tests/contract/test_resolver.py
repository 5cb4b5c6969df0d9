"""What every resolver does, and what ours does against servers that misbehave."""

import asyncio
import os
from collections.abc import AsyncIterator

import pytest

from engine.adapters.resolver import IN_FLIGHT, AiodnsResolver
from engine.demo.dns import DemoDns
from engine.ids import IpAddr, Zone
from engine.ports import DnsFailure, Resolver
from tests.support.dns_worlds import MAKES, Literals, World, asking, demo, world
from tests.support.fake_resolver import FakeResolver
from tests.support.odd_dns import Counting, clean, odd_dns

ZONE = Zone("bl.example.org")
IP, V6 = IpAddr("203.0.113.7"), IpAddr("2001:db8::7")
NAME = "7.113.0.203.bl.example.org"


@pytest.fixture(params=MAKES)
async def dns(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with world(request.param, ZONE) as made:
        yield made


# --- all three -----------------------------------------------------------------------------------


async def test_a_listed_address_resolves_to_all_its_codes_in_order(dns: World) -> None:
    dns.lists.list(IP, ZONE, "127.0.0.4", "127.0.0.2")
    assert await dns.resolver.a(NAME) == ("127.0.0.2", "127.0.0.4")


async def test_a_name_that_does_not_exist_is_an_empty_answer(dns: World) -> None:
    assert await dns.resolver.a(NAME) == ()


async def test_a_name_without_such_a_record_is_an_empty_answer(dns: World) -> None:
    dns.lists.list(IP, ZONE)
    assert await dns.resolver.aaaa(NAME) == ()


async def test_a_second_look_hears_what_has_changed_since_the_first(dns: World) -> None:
    """What c-ares would have answered from its cache, for minutes, both times."""
    heard = [await dns.resolver.a(NAME)]
    dns.lists.list(IP, ZONE)
    heard.append(await dns.resolver.a(NAME))
    dns.lists.clear(IP, ZONE)
    heard.append(await dns.resolver.a(NAME))
    assert heard == [(), ("127.0.0.2",), ()]


async def test_refused_is_a_failure_and_says_so(dns: World) -> None:
    dns.lists.behave(ZONE, "refused")
    with pytest.raises(DnsFailure) as failure:
        await dns.resolver.a(NAME)
    assert failure.value.refused
    assert NAME in str(failure.value)


@pytest.mark.parametrize("mood", ["servfail", "silent"])
async def test_a_server_that_fails_or_is_silent_did_not_refuse(dns: World, mood: str) -> None:
    dns.lists.behave(ZONE, mood)  # type: ignore[arg-type]
    with pytest.raises(DnsFailure) as failure:
        await dns.resolver.a(NAME)
    assert not failure.value.refused


async def test_a_thousand_questions_at_once_are_all_answered(dns: World) -> None:
    for last in range(0, 250, 50):
        dns.lists.list(IpAddr(f"198.51.100.{last}"), ZONE)
    names = [f"{i % 250}.{100 - i // 250}.51.198.bl.example.org" for i in range(1000)]
    heard = await asyncio.gather(*(dns.resolver.a(name) for name in names))
    assert [i for i, codes in enumerate(heard) if codes] == [0, 50, 100, 150, 200]


# --- what rbldnsd does not serve -----------------------------------------------------------------


class Names:
    """Addresses and PTR names, in the two makes that hold them."""

    def __init__(self, held: DemoDns | FakeResolver, resolver: Resolver) -> None:
        self.resolver = resolver
        self._held = held

    def put(self, name: str, *addresses: str) -> None:
        if isinstance(self._held, DemoDns):
            self._held.a(name, *addresses)
            return
        self._held.v4[name] = tuple(one for one in addresses if ":" not in one)
        self._held.v6[name] = tuple(one for one in addresses if ":" in one)

    def point(self, ip: IpAddr, *names: str) -> None:
        if isinstance(self._held, DemoDns):
            self._held.ptr(ip, *names)
        else:
            self._held.names[ip] = names


@pytest.fixture(params=["literals", "demo"])
async def names(request: pytest.FixtureRequest) -> AsyncIterator[Names]:
    if request.param == "literals":
        literals = Literals(takes_s=0)
        yield Names(literals, literals)
        return
    async with demo() as (dns, resolver):
        yield Names(dns, resolver)


async def test_addresses_come_by_family_sorted_and_in_canonical_form(names: Names) -> None:
    names.put("mail.example.com", "203.0.113.9", "203.0.113.7", "2001:db8::7", "2001:db8::10")
    assert await names.resolver.a("mail.example.com") == ("203.0.113.7", "203.0.113.9")
    assert await names.resolver.aaaa("mail.example.com") == ("2001:db8::10", "2001:db8::7")


@pytest.mark.parametrize("ip", [IP, V6])
async def test_ptr_names_are_lower_case_without_the_last_dot(names: Names, ip: IpAddr) -> None:
    names.point(ip, "Mail.Example.com.", "a.example.com", "mail.example.com")
    assert await names.resolver.ptr(ip) == ("a.example.com", "mail.example.com")


async def test_an_address_without_ptr_has_no_names(names: Names) -> None:
    assert await names.resolver.ptr(IP) == ()


# --- ours alone ----------------------------------------------------------------------------------


async def test_an_alias_is_followed_and_is_no_address() -> None:
    async with demo() as (dns, resolver):
        dns.a("mail.example.com", "203.0.113.7")
        dns.cname("smtp.example.com", "mail.example.com")
        dns.cname("lost.example.com", "gone.example.com")
        assert await resolver.a("smtp.example.com") == ("203.0.113.7",)
        assert await resolver.a("lost.example.com") == ()


async def test_a_question_in_other_letters_is_the_same_question() -> None:
    async with demo(ZONE) as (dns, resolver):
        assert await resolver.a(NAME) == ()
        dns.list(IP, ZONE)
        assert await resolver.a(NAME.upper()) == ("127.0.0.2",)


async def test_a_slow_answer_is_not_lost_beside_fast_ones() -> None:
    """c-ares learns to be impatient: with two tries it gives up after half a second."""
    async with demo(ZONE) as (dns, _), asking(dns, timeout_s=12) as resolver:
        for last in range(50):
            await resolver.a(f"{last}.0.0.10.bl.example.org")
        dns.list(IP, ZONE)
        dns.slow[NAME] = 1.2
        assert await resolver.a(NAME) == ("127.0.0.2",)


async def test_no_more_than_200_questions_are_in_flight() -> None:
    slowly = Counting(clean, 0.05)
    async with odd_dns(slowly) as server, asking(server, timeout_s=12) as resolver:
        asked = [resolver.a(f"{i}.0.0.10.bl.example.org") for i in range(3 * IN_FLIGHT)]
        await asyncio.gather(*asked)
    assert 150 < slowly.most <= IN_FLIGHT == 200


async def test_repeated_questions_leave_no_threads_and_files_behind() -> None:
    async with demo(ZONE) as (dns, resolver):
        await resolver.a(NAME)
        before = _threads_and_files()
        for _ in range(30):
            await resolver.a(NAME)
            await asyncio.gather(resolver.a("a.example.com"), resolver.a("b.example.com"))
        for _ in range(100):  # a closed channel ends in a thread of its own
            if _threads_and_files() <= before + 12:
                break
            await asyncio.sleep(0.02)
        assert _threads_and_files() <= before + 12, "each channel holds a thread and four files"
        assert len(dns.heard) == 91


async def test_questions_under_way_end_as_failures_when_it_closes() -> None:
    async with demo(ZONE) as (dns, _), asking(dns, timeout_s=12) as resolver:
        dns.behave(ZONE, "silent")
        asked = asyncio.gather(resolver.a(NAME), return_exceptions=True)
        await asyncio.sleep(0.05)
        await resolver.close()
        (ended,) = await asyncio.wait_for(asked, 1)
        assert isinstance(ended, DnsFailure)


async def test_an_answer_that_came_too_late_is_not_given_to_whoever_asks_again() -> None:
    async with demo(ZONE) as (dns, _), asking(dns, timeout_s=2) as resolver:
        dns.slow[NAME] = 0.3
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(resolver.a(NAME), 0.1)
        await asyncio.sleep(0.4)
        dns.slow.clear()
        dns.list(IP, ZONE)
        assert await resolver.a(NAME) == ("127.0.0.2",)


async def test_a_repeated_question_cuts_off_no_other() -> None:
    async with demo(ZONE) as (dns, _), asking(dns, timeout_s=2) as resolver:
        dns.list(IP, ZONE)
        dns.slow[NAME] = 0.2
        slow = asyncio.create_task(resolver.a(NAME))
        await asyncio.sleep(0.05)
        for _ in range(3):
            await resolver.a("1.0.0.127.bl.example.org")
        assert await slow == ("127.0.0.2",)


async def test_a_channel_is_left_before_it_remembers_too_much(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("engine.adapters.resolver.CHANNEL_MAX", 5)
    async with demo(ZONE) as (_, resolver):
        for last in range(12):
            await resolver.a(f"{last}.0.0.10.bl.example.org")
            assert resolver._channel is not None
            assert len(resolver._channel.answered) <= 5


async def test_nobody_listening_is_a_failure_like_silence() -> None:
    resolver = AiodnsResolver(["127.0.0.1:1", "::1"], timeout_s=0.5)
    try:
        with pytest.raises(DnsFailure) as failure:
            await resolver.a(NAME)
        assert not failure.value.refused
    finally:
        await resolver.close()


@pytest.mark.parametrize(
    "server", ["localhost", "localhost:53", "127.0.0.1:0", "127.0.0.1:65536", "[::1", "127.0.0.1:"]
)
def test_a_nameserver_that_is_no_address_is_named(server: str) -> None:
    with pytest.raises(ValueError, match="write an IP address") as refused:
        AiodnsResolver([server])
    assert repr(server) in str(refused.value)


def _threads_and_files() -> int:
    return len(os.listdir("/proc/self/task")) + len(os.listdir("/proc/self/fd"))
