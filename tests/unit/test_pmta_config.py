import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.demo.pmta_parser import Config, Reader
from engine.ids import IpAddr, TenantId
from engine.rules.overlay import laid_over
from engine.rules.pmta_config import tenant_file
from engine.values.levers import STOPPED, Levers, Output, Paused, PerDay, Unlimited
from engine.values.overlay import Chosen, Cold, Key, Quota
from engine.values.vmta import Running, Vmta
from tests.support.spec import ACME, vmta

A, B, C, D = (IpAddr(f"192.0.2.{n}") for n in (1, 2, 3, 4))


def per_day(cap: int) -> Levers:
    return Levers("open", PerDay(cap))


def test_every_address_is_defined_and_each_pool_holds_its_open_ones_of_the_highest_cap() -> None:
    low, high = vmta(per_day(50)), vmta(per_day(500))
    news = vmta(per_day(50), "news-letter")
    lines = tenant_file.render(ACME, {A: low, B: high, C: vmta(STOPPED), D: news}).splitlines()
    assert lines[:4] == [
        "<virtual-mta acme--192-0-2-1>",
        "  smtp-source-host 192.0.2.1 mail1.acme.example",
        "  max-smtp-msg-rate 50/d",
        "</virtual-mta>",
    ]
    assert [line.split()[1] for line in lines if "rate" in line] == ["50/d", "500/d", "1/d", "50/d"]
    assert lines[-6:] == [
        "<virtual-mta-pool acme--marketing>",
        "  virtual-mta acme--192-0-2-2",
        "</virtual-mta-pool>",
        "<virtual-mta-pool acme--news-letter>",
        "  virtual-mta acme--192-0-2-4",
        "</virtual-mta-pool>",
    ]


def test_a_file_without_open_addresses_has_no_pool() -> None:
    assert "pool" not in tenant_file.render(ACME, {A: vmta(STOPPED)})


def test_a_name_that_people_gave_leads_to_its_address_while_that_takes_mail() -> None:
    named = Vmta("marketing", "a.example", per_day(50), Chosen("one"))
    closed = Vmta("marketing", "a.example", Levers("closed", PerDay(50)), Chosen("one"))
    assert (
        "<virtual-mta-pool acme--one>\n  virtual-mta acme--192-0-2-1\n</virtual-mta-pool>\n"
        in tenant_file.render(ACME, {A: named})
    )
    text = tenant_file.render(ACME, {A: closed})
    assert "<virtual-mta acme--192-0-2-1>" in text
    assert "pool" not in text


def test_an_address_without_a_hostname_is_neither_rendered_nor_expected() -> None:
    waiting = {A: vmta(per_day(50), hostname="")}
    assert tenant_file.render(ACME, waiting) == ""
    assert tenant_file.expected(ACME, waiting) == ()
    assert tenant_file.digest("") == ""


def test_unlimited_is_no_line_and_the_highest_cap() -> None:
    free, held = vmta(Levers("open", Unlimited())), vmta(Levers("open", Paused()))
    text = tenant_file.render(ACME, {A: free, B: vmta(per_day(10000)), C: held})
    assert "unlimited" not in text
    assert text.count("rate") == 2
    assert text.count("  virtual-mta ") == text.count("  virtual-mta acme--192-0-2-1\n") == 1


def test_whoever_has_a_password_logs_in_for_his_own_address_and_for_no_other() -> None:
    text = tenant_file.render(
        ACME, {A: Vmta("marketing", "a.example", per_day(50), login="acme--192-0-2-1"), B: B_OPEN}
    )
    assert text.endswith(
        "<source acme--192-0-2-1>\n"
        "  always-allow-relaying yes\n"
        "  default-virtual-mta acme--192-0-2-1\n"
        "  process-x-virtual-mta no\n"
        "  process-x-job yes\n"
        "</source>\n"
        "<smtp-user acme--192-0-2-1>\n"
        "  password {secret:acme--192-0-2-1}\n"
        "  source acme--192-0-2-1\n"
        "</smtp-user>\n"
    )
    assert text.count("<smtp-user") == 1
    assert tenant_file.judged(ACME, text) == []


B_OPEN = vmta(per_day(60))


def overflow(counts: dict[str, int], beside: Vmta = B_OPEN, ip: IpAddr = B) -> str:
    warm = given_(Chosen(cold=Cold(ip, counts)))
    return tenant_file.render(ACME, {A: warm, B: beside})


def test_a_cold_address_gets_no_more_than_its_cap_of_all_providers_together() -> None:
    text = overflow({"a.example": 50, "b.example": 50, "c.example": 50})
    assert re.findall(r"<domain (\S+)>\n    max-cold-virtual-mta-msg (\S+)", text) == [
        ("a.example", "50/d"),
        ("b.example", "10/d"),
    ]
    assert "  cold-virtual-mta acme--192-0-2-2\n" in text
    assert tenant_file.judged(ACME, text) == []


@pytest.mark.parametrize(
    "beside",
    [
        vmta(STOPPED),
        vmta(Levers("closed", PerDay(60))),
        vmta(Levers("open", Paused())),
        vmta(Levers("open", Unlimited())),
        vmta(per_day(60), hostname=""),
    ],
)
def test_nothing_goes_over_to_an_address_that_takes_no_mail_or_is_not_cold(beside: Vmta) -> None:
    assert "cold" not in overflow({"a.example": 5}, beside)


def test_nothing_goes_over_to_the_address_itself_or_to_one_that_is_not_there() -> None:
    assert "cold" not in overflow({"a.example": 5}, ip=A)
    assert "cold" not in overflow({"a.example": 5}, ip=C)


def test_a_key_of_the_engines_own_is_rendered_with_the_word_to_sign() -> None:
    signed = replace(B_OPEN, keys=(Key("ee1", "a.example", "/k/ee1.pem"),))
    text = tenant_file.render(ACME, {A: signed, B: B_OPEN})
    assert "  domain-key ee1,a.example,/k/ee1.pem\n  <domain *>\n    dkim-sign yes\n" in text
    assert text.count("dkim-sign") == 1
    assert tenant_file.judged(ACME, text) == []
    assert tenant_file.signs({A: signed, B: B_OPEN}) == {"a.example": ("ee1",)}
    assert tenant_file.signs({A: replace(signed, hostname="")}) == {}


def test_nought_is_no_cap() -> None:
    with pytest.raises(ValueError, match="to stop, pause"):
        PerDay(0)


def test_the_text_does_not_depend_on_the_order_in_which_addresses_came() -> None:
    both = {A: vmta(per_day(50)), B: vmta(per_day(50))}
    assert tenant_file.render(ACME, both) == tenant_file.render(ACME, dict(reversed(both.items())))


def test_a_name_of_one_tenant_is_never_anothers() -> None:
    one, two = TenantId("a"), TenantId("a-b")
    assert tenant_file.vmta(one, A) != tenant_file.vmta(two, A)
    assert not tenant_file.vmta(two, A).startswith(f"{one}--")


# --- whatever a tenant writes

HOSTILE = [
    "a\ninclude /etc/shadow",
    "a>\n<domain *>",
    "x # y",
    "a\u2028b",
    "a\rb",
    "a\x0bb",
    "a\x85b",
    "a b",
    "a\tb",
    'a"b',
    "",
    "*",
    "mail1.acme.example\n",
    "ok.example",
    "x" * 256,
    "\u0660",
    "</virtual-mta>",
]
ANY = st.one_of(st.text(max_size=30), st.sampled_from(HOSTILE), st.from_regex(r"[a-z0-9.-]{1,20}"))
OUTPUTS: st.SearchStrategy[Output] = st.one_of(
    st.integers(1, 10**7).map(PerDay), st.just(Unlimited()), st.just(Paused())
)
LEVERS = st.builds(Levers, st.sampled_from(["open", "closed"]), OUTPUTS)
IPS = st.ip_addresses().map(lambda ip: IpAddr(ip.compressed))
CHOSEN = st.builds(
    Chosen,
    name=st.just("") | ANY,
    quota=st.none() | st.builds(Quota, st.integers(1, 10**6), st.sampled_from(["day", "hour"])),
    key=st.none() | st.builds(Key, ANY, ANY, ANY),
    limits=st.just({})
    | st.dictionaries(ANY, st.dictionaries(st.just("max-smtp-out") | ANY, st.just("5") | ANY)),
    cold=st.none() | st.builds(Cold, IPS, st.dictionaries(ANY, st.integers(1, 100))),
)
KEYS = st.just(()) | st.lists(st.builds(Key, ANY, ANY, ANY), max_size=2).map(tuple)
LOGINS = st.just("") | st.just("acme--192-0-2-1.2") | ANY
FLEETS = st.dictionaries(
    IPS, st.builds(Vmta, ANY, ANY, LEVERS, st.none() | CHOSEN, KEYS, LOGINS), max_size=5
)
BASE = "log-file /l\n<spool /s>\n</spool>\n"


def given_(chosen: Chosen) -> Vmta:
    return laid_over(vmta(per_day(50)), chosen, drains=False)


def parsed(text: str) -> Config:
    """By the stand-in's reader, which shares no code with the renderer."""
    with tempfile.TemporaryDirectory() as root:
        Path(root, "config").write_text(BASE + text, encoding="utf-8", newline="")
        return Reader(Path(root)).read("/config")


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.just("acme"), ANY), FLEETS)
@example("acme", {A: given_(Chosen("one", key=Key("s", "a.example", "/k/a.pem")))})
@example("acme", {A: given_(Chosen("one", quota=Quota(2, "hour"))), B: given_(Chosen("two"))})
@example("acme", {A: given_(Chosen("marketing"))})
@example("acme", {A: given_(Chosen("one")), B: given_(Chosen("one"))})
@example("acme", {A: given_(Chosen("one", key=Key("s,x", "a.example", "/k/#a.pem")))})
@example("acme", {A: given_(Chosen("192-0-2-2")), B: given_(Chosen("two"))})
@example("acme", {A: given_(Chosen(limits={"gmail.com": {"max-smtp-out": "5"}}))})
@example("acme", {A: given_(Chosen(limits={"gmail.com": {"max-smtp-out": "5\ninclude /x"}}))})
@example("acme", {A: given_(Chosen(cold=Cold(B, {"gmail.com": 5}))), B: vmta(per_day(50))})
@example("acme", {A: Vmta("marketing", "a.example", per_day(1), login="acme--192-0-2-1")})
@example("acme", {A: Vmta("marketing", "a.example", per_day(1), login="x}\ninclude /x")})
@example("acme", {A: replace(B_OPEN, keys=(Key("s", "a.example", "/k/a.pem"),))})
@example("acme", {A: replace(B_OPEN, keys=(Key("s", "a.example", "/k/a.pem\n<x>"),))})
@example("acme", {A: vmta(STOPPED, hostname="a\u2028b")})
@example("acme", {A: vmta(per_day(1), purpose="x>\n<domain *>")})
@example("a\n", {A: vmta(per_day(1))})
def test_whatever_a_tenant_writes_is_refused_or_read_back_as_it_was_meant(
    slug: str, vmtas: dict[IpAddr, Vmta]
) -> None:
    tenant = TenantId(slug)
    try:
        text = tenant_file.render(tenant, vmtas)
        expected = tenant_file.expected(tenant, vmtas)
    except ValueError:
        return
    found = parsed(text)
    assert tuple(_running(name, one) for name, one in found.vmtas.items()) == expected
    named = [vmtas[ip] for ip in sorted(vmtas) if vmtas[ip].hostname]
    assert [one["keys"] for one in found.vmtas.values()] == [_keys(one) for one in named]
    assert found.pools == _pools(tenant, vmtas)
    logins = [one.login for one in named if one.login]
    assert re.findall(r"^  password \{secret:(.*)\}$", text, re.M) == logins
    assert found.seen == {"log-file", "spool"} | _tags(found, logins, text)
    assert text.isascii()


def _running(name: str, one: dict[str, object]) -> Running:
    """Nothing but a source host and perhaps a rate."""
    hosts, own = one["hosts"], one["settings"]
    assert isinstance(hosts, list)
    assert isinstance(own, dict)
    assert own.keys() <= {"max-smtp-msg-rate", "cold-virtual-mta"}
    ((ip, host),) = hosts
    return Running(name, IpAddr(ip), host, own.get("max-smtp-msg-rate", ""))


def _tags(found: Config, logins: list[str], text: str) -> set[str]:
    return {
        *(["virtual-mta-pool"] if found.pools else []),
        *(["virtual-mta"] if found.vmtas else []),
        *(["source", "smtp-user"] if logins else []),
        *(["domain"] if "\n  <domain " in text else []),  # each within its VMTA
    }


def _pools(tenant: TenantId, vmtas: dict[IpAddr, Vmta]) -> dict[str, list[str]]:
    """Once more, from the sentence in the design: open ones of the highest cap, per purpose."""
    pools: dict[str, dict[str, int]] = {}
    for ip in sorted(vmtas):
        one = vmtas[ip]
        if one.hostname and one.levers.intake == "open":
            output = one.levers.output
            cap = output.cap if isinstance(output, PerDay) else 10**9 * (output == Unlimited())
            pools.setdefault(one.purpose, {})[tenant_file.vmta(tenant, ip)] = cap
    given = {
        f"{tenant}--{one.chosen.name}": [tenant_file.vmta(tenant, ip)]
        for ip, one in vmtas.items()
        if one.hostname and one.levers.intake == "open" and one.chosen and one.chosen.name
    }
    return given | {
        f"{tenant}--{purpose}": [name for name, cap in caps.items() if cap == max(caps.values())]
        for purpose, caps in sorted(pools.items())
    }


def _keys(one: Vmta) -> list[list[str]]:
    """As the tree sorts them: the nearest domain first, and what fits always last."""
    chosen = [one.chosen.key] if one.chosen and one.chosen.key else []
    keys = [[key.selector, key.domain, key.path] for key in (*chosen, *one.keys)]
    return sorted(keys, key=lambda key: (key[1] == "*", -key[1].count("."), key))
