"""A list that knows us by a key is asked with it, and nothing that is kept holds it."""

from engine.ids import IpAddr
from engine.rules.dnsbl_catalogue import PBL, SBL, XBL, ZEN, Key, catalogue
from engine.rules.dnsbl_health import unused_ip
from engine.runtime.perform.dnsbl_round import Outcome, ZoneRound
from engine.values.verdict import Answer
from tests.support.fake_resolver import FakeResolver

IP = IpAddr("203.0.113.7")
KEYED = "s3cret.zen.dq.spamhaus.net"
LISTS = catalogue(keys={"spamhaus": Key("s3cret")})


async def ask(resolver: FakeResolver) -> Outcome:
    made = ZoneRound(ZEN, resolver=resolver, catalogue=LISTS, random_ip=lambda: unused_ip(7))
    return await made.run([IP])


async def test_every_name_that_is_asked_holds_the_key() -> None:
    resolver = FakeResolver(takes_s=0.001)
    resolver.v4[f"2.0.0.127.{KEYED}"] = ("127.0.0.2", "127.0.0.4", "127.0.0.10")
    outcome = await ask(resolver)
    assert outcome.said[IP] == dict.fromkeys((ZEN, SBL, XBL, PBL), Answer("clean"))
    assert resolver.heard
    assert all(name.endswith(f".{KEYED}") for name in resolver.heard)


async def test_a_reason_that_repeats_the_key_is_kept_without_it() -> None:
    resolver = FakeResolver(takes_s=0.001)
    resolver.v4[f"2.0.0.127.{KEYED}"] = ("127.0.0.2",)
    resolver.v4[f"7.113.0.203.{KEYED}"] = ("127.0.0.3",)
    resolver.records[f"7.113.0.203.{KEYED} TXT"] = (f"listed, see 7.113.0.203.{KEYED.upper()}",)
    outcome = await ask(resolver)
    answer = outcome.said[IP][ZEN]
    assert (answer.verdict, answer.codes) == ("listed", ("127.0.0.3",))
    assert answer.reason.startswith("listed, see 7.113.0.203.{key}.")
    assert "s3cret" not in repr(outcome).lower()


async def test_a_key_that_is_refused_is_the_lists_state_and_is_not_shown() -> None:
    resolver = FakeResolver(takes_s=0.001)
    resolver.always[KEYED] = ("127.255.255.254",)
    outcome = await ask(resolver)
    assert outcome.said[IP][ZEN].verdict == "refused"
    assert outcome.finding is not None
    assert outcome.finding.health == "refusing"
    assert "s3cret" not in repr(outcome)
