"""What every resolver answers to one question, whatever comes of it."""

import asyncio

import pytest

from engine.adapters.resolver import AiodnsResolver
from engine.values.dns import DnsAnswer, Question, RecordType
from tests.support import name_servers
from tests.support.dns_worlds import asking, demo
from tests.support.lookups import MAKES, Make, Records, answering, resolving, serving

KEY = "v=DKIM1; k=rsa; p=" + "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A" * 20  # three strings of 255
MANY = [f"{number:03d} one of a hundred texts that no packet of UDP takes" for number in range(100)]

RECORDS: Records = {
    "example.test MX": ["20 mx2.example.test", "10 mx1.example.test"],
    "example.test TXT": ["v=spf1 -all", "other"],
    "null.example.test MX": ["0 ."],
    "mx1.example.test A": ["192.0.2.9", "192.0.2.10"],
    "mx1.example.test AAAA": ["2001:db8::a"],
    "s1._domainkey.example.test TXT": [KEY],
    "quoted.example.test TXT": ['say "yes" \\ no; é'],
    "alias.example.test CNAME": ["mx1.example.test"],
    "lost.example.test CNAME": ["gone.example.test"],
    "self.example.test CNAME": ["self.example.test"],
    "9.2.0.192.in-addr.arpa PTR": ["mx1.example.test"],
}


async def heard(make: Make, name: str, type: RecordType, records: Records = RECORDS) -> DnsAnswer:
    async with answering(make, records) as resolver:
        return await resolver.lookup(Question(name, type))


@pytest.mark.parametrize("make", MAKES)
@pytest.mark.parametrize(
    ("name", "type", "records"),
    [
        ("example.test", "MX", ("10 mx1.example.test", "20 mx2.example.test")),
        ("null.example.test", "MX", ("0 .",)),
        ("example.test", "TXT", ("other", "v=spf1 -all")),
        ("mx1.example.test", "A", ("192.0.2.10", "192.0.2.9")),
        ("mx1.example.test", "AAAA", ("2001:db8::a",)),
        ("self.example.test", "CNAME", ("self.example.test",)),
        ("9.2.0.192.in-addr.arpa", "PTR", ("mx1.example.test",)),
        ("quoted.example.test", "TXT", ('say "yes" \\ no; é',)),
    ],
)
async def test_records_come_in_order_as_a_zone_file_writes_them(
    make: Make, name: str, type: RecordType, records: tuple[str, ...]
) -> None:
    answer = await heard(make, name, type)
    assert (answer.outcome, answer.records, answer.aliases) == ("ok", records, ())
    assert answer.ttl is not None


@pytest.mark.parametrize("make", MAKES)
async def test_a_long_key_is_whole_however_it_was_split(make: Make) -> None:
    assert (await heard(make, "s1._domainkey.example.test", "TXT")).records == (KEY,)


@pytest.mark.parametrize("make", MAKES)
async def test_a_name_that_does_not_exist_and_a_name_without_such_records_are_told_apart(
    make: Make,
) -> None:
    async with answering(make, RECORDS) as resolver:
        absent = await resolver.lookup(Question("absent.example.test", "A"))
        empty = await resolver.lookup(Question("null.example.test", "A"))
        between = await resolver.lookup(Question("_domainkey.example.test", "TXT"))
    assert (absent.outcome, empty.outcome, between.outcome) == ("nxdomain", "nodata", "nodata")
    assert absent.answered


@pytest.mark.parametrize("make", MAKES)
async def test_an_alias_is_followed_and_shown(make: Make) -> None:
    async with answering(make, RECORDS) as resolver:
        found = await resolver.lookup(Question("alias.example.test", "AAAA"))
        nothing = await resolver.lookup(Question("alias.example.test", "MX"))
    assert found.records == ("2001:db8::a",)
    assert found.aliases == nothing.aliases == ("mx1.example.test",)
    assert nothing.outcome == "nodata"


@pytest.mark.parametrize("make", ["literals", "knot", "unbound"])
async def test_an_alias_that_leads_nowhere_is_no_such_name_and_shows_when_asked_for(
    make: Make,
) -> None:
    async with answering(make, RECORDS) as resolver:
        nowhere = await resolver.lookup(Question("lost.example.test", "TXT"))
        alias = await resolver.lookup(Question("lost.example.test", "CNAME"))
    assert (nowhere.outcome, alias.records) == ("nxdomain", ("gone.example.test",))


@pytest.mark.parametrize("make", ["literals", "knot", "unbound"])
async def test_a_name_that_is_its_own_alias_is_no_answer(make: Make) -> None:
    assert (await heard(make, "self.example.test", "A")).outcome == "servfail"


@pytest.mark.parametrize("make", ["demo", "knot", "unbound"])
@pytest.mark.parametrize("name", ["a..test", f"{'x' * 64}.test", "é.test", "x." * 130 + "test"])
async def test_what_fits_into_no_packet_does_not_exist(make: Make, name: str) -> None:
    assert (await heard(make, name, "A")).outcome == "nxdomain"


# --- servers as they are -------------------------------------------------------------------------


@pytest.mark.parametrize("make", ["knot", "unbound"])
async def test_a_hundred_texts_come_over_tcp(make: Make) -> None:
    answer = await heard(make, "example.test", "TXT", {"example.test TXT": MANY})
    assert answer.records == tuple(MANY)


@pytest.mark.parametrize("make", ["knot", "unbound"])
async def test_a_wildcard_answers_for_names_that_do_not_exist(make: Make) -> None:
    records = {"*.example.test TXT": ["all"], "there.example.test A": ["192.0.2.1"]}
    async with answering(make, records) as resolver:
        wild = await resolver.lookup(Question("any.example.test", "TXT"))
        there = await resolver.lookup(Question("there.example.test", "TXT"))
    assert (wild.records, there.outcome) == (("all",), "nodata")


async def test_a_server_that_does_not_serve_the_zone_refuses() -> None:
    with serving(RECORDS) as servers:
        answer = await _ask(servers.authority, "elsewhere.test")
    assert answer == DnsAnswer("refused")


async def test_a_lame_delegation_is_a_failure_of_the_server() -> None:
    """The resolver is refused where it was sent to."""
    with serving(RECORDS) as servers:
        answer = await _ask(servers.resolver, "elsewhere.test")
    assert answer == DnsAnswer("servfail")


async def test_a_zone_whose_servers_are_silent_is_not_answered() -> None:
    with serving(RECORDS, dead=("gone.test",)) as servers:
        answer = await _ask(servers.resolver, "a.gone.test", timeout_s=0.5)
    assert not answer.answered


async def test_a_server_that_has_gone_is_not_answered() -> None:
    with serving(RECORDS) as servers:
        address = servers.resolver
    assert await _ask(address, "example.test", timeout_s=0.5) == DnsAnswer("timeout")


async def _ask(address: str, name: str, timeout_s: float = 3) -> DnsAnswer:
    async with resolving(address, timeout_s) as resolver:
        return await resolver.lookup(Question(name, "A"))


# --- ours alone ----------------------------------------------------------------------------------


async def test_a_second_look_hears_what_was_published_since_the_first() -> None:
    async with demo() as (dns, resolver):
        question = Question("example.test", "TXT")
        before = await resolver.lookup(question)
        dns.txt("example.test", "v=spf1 -all")
        assert not before.records
        assert (await resolver.lookup(question)).records == ("v=spf1 -all",)


async def test_octets_that_are_no_text_are_replaced_and_the_rest_is_kept() -> None:
    with name_servers.serving({"example.test": 'odd TXT "caf\\233 x"'}) as servers:
        async with resolving(servers.authority) as resolver:
            answer = await resolver.lookup(Question("odd.example.test", "TXT"))
    assert answer.records == ("caf\ufffd x",)


async def test_questions_under_way_end_unanswered_when_it_closes() -> None:
    async with demo() as (dns, _), asking(dns, timeout_s=12) as resolver:
        dns.behave("example.test", "silent")
        asked = asyncio.create_task(resolver.lookup(Question("example.test", "TXT")))
        await asyncio.sleep(0.05)
        await resolver.close()
        assert await asyncio.wait_for(asked, 1) == DnsAnswer("timeout")


def test_who_is_asked_can_be_told() -> None:
    assert AiodnsResolver(["127.0.0.1:5353", "::1"]).name == "127.0.0.1:5353, [::1]:53"
    assert AiodnsResolver().name == "/etc/resolv.conf"
