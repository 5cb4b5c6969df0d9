"""What lists of domains say of a sending domain: asked between two proofs, told as findings."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from engine.app.parts import Parts
from engine.commands.domain import RegisterDomain
from engine.events.dns import DomainValidated
from engine.events.dnsbl import DnsblLooked
from engine.ids import Zone
from engine.rules import domain_beside
from engine.rules.dnsbl_catalogue import DBL, ZRD, Catalogue, Key, Settings, catalogue
from engine.rules.dnsbl_catalogue.of_domains import SURBL
from engine.runtime.perform.domain_lists import LISTS_S, DomainLists
from engine.values.domain_listing import DomainListing
from engine.values.finding import Finding
from engine.values.ptr_report import PtrReport
from engine.values.sending_domain import Beside
from engine.values.verdict import Answer
from tests.support import simloop
from tests.support.fake_resolver import REFUSAL, SILENCE, FakeResolver
from tests.support.published import publish
from tests.support.spec import DAY_1
from tests.support.world import World, virtually

DOMAIN = "mail.example.com"
BOTH = catalogue(Settings(on=(DBL, SURBL)))
PTR = PtrReport(valid=True, status="ok", scope="ips", ips=())


@pytest.fixture
def lists() -> FakeResolver:
    """Both alive, and nobody listed."""
    made = FakeResolver(takes_s=0.001)
    made.v4["dbltest.com.dbl.spamhaus.org"] = ("127.0.1.2",)
    made.v4["test.surbl.org.multi.surbl.org"] = ("127.0.0.254",)
    return made


async def words(lists: FakeResolver, chosen: Catalogue = BOTH) -> dict[Zone, DomainListing]:
    found = await DomainLists(lists, chosen, "n1").about(DOMAIN)
    return {one.zone: one for one in found}


async def answers(lists: FakeResolver) -> dict[Zone, Answer]:
    return {zone: one.answer for zone, one in (await words(lists)).items()}


def findings(*lists: DomainListing) -> list[Finding]:
    return list(domain_beside.findings(Beside(lists=lists), PTR))


async def test_without_lists_of_domains_nobody_is_asked(lists: FakeResolver) -> None:
    assert await words(lists, catalogue()) == {}
    assert lists.heard == []


async def test_a_domain_that_nobody_lists_is_clean_and_nothing_is_told(
    lists: FakeResolver,
) -> None:
    found = await words(lists)
    assert {zone: one.answer for zone, one in found.items()} == {
        DBL: Answer("clean"),
        SURBL: Answer("clean"),
    }
    assert findings(*found.values()) == []


async def test_a_listed_parent_is_told_with_its_meaning_and_the_way_off(
    lists: FakeResolver,
) -> None:
    lists.v4["example.com.dbl.spamhaus.org"] = ("127.0.1.4",)
    found = await words(lists)
    assert found[DBL].answer == Answer("listed", codes=("127.0.1.4",))
    assert found[SURBL].answer == Answer("clean")
    (finding,) = findings(*found.values())
    assert (finding.code, finding.severity, finding.subject) == ("lists.listed", "error", DBL)
    assert finding.message == "Spamhaus DBL lists the domain: phish (127.0.1.4): phishing"
    assert finding.fix.endswith("https://check.spamhaus.org/results?query=mail.example.com")


@pytest.mark.parametrize("test_point", ["dbltest.com", "invalid", "n1.example"])
async def test_a_list_that_fails_its_test_points_is_not_believed(
    lists: FakeResolver, test_point: str
) -> None:
    name = f"{test_point}.{DBL}"
    lists.v4[f"example.com.{DBL}"] = ("127.0.1.2",)
    lists.v4[name] = () if name in lists.v4 else ("127.0.1.2",)
    found = await words(lists)
    assert not found[DBL].answer.counts
    assert f"example.com.{DBL}" not in lists.heard, "nobody was asked about"
    (finding,) = findings(*found.values())
    assert (finding.code, finding.severity) == ("lists.unknown", "unknown")


async def test_what_a_list_said_before_it_died_counts_for_nothing(lists: FakeResolver) -> None:
    class Dying(FakeResolver):
        async def a(self, name: str) -> tuple[str, ...]:
            found = await super().a(name)
            if name == f"example.com.{DBL}":
                self.v4.pop(f"dbltest.com.{DBL}")
            return found

    dying = Dying(takes_s=0.001)
    dying.v4 = {**lists.v4, f"example.com.{DBL}": ("127.0.1.2",)}
    found = (await words(dying))[DBL]
    assert found.answer == Answer("listed", proof="unproved", codes=("127.0.1.2",))
    assert [one.code for one in findings(found)] == ["lists.unknown"]


async def test_refusal_and_silence_are_neither_clean_nor_listed(lists: FakeResolver) -> None:
    lists.fails = {DBL: REFUSAL, f"example.com.{SURBL}": SILENCE}
    found = await answers(lists)
    assert found[DBL].verdict == "refused"
    assert found[SURBL] == Answer("unanswered")


async def test_an_error_code_is_no_listing(lists: FakeResolver) -> None:
    lists.v4[f"example.com.{SURBL}"] = ("127.0.0.1",)
    assert (await answers(lists))[SURBL] == Answer("refused", codes=("127.0.0.1",))


def test_a_list_that_is_too_slow_holds_up_a_look_for_seconds_only(lists: FakeResolver) -> None:
    async def story() -> None:
        lists.slow = {DBL: 10_000.0}
        began = asyncio.get_running_loop().time()
        found = await answers(lists)
        assert asyncio.get_running_loop().time() - began <= LISTS_S + 1
        assert found == {DBL: Answer("unanswered"), SURBL: Answer("clean")}

    simloop.run(story)


async def test_a_key_is_asked_with_and_told_to_nobody(lists: FakeResolver) -> None:
    lists.v4["zrdtest.com.s3cret.zrd.dq.spamhaus.net"] = ("127.0.2.2",)
    lists.v4["example.com.s3cret.zrd.dq.spamhaus.net"] = ("127.0.2.5",)
    chosen = catalogue(Settings(on=(ZRD,)), {"spamhaus": Key("s3cret")})
    found = await words(lists, chosen)
    assert found[ZRD].answer.verdict == "listed"
    assert found[ZRD].severity == "warning"
    assert "s3cret" not in repr(found) + repr(findings(*found.values()))


def test_lists_that_are_switched_on_are_asked_at_each_look_and_about_no_address(
    monkeypatch: pytest.MonkeyPatch, lists: FakeResolver
) -> None:
    monkeypatch.setattr("tests.support.world.Parts", partial(Parts, catalogue=BOTH))

    async def story() -> tuple[DomainValidated, DnsblLooked, list[str]]:
        world = World()
        await world.let("act")
        await world.register_node()
        await world.warm_up()
        publish(world.lists)
        world.lists.v4 |= {**lists.v4, "example.com.dbl.spamhaus.org": ("127.0.1.2",)}
        await world.ask(RegisterDomain(domain=DOMAIN))
        await world.run(DAY_1 + timedelta(minutes=30))
        validated, *_ = await world.happened(DomainValidated)
        looked, *_ = await world.happened(DnsblLooked)
        return validated, looked, world.lists.heard

    validated, looked, heard = virtually(story)
    assert {one.zone: one.answer.verdict for one in validated.beside.lists} == {
        DBL: "listed",
        SURBL: "clean",
    }
    assert not {DBL, SURBL} & set(looked.answers)
    about = {name.removesuffix(f".{DBL}") for name in heard if name.endswith(f".{DBL}")}
    assert {"dbltest.com", "invalid", DOMAIN, "example.com"} < about
    assert not [name for name in about if name[0].isdigit()]
