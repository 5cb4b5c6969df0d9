"""Many questions at once, slow answers among fast ones, and answers that nobody should believe."""

import asyncio
import random
from collections.abc import Mapping, Sequence

import pytest

from engine.adapters.resolver import AiodnsResolver
from engine.demo import dns_packets
from engine.demo.dns_packets import Query
from engine.ids import IpAddr, Zone
from engine.ports import DnsFailure
from engine.rules import dnsbl
from engine.rules.dnsbl import Reply
from engine.rules.dnsbl_catalogue import DEFAULT, PSBL, ZEN
from engine.rules.dnsbl_health import unused_ip
from engine.runtime.perform.dnsbl_round import Outcome, ZoneRound
from engine.values.verdict import Answer
from tests.support.odd_dns import Answers, OddDns, Sent, clean, failed, listed, odd_dns

IP = IpAddr("203.0.113.7")
NAME = "7.113.0.203.zen.spamhaus.org"
HIT = "127.0.0.2"


def names(number: int) -> list[str]:
    return [f"{i & 255}.{i >> 8}.2.192.bl{i % 9}.example.org" for i in range(number)]


def is_listed(name: str) -> bool:
    """Every twentieth."""
    last, third = map(int, name.split(".")[:2])
    return (third * 256 + last) % 20 == 0


def truth(query: Query) -> bytes:
    return listed(query, HIT) if is_listed(query.name) else clean(query)


async def swept(server: OddDns, asked: Sequence[str]) -> Mapping[str, tuple[str, ...] | str]:
    """What each name was answered, or why not."""
    resolver = AiodnsResolver([server.address])
    heard: dict[str, tuple[str, ...] | str] = {}

    async def one(name: str) -> None:
        try:
            heard[name] = await resolver.a(name)
        except DnsFailure as failure:
            heard[name] = str(failure)

    try:
        await asyncio.gather(*map(one, asked))
    finally:
        await resolver.close()
    return heard


def as_it_is(asked: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    return {name: (HIT,) if is_listed(name) else () for name in asked}


# --- nothing is lost and nothing invented --------------------------------------------------------


async def test_a_burst_of_two_thousand_questions_loses_no_answer() -> None:
    async with odd_dns(lambda query, _: [Sent(truth(query))]) as server:
        asked = names(2_000)
        assert await swept(server, asked) == as_it_is(asked)


def slow_tenth(*, until_cached: bool) -> Answers:
    """One name in ten is found only 0.3 to 1.5 s after it was first asked for; a resolver that
    caches it then answers at once, and one that never learns is as slow each time.
    """
    chance = random.Random(9)
    ready: dict[str, float] = {}
    takes: dict[str, float] = {}

    def answers(query: Query, asked: int) -> Sequence[Sent]:
        now = asyncio.get_running_loop().time()
        if asked == 1:
            slow = chance.random() < 0.1
            takes[query.name] = chance.uniform(0.3, 1.5) if slow else 0.001
            ready[query.name] = now + takes[query.name]
        left = max(0.0, ready[query.name] - now) if until_cached else takes[query.name]
        return [Sent(truth(query), left)]

    return answers


@pytest.mark.parametrize("until_cached", [True, False], ids=["cached then", "slow each time"])
async def test_where_a_tenth_of_the_names_is_slow_no_listing_is_missed_and_none_invented(
    until_cached: bool,
) -> None:
    async with odd_dns(slow_tenth(until_cached=until_cached)) as server:
        asked = names(3_000)
        assert await swept(server, asked) == as_it_is(asked)


async def test_a_question_of_which_the_first_packets_are_lost_is_answered() -> None:
    async with odd_dns(lambda query, n: [Sent(truth(query))] if n > 3 else []) as server:
        asked = names(40)
        assert await swept(server, asked) == as_it_is(asked)


async def test_a_name_that_takes_nine_seconds_to_find_is_still_heard_beside_fast_ones() -> None:
    """c-ares by itself may give up after 8 s with six tries, and after half a second with two."""
    found_at: list[float] = []

    def answers(query: Query, _: int) -> Sequence[Sent]:
        if query.name != NAME:
            return [Sent(clean(query))]
        now = asyncio.get_running_loop().time()
        found_at[:] = found_at or [now + 9.0]
        return [Sent(listed(query, HIT), max(0.0, found_at[0] - now))]

    async with odd_dns(answers) as server:
        resolver = AiodnsResolver([server.address])
        try:
            await asyncio.gather(*map(resolver.a, names(100)))
            assert await resolver.a(NAME) == (HIT,)
        finally:
            await resolver.close()


async def test_questions_that_nobody_answers_do_not_hold_up_the_others() -> None:
    """Five hundred of them, where two hundred may be in flight."""
    silent = "silent.example.org"
    async with odd_dns(
        lambda query, _: [] if query.name.endswith(silent) else [Sent(truth(query))]
    ) as server:
        resolver = AiodnsResolver([server.address], timeout_s=6)
        try:
            dark = [asyncio.create_task(resolver.a(f"{i}.{silent}")) for i in range(500)]
            await asyncio.sleep(0)
            heard = await asyncio.gather(*map(resolver.a, names(500)))
            assert sum(map(bool, heard)) == 25
            assert not any(one.done() for one in dark), "the silent ones are waited for still"
            ended = await asyncio.gather(*dark, return_exceptions=True)
            assert all(isinstance(one, DnsFailure) and not one.refused for one in ended)
            assert "no answer within 6 s" in str(ended[0])
        finally:
            await resolver.close()


async def test_silence_ends_when_it_was_said_to_and_not_before() -> None:
    async with odd_dns(lambda *_: []) as server:
        resolver = AiodnsResolver([server.address], timeout_s=1.5)
        try:
            began = asyncio.get_running_loop().time()
            with pytest.raises(DnsFailure, match=r"no answer within 1\.5 s"):
                await resolver.a(NAME)
            assert asyncio.get_running_loop().time() - began >= 1.5
        finally:
            await resolver.close()


@pytest.mark.parametrize("rcode", [dns_packets.REFUSED, dns_packets.SERVFAIL])
async def test_a_single_server_that_refuses_or_fails_is_not_asked_again_at_once(
    rcode: int,
) -> None:
    """Each packet counts against what a list allows."""
    async with odd_dns(lambda query, _: [Sent(failed(query, rcode))]) as server:
        heard = await swept(server, [NAME])
        assert isinstance(heard[NAME], str)
        assert server.asked[NAME] == 1


@pytest.mark.parametrize("rcode", [dns_packets.REFUSED, dns_packets.SERVFAIL])
async def test_where_there_is_a_second_server_it_is_asked_when_the_first_fails(
    rcode: int,
) -> None:
    async with (
        odd_dns(lambda query, _: [Sent(failed(query, rcode))]) as failing,
        odd_dns(lambda query, _: [Sent(listed(query, HIT))]) as good,
    ):
        resolver = AiodnsResolver([failing.address, good.address])
        try:
            assert await resolver.a(NAME) == (HIT,)
        finally:
            await resolver.close()


# --- a list that is a black hole -----------------------------------------------------------------

PATIENCE_S = 2.0
DARK = PSBL


async def rounds_over(answers: Answers, ips: Sequence[IpAddr]) -> dict[Zone, tuple[float, Outcome]]:
    """One round of each list: how long it took, in seconds, and what came of it."""
    ended: dict[Zone, tuple[float, Outcome]] = {}
    async with odd_dns(answers) as server:
        resolver = AiodnsResolver([server.address], timeout_s=PATIENCE_S)
        began = asyncio.get_running_loop().time()

        async def one(zone: Zone) -> None:
            made = ZoneRound(
                zone, resolver=resolver, catalogue=DEFAULT, random_ip=lambda: unused_ip(7)
            )
            outcome = await made.run(ips)
            ended[zone] = asyncio.get_running_loop().time() - began, outcome

        try:
            await asyncio.gather(*map(one, dnsbl.to_ask()))
        finally:
            await resolver.close()
    return ended


def living(query: Query) -> bytes:
    return listed(query, HIT) if query.name.startswith("2.0.0.127.") else clean(query)


def addresses(number: int) -> list[IpAddr]:
    return [IpAddr(f"198.51.{i // 250}.{i % 250}") for i in range(number)]


async def test_a_silent_list_holds_up_no_other_and_is_given_up_after_its_test_points() -> None:
    def answers(query: Query, _: int) -> Sequence[Sent]:
        return [] if query.name.endswith(DARK) else [Sent(living(query))]

    ended = await rounds_over(answers, addresses(500))
    took, outcome = ended.pop(DARK)
    assert max(seconds for seconds, _ in ended.values()) < took
    assert outcome.questions == 6, "its test points, asked twice, and nobody else"
    assert outcome.finding is not None
    assert outcome.finding.health == "silent"
    for _, other in ended.values():
        assert other.finding is not None
        assert other.finding.health == "alive"


async def test_a_list_that_falls_silent_within_a_round_is_given_up_and_proves_nothing() -> None:
    """Its 500 addresses, 40 at a time and twice, would otherwise take 24 times the patience."""
    heard = 0

    def answers(query: Query, _: int) -> Sequence[Sent]:
        nonlocal heard
        heard += query.name.endswith(DARK)
        return [] if query.name.endswith(DARK) and heard > 60 else [Sent(living(query))]

    ended = await rounds_over(answers, addresses(500))
    took, outcome = ended.pop(DARK)
    assert outcome.questions < 200
    assert max(seconds for seconds, _ in ended.values()) < took
    assert {answers[DARK].verdict for answers in outcome.said.values()} <= {"unanswered", "clean"}
    assert not any(answers[DARK].counts for answers in outcome.said.values())


# --- what is not believed ------------------------------------------------------------------------


def other_id(query: Query) -> bytes:
    return listed(query._replace(id=query.id ^ 0x5A5A), HIT)


def other_question(query: Query) -> bytes:
    question = dns_packets.name_bytes("8.113.0.203.zen.spamhaus.org") + query.question[-4:]
    return listed(query._replace(question=question), HIT)


def truncated(query: Query) -> bytes:
    """And on TCP nobody listens."""
    return listed(query._replace(edns=None), *(f"127.0.0.{i}" for i in range(2, 52)))


async def reply(answers: Answers) -> Reply:
    """As a round hears it."""
    async with odd_dns(answers) as server:
        resolver = AiodnsResolver([server.address], timeout_s=0.6)
        try:
            return await resolver.a(dnsbl.question(IP, ZEN))
        except DnsFailure as failure:
            return "refused" if failure.refused else "unanswered"
        finally:
            await resolver.close()


def verdict(heard: Reply, zone: Zone = ZEN) -> Answer:
    return dnsbl.judge(zone, heard)[zone]


@pytest.mark.parametrize(
    "forged",
    [
        lambda query: Sent(other_id(query)),
        lambda query: Sent(other_question(query)),
        lambda query: Sent(listed(query, HIT), elsewhere=True),
        lambda query: Sent(truncated(query)),
        lambda query: Sent(failed(query, dns_packets.SERVFAIL)),
        lambda query: Sent(failed(query, dns_packets.NOTIMP)),
        lambda query: Sent(b"\0" * 12),
    ],
    ids=["id", "question", "sender", "truncated", "SERVFAIL", "NOTIMP", "no answer at all"],
)
async def test_what_does_not_answer_the_question_is_neither_clean_nor_a_listing(
    forged: object,
) -> None:
    assert callable(forged)
    heard = await reply(lambda query, _: [forged(query)])
    assert heard == "unanswered"
    assert verdict(heard).verdict == "unanswered"


@pytest.mark.parametrize("make", [other_id, other_question])
async def test_a_forged_answer_before_the_true_one_changes_nothing(make: object) -> None:
    assert callable(make)
    heard = await reply(lambda query, _: [Sent(make(query)), Sent(clean(query), 0.05)])
    assert heard == ()


async def test_a_forgery_from_elsewhere_before_the_true_answer_changes_nothing() -> None:
    heard = await reply(
        lambda query, _: [Sent(listed(query, HIT), elsewhere=True), Sent(clean(query), 0.05)]
    )
    assert heard == ()


async def test_refused_is_a_refusal() -> None:
    heard = await reply(lambda query, _: [Sent(failed(query, dns_packets.REFUSED))])
    assert verdict(heard).verdict == "refused"


async def test_an_error_code_of_the_list_is_a_refusal_and_no_listing() -> None:
    heard = await reply(lambda query, _: [Sent(listed(query, "127.255.255.254"))])
    assert verdict(heard).verdict == "refused"


async def test_a_wildcard_outside_the_lists_range_proves_nothing() -> None:
    heard = await reply(lambda query, _: [Sent(listed(query, "203.0.113.80"))])
    assert verdict(heard) == Answer("unanswered", "unproved", ("203.0.113.80",))


async def test_all_codes_of_a_listing_are_heard() -> None:
    heard = await reply(lambda query, _: [Sent(listed(query, "127.0.0.4", HIT))])
    assert verdict(heard).codes == (HIT, "127.0.0.4")
