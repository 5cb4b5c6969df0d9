"""Many questions by plain packets: nothing lost, nothing invented, the rest left to others."""

import asyncio
from collections.abc import Sequence

import pytest

from engine.adapters.dns_burst import Found, Slots, burst
from engine.adapters.resolver import AiodnsResolver
from engine.demo import dns_packets
from engine.ids import IpAddr
from engine.rules import dnsbl
from engine.rules.dnsbl_catalogue import DEFAULT, PSBL
from engine.rules.dnsbl_health import unused_ip
from engine.runtime.perform.dnsbl_round import Outcome, ZoneRound
from engine.values.verdict import Answer
from tests.contract.test_resolver_load import HIT, as_it_is, names, slow_tenth, truth
from tests.support.odd_dns import Answers, Counting, Sent, clean, failed, listed, odd_dns

NAME = "7.113.0.203.zen.spamhaus.org"


async def asked(answers: Answers, name: str = NAME) -> Found:
    async with odd_dns(answers) as server:
        return (await burst(server.address, [name], 10))[name]


async def test_a_burst_of_five_thousand_loses_no_answer() -> None:
    async with odd_dns(lambda query, _: [Sent(truth(query))]) as server:
        many = names(5_000)
        assert await burst(server.address, many, 200) == as_it_is(many)


async def test_no_more_are_under_way_than_may_be() -> None:
    slowly = Counting(truth, 0.02)
    async with odd_dns(slowly) as server:
        many = names(300)
        assert await burst(server.address, many, 30) == as_it_is(many)
    assert 25 <= slowly.most <= 31, "one may be sent before the other's answer was taken note of"


async def test_bursts_that_share_a_name_server_share_what_may_be_under_way() -> None:
    slowly = Counting(truth, 0.01)
    async with odd_dns(slowly) as server:
        many, slots = names(1_200), Slots(40)
        shares = [many[n::6] for n in range(6)]
        found = await asyncio.gather(*(burst(server.address, one, 30, slots) for one in shares))
    assert {name: answer for one in found for name, answer in one.items()} == as_it_is(many)
    assert 30 < slowly.most <= 41


async def test_a_burst_that_is_cancelled_gives_its_share_back() -> None:
    async with odd_dns(lambda *_: []) as silent, odd_dns(lambda q, _: [Sent(truth(q))]) as server:
        slots = Slots(10)
        stuck = asyncio.create_task(burst(silent.address, names(50), 30, slots))
        await asyncio.sleep(0.05)
        stuck.cancel()
        with pytest.raises(asyncio.CancelledError):
            await stuck
        many = names(100)
        assert await burst(server.address, many, 30, slots) == as_it_is(many)
        assert all(slots.take(None) for _ in range(10))  # type: ignore[arg-type]


@pytest.mark.parametrize("cached", [True, False])
async def test_slow_names_among_fast_ones_are_heard(cached: bool) -> None:
    async with odd_dns(slow_tenth(until_cached=cached)) as server:
        many = names(900)
        assert await burst(server.address, many, 200) == as_it_is(many)


async def test_a_lost_packet_is_sent_again() -> None:
    assert await asked(lambda query, n: [Sent(listed(query, HIT))] if n == 2 else []) == (HIT,)


async def test_silence_is_left_to_others_and_keeps_nobody_waiting() -> None:
    def silent(query: dns_packets.Query, _: int) -> Sequence[Sent]:
        return [] if query.name == NAME else [Sent(truth(query))]

    async with odd_dns(silent) as server:
        many = [NAME, *names(400)]
        found = await burst(server.address, many, 1)
        assert found.pop(NAME) is None
        assert found == as_it_is(many[1:])


@pytest.mark.parametrize("rcode", [dns_packets.SERVFAIL, dns_packets.REFUSED])
async def test_failure_and_refusal_are_left_to_others(rcode: int) -> None:
    assert await asked(lambda query, _: [Sent(failed(query, rcode))]) is None


async def test_where_nobody_listens_nothing_is_known() -> None:
    async with odd_dns(lambda query, _: []) as server:
        address = server.address
    assert await burst(address, [NAME], 10) == {NAME: None}


async def test_answers_that_are_not_ours_are_passed_over() -> None:
    """From another port, with another id, to another question; the right one comes after them."""

    def forged(query: dns_packets.Query, _: int) -> Sequence[Sent]:
        other_id = bytes([query.id >> 8 ^ 0xFF, query.id & 0xFF])
        real = clean(query)
        return [
            Sent(listed(query, HIT), elsewhere=True),
            Sent(other_id + listed(query, HIT)[2:]),
            Sent(listed(query, HIT).replace(b"\x017\x03113", b"\x018\x03113")),
            Sent(real, 0.05),
        ]

    assert await asked(forged) == ()


async def test_a_name_that_is_none_is_left_to_others() -> None:
    assert await asked(lambda query, _: [Sent(clean(query))], "a..test") is None


# --- in a round ----------------------------------------------------------------------------------


async def in_a_round(answers: Answers, ips: Sequence[IpAddr]) -> Outcome:
    async with odd_dns(answers) as server:
        resolver = AiodnsResolver([server.address], timeout_s=2)
        try:
            return await ZoneRound(
                PSBL,
                resolver=resolver,
                catalogue=DEFAULT,
                random_ip=lambda: unused_ip(5),
                bulk=resolver.many,
            ).run(ips)
        finally:
            await resolver.close()


async def test_a_round_hears_by_c_ares_what_plain_packets_did_not_tell() -> None:
    ips = [IpAddr(f"203.0.113.{n}") for n in range(1, 41)]
    truncated = dnsbl.question(ips[3], PSBL)
    refused = dnsbl.question(ips[4], PSBL)

    def some(query: dns_packets.Query, _: int) -> Sequence[Sent]:
        if query.name == refused:
            return [Sent(failed(query, dns_packets.REFUSED))]
        if query.name == truncated:
            return [Sent(b"".join((listed(query, HIT)[:2], b"\x83\x80", listed(query, HIT)[4:])))]
        hit = query.name.startswith("2.0.0.127.") or query.name == dnsbl.question(ips[9], PSBL)
        return [Sent(listed(query, HIT) if hit else clean(query))]

    outcome = await in_a_round(some, ips)
    assert outcome.finding is not None
    assert outcome.finding.health == "alive"
    said = {ip: answers[PSBL] for ip, answers in outcome.said.items()}
    assert said[ips[9]] == Answer("listed", codes=(HIT,))
    assert said[ips[3]] == Answer("unanswered"), "nobody listens on TCP"
    assert said[ips[4]] == Answer("refused")
    others = [ip for ip in ips if ip not in (ips[3], ips[4], ips[9])]
    assert {said[ip] for ip in others} == {Answer("clean")}
    assert outcome.questions > len(ips)
