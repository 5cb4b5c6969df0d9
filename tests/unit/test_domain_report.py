"""A domain judged as a whole."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ids import IpAddr
from engine.rules.alias_loops import NAMES_MAX
from engine.rules.asking import answered
from engine.rules.domain_records import records
from engine.rules.domain_report import judge
from engine.rules.proposed import Proposed
from engine.rules.zone_file import parse, written
from engine.values.dns import DnsAnswer, Outcome, Question
from engine.values.domain_check import DomainCheck
from engine.values.domain_report import DomainReport
from tests.support.zones import Zone

IPS = (IpAddr("8.8.8.8"), IpAddr("8.8.8.9"), IpAddr("2620:fe::9"))
KEY = (
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFC"
    "jxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9"
    "tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"
)
CHECK = DomainCheck(
    domain="news.example.com",
    ips=IPS,
    names={ip: f"mail{number}.example.com" for number, ip in enumerate(IPS)},
    selectors=("s1",),
    keys={"s1": KEY},
    mail_from="bounce.news.example.com",
)
# A domain that is there, and nothing for mail yet.
NEW = {
    "example.com SOA": ["ns. hm. 1 2 3 4 5"],
    "news.example.com SOA": ["ns. hm. 1 2 3 4 5"],
    "mx1.example.com A": ["9.9.9.9"],
    "mx1.example.com AAAA": ["2620:fe::fe"],
}


def report(
    dns: dict[str, list[str]],
    check: DomainCheck = CHECK,
    failing: dict[str, Outcome] | None = None,
) -> DomainReport:
    return Zone(dns, failing).run(judge(check, "nobody"))


def published(zone_text: str) -> DomainReport:
    """As if it were."""
    proposed, dns = Proposed(parse(zone_text, CHECK.domain)), Zone(NEW)

    def answer(question: Question) -> DnsAnswer:
        return answered(proposed.look_up(question), dns)

    return answered(judge(CHECK, "nobody"), answer)


def proposal() -> str:
    return written(records(CHECK, mx="mx1.example.com", reports_to="d@news.example.com").records)


def severities(made: DomainReport) -> set[str]:
    parts = (made.spf, made.dkim, made.dmarc, made.ptr, made.mx)
    found = [one for part in parts for one in part.findings]
    return {f"{one.code} {one.severity}" for one in [*found, *made.findings]}


def test_the_records_that_the_engine_writes_are_found_good_by_its_own_judges() -> None:
    """But for the length of the key, which whoever made it chose."""
    made = published(proposal())
    wrong = {one for one in severities(made) if not one.endswith("info")}
    assert wrong == {"dkim.weak warning"}
    assert made.status == "warning"
    assert made.dkim.selectors[0].matches_engine_key
    assert {one.result for one in made.spf.ips} == {"pass"}
    assert {one.result for one in made.ptr.ips} == {"pass"}
    assert all(one.ok for one in made.readiness.values())


@pytest.mark.parametrize(
    ("without", "code"),
    [
        ("v=spf1", "spf.missing error"),
        ("_domainkey", "dkim.missing error"),
        ("_dmarc", "dmarc.missing error"),
        ("8.8.8.8.in-addr.arpa", "ptr.missing error"),
        ("mail1.example.com. IN A ", "ptr.unconfirmed error"),
        ("bounce.news.example.com. IN MX", "mx.missing error"),
    ],
)
def test_each_of_them_is_needed(without: str, code: str) -> None:
    lines = proposal().splitlines()
    made = published("\n".join(line for line in lines if without not in line))
    assert len([line for line in lines if without in line]) == 1
    assert code in severities(made)


def test_what_is_not_known_is_named_and_not_made_up() -> None:
    made = records(DomainCheck(domain="example.com", selectors=("s1",)))
    assert [one.split(":")[0] for one in made.missing] == ["SPF", "DKIM", "DMARC", "MX"]
    assert [(one.name, one.data) for one in made.records] == [
        ("_dmarc.example.com", "v=DMARC1; p=none")
    ]


def test_reports_to_another_organisation_need_its_agreement() -> None:
    made = records(DomainCheck(domain="example.com"), reports_to="d@reports.example.net")
    assert "example.com._report._dmarc.reports.example.net" in {one.name for one in made.records}


def test_a_domain_that_bounces_go_to_has_to_exist_and_to_take_them() -> None:
    made = report(NEW)
    found = {one.code for one in made.findings if one.subject == "bounce.news.example.com"}
    assert "mx.soa" in found
    assert "mx.soa" in made.readiness["yahoo"].missing
    own = report(NEW, msgspec.structs.replace(CHECK, mail_from=""))
    assert not own.findings


def test_a_name_that_is_its_own_alias_is_wrong_and_not_merely_unanswered() -> None:
    loop = NEW | {
        "s1._domainkey.news.example.com CNAME": ["a.example.com"],
        "a.example.com CNAME": ["b.example.com"],
        "b.example.com CNAME": ["a.example.com"],
    }
    made = report(loop)
    (found,) = [one for one in made.findings if one.code == "dns.alias_loop"]
    assert found.subject == "s1._domainkey.news.example.com"
    assert "a.example.com -> b.example.com -> a.example.com" in found.message
    assert made.dkim.valid is None
    assert made.status == "error"


def test_what_signs_and_where_bounces_go_is_held_against_the_policy() -> None:
    made = published(proposal())
    assert {(one.by, one.aligned) for one in made.dmarc.alignment} == {
        ("spf", True),
        ("dkim", True),
    }


def test_a_resolver_that_fails_throughout_is_not_asked_for_every_alias() -> None:
    asked: list[Question] = []

    def fail(question: Question) -> DnsAnswer:
        asked.append(question)
        return DnsAnswer("servfail")

    answered(judge(CHECK, "nobody"), fail)
    assert len({one.name for one in asked}) > 12
    assert len([one for one in asked if one.type == "CNAME"]) == NAMES_MAX


@pytest.mark.parametrize("outcome", ["servfail", "refused", "timeout"])
def test_a_resolver_that_is_down_says_nothing_of_the_domain(outcome: Outcome) -> None:
    made = answered(judge(CHECK, "nobody"), lambda _: DnsAnswer(outcome))
    assert made.status == "unknown"
    assert {one.ok for one in made.readiness.values()} == {None}


def test_a_report_is_read_back_from_json_as_it_was() -> None:
    made = published(proposal())
    assert msgspec.json.decode(msgspec.json.encode(made), type=DomainReport) == made


NAMES = ("news.example.com", "mx1.example.com", ".", "a b", "x" * 64, "é.example.com", "")
LIES: dict[str, tuple[str, ...]] = {
    "A": ("8.8.8.8", "127.0.0.1", "0.0.0.0"),
    "AAAA": ("2620:fe::9", "::1", "::ffff:8.8.8.8"),
    "MX": tuple(f"{preference} {name}" for preference in (0, 10) for name in NAMES),
    "SOA": ("ns. hm. 1 2 3 4 5",),
    "PTR": NAMES,
    "CNAME": NAMES,
    "TXT": (
        "v=spf1 include:news.example.com a mx ptr exists:%{i}.news.example.com -all",
        "v=spf1 redirect=news.example.com",
        "v=spf1 +all",
        "v=DMARC1; p=reject; psd=y; rua=mailto:a@b.test!1m",
        "v=DKIM1; p=",
        *("", "\x00", "é" * 300, "x" * 5000),
    ),
}


def lies(type: str) -> st.SearchStrategy[DnsAnswer]:
    """Whatever a packet can hold."""
    records = st.lists(st.sampled_from(LIES[type]), min_size=1, max_size=12).map(tuple)
    aliases = st.lists(st.sampled_from(NAMES), max_size=2).map(tuple)
    silent = st.sampled_from(["nodata", "nxdomain", "servfail", "timeout"])
    return st.builds(DnsAnswer, st.just("ok"), records, aliases=aliases) | st.builds(
        DnsAnswer, silent
    )


@settings(max_examples=20)
@given(st.data())
def test_a_resolver_that_lies_is_judged_all_the_same_with_bounded_questions(
    data: st.DataObject,
) -> None:
    asked: list[Question] = []

    def answer(question: Question) -> DnsAnswer:
        asked.append(question)
        return data.draw(lies(question.type))

    made = answered(judge(CHECK, "nobody"), answer)
    assert len(asked) == len(set(asked)) <= 500
    assert msgspec.json.decode(msgspec.json.encode(made), type=DomainReport) == made
