"""Others who wrote SPF come to the same result, for any record in any zone."""

from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.rules.asking import answered
from engine.rules.spf.check import Verdict, check_host, envelope_of
from engine.rules.spf.parse import Malformed, parse
from engine.rules.spf.run import VOID_MAX, Limits
from tests.support.spf_peers import NO_LIMIT, by_pyspf, by_spftrace
from tests.support.spf_records import DOMAINS, HOSTS, IPS, LOCALS, records, zones
from tests.support.spf_zones import SpfZones, ZoneData

senders = st.sampled_from(LOCALS).map(lambda local: f"{local}@example.com")
helos = st.sampled_from((*HOSTS, *DOMAINS[1:2]))


def ours(data: ZoneData, ip: str, sender: str, helo: str, void: int) -> Verdict:
    envelope = envelope_of(ip, sender, helo)
    limits = Limits(void=void)
    return answered(check_host(envelope, "example.com", limits), SpfZones(data).answer)


@settings(max_examples=200, deadline=None)
@given(zones, st.sampled_from(IPS), senders, helos)
def test_spftrace_comes_to_the_same_result(data: Any, ip: str, sender: str, helo: str) -> None:
    theirs = by_spftrace(SpfZones(data), ip, sender, helo, NO_LIMIT)
    assert ours(data, ip, sender, helo, NO_LIMIT).result == theirs


@settings(max_examples=200, deadline=None)
@given(zones, st.sampled_from(IPS), senders, helos)
def test_pyspf_comes_to_the_same_result(data: Any, ip: str, sender: str, helo: str) -> None:
    verdict = ours(data, ip, sender, helo, NO_LIMIT)
    assume(not _differs(data, verdict))
    assert verdict.result == by_pyspf(SpfZones(data), ip, sender, helo, NO_LIMIT)


def _differs(data: ZoneData, verdict: Verdict) -> bool:
    """See tests/support/spf_peers.py."""
    texts = [entry["TXT"] for one in data.values() for entry in one if "TXT" in entry]
    redirects = any("redirect=" in text for text in texts) and verdict.terms >= 9
    itself = any(f"include:{name}" in str(entries) for name, entries in data.items())
    macros = any("include:%" in text for text in texts)
    return redirects or itself or macros


plain = st.sampled_from((*DOMAINS[1:], "gone.example.com", "gone.example.net"))


@settings(max_examples=150, deadline=None)
@given(st.lists(plain, max_size=5, unique=True), st.data())
def test_they_stop_at_the_same_void_lookup(names: list[str], data: Any) -> None:
    kinds = st.sampled_from(("a", "mx", "exists"))
    terms = [f"{data.draw(kinds)}:{name}" for name in names]
    zone: ZoneData = {
        "example.com": [{"TXT": " ".join(["v=spf1", *terms, "-all"])}],
        "a.example.com": [{"A": "192.0.2.9"}],
        "b.example.com": [{"MX": [10, "mx1.example.com"]}],
        "mx1.example.com": [{"A": "192.0.2.8"}],
    }
    args = "192.0.2.1", "a@example.com", "a.example.com", VOID_MAX
    mine = ours(zone, *args).result
    assert mine == by_pyspf(SpfZones(zone), *args) == by_spftrace(SpfZones(zone), *args)


junk = st.sampled_from(
    (
        "-all.", "a:", "a:.", "a:com", "a:x.123", "a:x.-y", "a/33", "a//129", "a/24/64", "a/24//64",
        "a:x.y/", "mx:x.y//0", "ip4:1.2.3", "ip4:1.2.3.4/032", "ip4:01.2.3.4", "ip4:1.2.3.4/",
        "ip6:1::2::3", "ip6:::1/0", "include", "include:", "exists", "ptr/0",
        "ptr:", "all:x.y", "foo:x.y", "foo=%{z}", "foo=%{d}", "foo=%", "1x=y", "=x", "exp=",
        "exp=a.example.com", "exp=x", "redirect=", "redirect=-all", "a:%{d0}.x.y", "a:%{d}", "a:%%",
        "a:%{dr12-+}", "a:%{c}", "a:x%.y", "a:%{d", "-", "+-all", "A:X.Y", "IP4:1.2.3.4",
        "moo.x-_=y",
    )
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(junk, max_size=3), records(plain, most=2))
def test_they_refuse_the_same_records(words: list[str], rest: Any) -> None:
    text = " ".join(["v=spf1", "ip4:192.0.2.1", *words, rest.text[7:]])
    data: ZoneData = {"example.com": [{"TXT": text}]}
    theirs = by_spftrace(SpfZones(data), "192.0.2.1", "a@example.com", "h.example.com", NO_LIMIT)
    assert (theirs == "permerror") == _is_malformed(text)


def _is_malformed(text: str) -> bool:
    try:
        parse(text)
    except Malformed:
        return True
    return False
