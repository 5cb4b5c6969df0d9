"""What a name server says of a list's test entries, and what that means for the operator."""

import pytest

from engine.rules.dnsbl_catalogue import ZEN
from engine.rules.resolver_check import Fault, Heard, findings, questions
from engine.values.dns import DnsAnswer

SERVER = "192.0.2.53:53"
LISTED = DnsAnswer("ok", ("127.0.0.10", "127.0.0.2", "127.0.0.4"), 60)
NONE, SILENCE = DnsAnswer("nxdomain"), DnsAnswer("timeout")
FIT = Heard(LISTED, NONE, LISTED, LISTED)


def faults(heard: Heard) -> list[Fault]:
    return [found.fault for found in findings(SERVER, ZEN, heard)]


def saying(answer: DnsAnswer) -> Heard:
    """The same by every way."""
    return Heard(answer, NONE, answer, answer)


def test_the_entry_that_must_be_listed_and_the_one_that_must_not_are_asked_for() -> None:
    listed, unlisted = questions(ZEN)
    assert listed == ("2.0.0.127.zen.spamhaus.org", "A")
    assert unlisted == ("1.0.0.127.zen.spamhaus.org", "A")


def test_a_server_that_lists_the_one_and_not_the_other_is_fit() -> None:
    assert findings(SERVER, ZEN, FIT) == ()


@pytest.mark.parametrize(
    ("answer", "fault", "advice"),
    [
        (DnsAnswer("ok", ("127.255.255.254",)), "public", "a resolver of your own"),
        (DnsAnswer("ok", ("127.0.0.2", "127.255.255.254")), "public", "PTR names your domain"),
        (DnsAnswer("ok", ("127.255.255.255",)), "too_many", "key from Spamhaus"),
        (DnsAnswer("ok", ("127.255.255.252",)), "mistyped", "correct its name"),
        (DnsAnswer("ok", ("127.255.255.250",)), "strange", "127.255.255.250"),
        (DnsAnswer("ok", ("203.0.113.80",)), "rewrites", "rewrites answers"),
        (DnsAnswer("ok", ("127.0.0.2", "203.0.113.80")), "rewrites", "rewrites answers"),
        (NONE, "not_listed", "qname-minimisation: no and harden-below-nxdomain: no"),
        (DnsAnswer("nodata"), "not_listed", "forwards"),
        (DnsAnswer("refused"), "refuses", "access-control"),
        (DnsAnswer("servfail"), "fails", "its own log"),
    ],
)
def test_each_classic_mistake_is_named_with_what_to_do(
    answer: DnsAnswer, fault: Fault, advice: str
) -> None:
    (found,) = findings(SERVER, ZEN, saying(answer))
    assert (found.server, found.fault) == (SERVER, fault)
    assert advice in found.text
    assert "{" not in found.text


def test_no_answer_at_all_is_one_finding_and_not_three() -> None:
    (found,) = findings(SERVER, ZEN, Heard(SILENCE, SILENCE, SILENCE, SILENCE))
    assert found.fault == "silent"
    assert SERVER in found.text


def test_a_list_that_lists_what_no_list_may_is_not_believed() -> None:
    assert faults(FIT._replace(unlisted=DnsAnswer("ok", ("127.0.0.2",)))) == ["lists_all"]


def test_blocked_tcp_and_blocked_edns_are_told_apart() -> None:
    assert faults(FIT._replace(tcp=SILENCE)) == ["tcp_blocked"]
    assert faults(FIT._replace(listed=SILENCE, unlisted=SILENCE)) == ["edns_blocked"]
    blocked = FIT._replace(listed=SILENCE, unlisted=SILENCE, tcp=SILENCE)
    assert faults(blocked) == ["edns_blocked", "tcp_blocked"]


def test_what_a_server_behind_blocked_edns_says_is_judged_too() -> None:
    public = DnsAnswer("ok", ("127.255.255.254",))
    assert faults(Heard(SILENCE, SILENCE, public, public)) == ["edns_blocked", "public"]
