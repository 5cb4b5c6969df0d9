"""A domain judged by what real name servers say of it, and by what they fail to say."""

import pytest

from engine.ids import IpAddr
from engine.rules.dkim.keys import RsaKey, spki
from engine.rules.dkim.publish import key_record
from engine.rules.domain_report import judged_again
from engine.runtime.validate import validate
from engine.values.domain_check import DomainCheck
from engine.values.validation import Validation
from tests.support.lookups import Records, resolving, serving

pytestmark = pytest.mark.real

KEY = key_record("rsa", spki(RsaKey((1 << 2047) + 1, 65537)))
IPS = tuple(IpAddr(f"192.0.2.{number}") for number in range(1, 11))
CHECK = DomainCheck(
    domain="example.test",
    ips=IPS,
    names={ip: f"mail{number}.example.test" for number, ip in enumerate(IPS, 1)},
    selectors=("s1", "s2"),
    allow_reserved=True,
)
GOOD: Records = {
    "example.test TXT": ["v=spf1 include:_spf.example.test ~all"],
    "_spf.example.test TXT": ["v=spf1 ip4:192.0.2.0/28 ~all"],
    "example.test MX": ["10 mail1.example.test", "20 mail2.example.test"],
    "_dmarc.example.test TXT": ["v=DMARC1; p=quarantine; rua=mailto:d@example.test"],
    "s1._domainkey.example.test TXT": [KEY],
    "s2._domainkey.example.test CNAME": ["s1._domainkey.example.test"],
    **{f"mail{number}.example.test A": [ip] for number, ip in enumerate(IPS, 1)},
    **{
        f"{number}.2.0.192.in-addr.arpa PTR": [f"mail{number}.example.test"]
        for number in range(1, 11)
    },
}


async def validated(
    records: Records, *, dead: tuple[str, ...] = (), check: DomainCheck = CHECK
) -> Validation:
    """By way of Unbound, as an engine asks."""
    with serving(records, dead) as servers:
        async with resolving(servers.resolver) as resolver:
            made = await validate(
                check, lookup=resolver.lookup, resolver=resolver.name, nonce="nobody"
            )
    assert judged_again(made) == made.report
    return made


def without(*keys: str) -> Records:
    return {key: texts for key, texts in GOOD.items() if key not in keys}


def wrong(made: Validation) -> set[str]:
    report = made.report
    parts = (report.spf, report.dkim, report.dmarc, report.ptr, report.mx)
    found = [one for part in parts for one in part.findings] + [*report.findings]
    return {one.code for one in found if one.severity != "info"}


async def test_a_domain_in_good_order() -> None:
    made = await validated(GOOD)
    assert (made.report.status, wrong(made)) == ("ok", set())
    assert {one.result for one in made.report.spf.ips} == {"pass"}
    assert {one.result for one in made.report.ptr.ips} == {"pass"}
    assert [one.bits for one in made.report.dkim.selectors] == [2048, 2048]
    assert made.report.mx.records == ("10 mail1.example.test", "20 mail2.example.test")


async def test_a_record_among_a_hundred_texts_that_only_tcp_carries() -> None:
    texts = [f"{number:03d} {'x' * 60}" for number in range(99)]
    many = {**GOOD, "example.test TXT": [*texts, *GOOD["example.test TXT"]]}
    assert (await validated(many)).report.spf.record == GOOD["example.test TXT"][0]


async def test_a_key_whose_alias_comes_back_to_itself_is_told_from_one_not_answered() -> None:
    loop: Records = {
        **GOOD,
        "s2._domainkey.example.test CNAME": ["x.example.test"],
        "x.example.test CNAME": ["s2._domainkey.example.test"],
    }
    made = await validated(loop)
    assert "dns.alias_loop" in wrong(made)
    assert made.report.status == "error"


async def test_an_alias_that_leads_nowhere() -> None:
    lost = without("s1._domainkey.example.test TXT")
    made = await validated(lost)
    assert "dkim.cname" in wrong(made)


@pytest.mark.parametrize("broken", ["a.lame.example", "a.gone.test"])
async def test_an_include_that_nobody_answers_for_leaves_spf_open_and_the_rest_told(
    broken: str,
) -> None:
    """Refused where the resolver was sent to, and silent."""
    record = f"v=spf1 include:{broken} ip4:192.0.2.0/28 ~all"
    made = await validated({**GOOD, "example.test TXT": [record]}, dead=("gone.test",))
    report = made.report
    assert report.spf.valid is None
    assert {one.result for one in report.spf.ips} == {"temperror"}
    told = (report.dkim, report.dmarc, report.ptr, report.mx)
    assert [one.valid for one in told] == [True] * 4
    assert report.status == "unknown"


async def test_a_domain_that_is_not_there() -> None:
    check = DomainCheck(domain="absent.example.test", selectors=("s1",))
    made = await validated(GOOD, check=check)
    assert wrong(made) >= {"spf.missing", "dkim.missing", "mx.soa"}
    assert made.report.mx.exists is False
