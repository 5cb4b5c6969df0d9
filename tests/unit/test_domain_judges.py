"""What holds for every judge of a domain's DNS, whatever is answered."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json

from engine.ids import IpAddr
from engine.rules import transport
from engine.rules.asking import Asking, answered
from engine.rules.dkim import judge as dkim
from engine.rules.dkim.keys import RsaKey, spki
from engine.rules.dkim.publish import key_record
from engine.rules.dmarc import judge as dmarc
from engine.rules.mx import judge as mx
from engine.rules.ptr import judge as ptr
from engine.values.dkim_report import DkimReport
from engine.values.dmarc_report import DmarcReport
from engine.values.dns import UNANSWERED, DnsAnswer, Question
from engine.values.mx_report import MxReport
from engine.values.ptr_report import PtrReport
from tests.support.zones import Zone

Report = DkimReport | DmarcReport | MxReport | PtrReport

DOMAIN = "news.example.com"
IP = IpAddr("9.9.9.1")
REVERSE = "1.9.9.9.in-addr.arpa"
OWN = spki(RsaKey((1 << 2047) + 1, 65537))

JUDGES: dict[str, Callable[[], Asking[Report]]] = {
    "dkim": lambda: dkim.judge(DOMAIN, ["s1", "s2"], {"s1": OWN}, "nobody"),
    "dmarc": lambda: dmarc.judge(DOMAIN, "bounce.example.com", [DOMAIN, "example.com"]),
    "mx": lambda: mx.judge(DOMAIN),
    "ptr": lambda: ptr.judge({IP: "mx1.example.com"}, "mx2.example.com", DOMAIN),
    "ptr of mx": lambda: ptr.judge({}, None, DOMAIN),
}

# Questions, and what may be answered to each.
WORLD: dict[str, list[tuple[str, ...]]] = {
    f"{DOMAIN} SOA": [("ns. hm. 1 2 3 4 5",)],
    f"{DOMAIN} MX": [("10 mx1.example.com", "20 mx2.example.com"), ("0 .",)],
    f"{DOMAIN} A": [("9.9.9.2",)],
    f"{DOMAIN} TXT": [("v=spf1 -all", "v=DMARC1; p=none")],
    f"{REVERSE} PTR": [("mx1.example.com",), ("mx1.example.com", "mx2.example.com")],
    "mx1.example.com A": [("9.9.9.1",), ("9.9.9.1", "9.9.9.3")],
    "mx2.example.com A": [("9.9.9.1",), ("10.0.0.1",)],
    "mx2.example.com AAAA": [("2620:fe::fe",)],
    "mx2.example.com CNAME": [("mx1.example.com",)],
    f"_dmarc.{DOMAIN} TXT": [("v=DMARC1; p=none",), ("v=DMARC1; p=none; psd=n",), ("x",)],
    "_dmarc.example.com TXT": [("v=DMARC1; p=reject; sp=none; rua=mailto:a@r.example",)],
    "_dmarc.com TXT": [("v=DMARC1; p=none; psd=y",)],
    "_dmarc.bounce.example.com TXT": [("v=DMARC1; p=none; psd=n",)],
    "r.example MX": [("10 mx1.example.com",)],
    "example.com._report._dmarc.r.example TXT": [("v=DMARC1",)],
    f"s1._domainkey.{DOMAIN} TXT": [(key_record("rsa", OWN),)],
    f"s2._domainkey.{DOMAIN} TXT": [(key_record("ed25519", bytes(32)),), ("v=DKIM1; p=",)],
    f"s2._domainkey.{DOMAIN} CNAME": [("key.example.net",)],
    "key.example.net TXT": [(key_record("rsa", OWN),)],
}

worlds = st.fixed_dictionaries(
    {}, optional={question: st.sampled_from(answers) for question, answers in WORLD.items()}
)
failures = st.dictionaries(
    st.sampled_from([*WORLD, f"{DOMAIN} AAAA", "mx1.example.com AAAA", "mx2.example.com A"]),
    st.sampled_from(sorted(UNANSWERED)),
)


@pytest.mark.parametrize("name", JUDGES)
@given(st.data())
def test_a_failing_resolver_makes_nothing_invalid_and_clears_nothing(
    name: str, data: st.DataObject
) -> None:
    world = data.draw(worlds)
    before = Zone(world).run(JUDGES[name]())
    after = Zone(world, data.draw(failures)).run(JUDGES[name]())
    if before.valid is not False:
        assert after.valid is not False
    if after.valid is True:
        assert before.valid is True


@pytest.mark.parametrize("name", JUDGES)
@pytest.mark.parametrize("outcome", sorted(UNANSWERED))
def test_a_resolver_that_is_down_leaves_everything_open(name: str, outcome: str) -> None:
    report = answered(JUDGES[name](), lambda _: DnsAnswer(outcome))  # type: ignore[arg-type]
    assert (report.valid, report.status) == (None, "unknown")
    assert report.findings


texts = st.text(max_size=30) | st.sampled_from(
    [one for many in WORLD.values() for (one, *_) in many]
)
answers = st.builds(
    DnsAnswer,
    st.just("ok"),
    st.lists(texts, min_size=1, max_size=4).map(tuple),
    aliases=st.lists(texts, max_size=2).map(tuple),
) | st.builds(DnsAnswer, st.sampled_from(["nodata", "nxdomain", *sorted(UNANSWERED)]))


@pytest.mark.parametrize("name", [*JUDGES, "transport"])
@given(st.data())
def test_a_resolver_that_lies_is_judged_with_bounded_questions(
    name: str, data: st.DataObject
) -> None:
    asked: list[Question] = []

    def answer(question: Question) -> DnsAnswer:
        asked.append(question)
        return data.draw(answers)

    if name == "transport":
        answered(transport.judge(DOMAIN), answer)
    else:
        report = answered(JUDGES[name](), answer)
        assert report.valid is not True or report.status in ("ok", "warning")
        assert json.decode(json.encode(report), type=type(report)) == report
    assert len(asked) <= 60
