"""What clients may rely on when they ask about a domain's DNS, and for the records it needs."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from engine.api.validations import IN_ALL, PER_KEY
from engine.commands.domain import RegisterDomain
from engine.events.dns import DNS, DomainValidated
from engine.ids import Actor, IpAddr, Position
from engine.ports import New, Slice
from engine.runtime.validate import validate
from engine.values.domain_check import DomainCheck
from engine.values.sending_domain import Setup
from tests.support.api_world import SOS, ULIXAI, ApiWorld, Client, api_world
from tests.support.fake_resolver import SERVER_FAILED, SILENCE
from tests.support.listening import until

VALIDATE, RECORDS = "/api/v2/domains/validate", "/api/v2/domains/records"
DOMAIN = "sos-mail.com"
IP = "8.8.8.8"
SPF = {"name": DOMAIN, "type": "TXT", "data": f"v=spf1 ip4:{IP} ~all"}
PARTS = ("spf", "dkim", "dmarc", "ptr", "mx")
PEM = """\
-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA2w2M0HsSkPTzAEq0UnUx
MQbncWR6//m/uvJAtMaYMf0+PiW/CIvg90QixRdkjWWc02Pv0yARb4wQTAGszgfX
jfP4nAQWwPENPgdEXkDvZSu1fc93YcCGsXBPUJ39PrAQ5EaGLpx20Ha0an15YtqB
sJzC651s+SVochP0/J9vfCvaMFho36MDUNMQYR3BOgUmO5+OPmjtC+6A4Q2fWhHH
v1wGj86XZ10ax2vTHtw4CCjdVyw2KhAFE2KLhO+00jth1Bz3Svt17riZL07OspbO
p1wydYK+ouGPgwP9Egk3AvW1ZmM/FDQDxVQFedgOJKMv6YVhdrgMUAC3WDpBxiaC
/wIDAQAB
-----END PUBLIC KEY-----
"""


@pytest.fixture
async def world() -> AsyncIterator[ApiWorld]:
    async with api_world() as made:
        made.resolver.records = {
            f"{DOMAIN} SOA": ("ns. hm. 1 2 3 4 5",),
            f"{DOMAIN} TXT": ("v=spf1 -all",),
            f"{DOMAIN} MX": (f"10 mx.{DOMAIN}",),
            f"_dmarc.{DOMAIN} TXT": ("v=DMARC1; p=reject",),
        }
        made.resolver.v4 = {f"mx.{DOMAIN}": ("9.9.9.9",)}
        yield made


@pytest.fixture
async def sos(world: ApiWorld) -> Client:
    _, sos, _ = await world.two_tenants()
    return sos


def codes(part: Any) -> set[str]:
    return {one["code"] for one in part["findings"]}


# --- what is said --------------------------------------------------------------------------------


async def test_golden_validation_of_a_domain(sos: Client) -> None:
    """The request and the fields are fixed, word for word."""
    said = await sos.post("/api/v2/domains/validate", {"domain": "sos-mail.com"})
    assert said.status == 200, said.body
    assert said.body["spf"].keys() >= {"valid", "record"}
    assert said.body["dkim"].keys() >= {"valid", "selector"}
    assert said.body["dmarc"].keys() >= {"valid", "policy"}
    assert said.body["ptr"].keys() >= {"valid", "hostname"}
    assert said.body["mx"].keys() >= {"valid", "records"}
    assert said.body["dkim"]["selector"] == "default"


async def test_a_report_says_what_is_there_who_was_asked_and_how_it_was_done(sos: Client) -> None:
    report = (await sos.post(VALIDATE, {"domain": DOMAIN, "ips": [IP]})).body
    assert report["spf"]["record"] == "v=spf1 -all"
    assert report["spf"]["lookups"] == {"worst": 0, "limit": 10, "void": 0, "void_limit": 2}
    assert report["spf"]["ips"][0]["result"] == "fail"
    assert report["dkim"]["valid"] is False
    assert (report["dmarc"]["valid"], report["dmarc"]["policy"]) == (True, "reject")
    assert report["mx"]["records"] == [f"10 mx.{DOMAIN}"]
    assert report["readiness"].keys() == {"gmail_bulk", "yahoo", "microsoft", "apple"}
    assert report["status"] == "error"
    assert report["resolver"] == "literals"
    assert report["queries"] > 10
    assert report["asked"] == {"domain": DOMAIN, "ips": [IP], "selectors": ["default"]}
    assert report["unasked"] == 0


async def test_what_is_wrong_comes_with_the_record_to_publish(sos: Client) -> None:
    report = (await sos.post(VALIDATE, {"domain": DOMAIN, "ips": [IP]})).body
    (found,) = [one for one in report["spf"]["findings"] if one["severity"] == "error"]
    assert found["code"] == "spf.ip_not_authorised"
    assert f"v=spf1 ip4:{IP} -all" in found["fix"]
    assert found["ref"].startswith("RFC 7208")


@pytest.mark.parametrize("failure", [SERVER_FAILED, SILENCE])
async def test_a_resolver_that_is_down_is_an_answer_that_could_not_tell(
    world: ApiWorld, sos: Client, failure: Any
) -> None:
    world.resolver.fails = {"com": failure, "arpa": failure}
    said = await sos.post(VALIDATE, {"domain": DOMAIN, "ips": [IP]})
    assert said.status == 200
    assert said.body["status"] == "unknown"
    assert [said.body[part]["valid"] for part in PARTS] == [None] * 5


async def test_a_name_that_resolves_to_itself_is_said(world: ApiWorld, sos: Client) -> None:
    world.resolver.records[f"_dmarc.{DOMAIN} CNAME"] = (f"_dmarc.{DOMAIN}",)
    del world.resolver.records[f"_dmarc.{DOMAIN} TXT"]
    report = (await sos.post(VALIDATE, {"domain": DOMAIN})).body
    assert codes(report) == {"dns.alias_loop"}
    assert report["status"] == "error"


# --- what is left out comes from the tenant's configuration --------------------------------------


async def registered_ip(client: Client, address: str, name: str) -> None:
    body = {"address": address, "purpose": "marketing", "hostname": name}
    assert (await client.post("/api/v2/ips", body)).status == 201


async def test_the_addresses_are_the_tenants_own_with_the_names_it_gave_them(
    world: ApiWorld,
) -> None:
    admin, sos, ulixai = await world.two_tenants()
    await registered_ip(sos, IP, "mail1.sos-mail.com")
    await registered_ip(ulixai, "9.9.9.9", "mail1.ulixai-mail.com")
    report = (await sos.post(VALIDATE, {"domain": DOMAIN})).body
    assert report["asked"]["ips"] == [IP]
    assert report["ptr"]["ips"][0]["expected"] == "mail1.sos-mail.com"
    others = (await admin.post(VALIDATE, {"domain": DOMAIN, "tenant": "ulixai"})).body
    assert others["asked"]["ips"] == ["9.9.9.9"]


async def test_the_platform_need_not_say_whose_domain_it_is(world: ApiWorld) -> None:
    admin, sos, ulixai = await world.two_tenants()
    await registered_ip(sos, IP, "mail1.sos-mail.com")
    await registered_ip(ulixai, "9.9.9.9", "mail1.ulixai-mail.com")
    await world.order(RegisterDomain(domain="other.example.com"), ULIXAI)
    asked = {"selectors": ["s1"]}
    below = await admin.post(VALIDATE, {"domain": "news.sos-expat-mail.com", **asked})
    registered = await admin.post(VALIDATE, {"domain": "other.example.com", **asked})
    nobodys = await admin.post(VALIDATE, {"domain": "example.com", **asked})
    assert below.body["asked"]["ips"] == [IP]
    assert registered.body["asked"]["ips"] == ["9.9.9.9"]
    assert "ips" not in nobodys.body["asked"]
    unknown = await admin.post(VALIDATE, {"domain": DOMAIN, "tenant": "nobody"})
    assert unknown.problem == (422, "invalid", "$.tenant")


async def test_a_tenant_may_not_name_another(sos: Client) -> None:
    said = await sos.post(VALIDATE, {"domain": DOMAIN, "tenant": "ulixai"})
    assert said.status == 403


async def test_what_is_said_goes_before_what_is_configured(world: ApiWorld, sos: Client) -> None:
    setup = Setup(selectors=("s1", "s2"), mail_from="bounce.sos-mail.com")
    await world.order(RegisterDomain(domain=DOMAIN, setup=setup), SOS)
    configured = (await sos.post(VALIDATE, {"domain": DOMAIN, "ips": [IP]})).body["asked"]
    assert configured["selectors"] == ["s1", "s2"]
    assert configured["mail_from"] == "bounce.sos-mail.com"
    given = {"domain": DOMAIN, "ips": [], "selectors": ["S3"], "mail_from": "x@b.test"}
    said = (await sos.post(VALIDATE, given)).body["asked"]
    assert said == {"domain": DOMAIN, "selectors": ["s3"], "mail_from": "b.test"}


# --- of a sending domain it is recorded ----------------------------------------------------------


async def test_a_sending_domain_as_it_is_configured_is_looked_at_and_the_look_is_in_the_log(
    world: ApiWorld, sos: Client
) -> None:
    await world.order(RegisterDomain(domain=DOMAIN), SOS)
    asked = asyncio.create_task(sos.post(VALIDATE, {"domain": DOMAIN}))
    await _looked(world)
    said = await asyncio.wait_for(asked, 5)
    assert said.status == 200
    assert said.body["spf"]["record"] == "v=spf1 -all"
    assert said.body["resolver"] == "dns"
    assert world.tags()[-1] == "dns.domain_validated"


async def _looked(world: ApiWorld) -> None:
    """What the engine does once it was asked to look."""
    await until(lambda: "domain.check_asked" in world.tags())
    check = DomainCheck(domain=DOMAIN, selectors=("default",))
    made = await validate(check, lookup=world.resolver.lookup, resolver="dns", nonce="nobody")
    event = DomainValidated(domain=DOMAIN, validation=made, cycle=Position(world.length))
    news = [New(world.new_id(), event)]
    slices = [Slice(stream=DNS.stream(DOMAIN), tenant=SOS, events=news)]
    await world.log.append(slices, actor=Actor("engine"), cause="a test")


async def test_where_the_look_takes_too_long_it_says_where_to_read_it(
    world: ApiWorld, sos: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.api.outcomes.WITHIN_S", 0.2)
    await world.order(RegisterDomain(domain=DOMAIN), SOS)
    said = await sos.post(VALIDATE, {"domain": DOMAIN})
    assert said.status == 202
    assert said.body["see"].startswith(f"/api/v2/domains/{DOMAIN}?at_least=")


@pytest.mark.parametrize("more", [{"ips": [IP]}, {"selectors": ["s1"]}, {"records": [SPF]}])
async def test_what_is_asked_otherwise_of_a_sending_domain_is_no_look(
    world: ApiWorld, sos: Client, more: dict[str, Any]
) -> None:
    await world.order(RegisterDomain(domain=DOMAIN), SOS)
    length = world.length
    assert (await sos.post(VALIDATE, {"domain": DOMAIN, **more})).status == 200
    assert world.length == length


async def test_asking_about_anybodys_domain_leaves_the_log_as_it_was(
    world: ApiWorld, sos: Client
) -> None:
    length = world.length
    await sos.post(VALIDATE, {"domain": "example.com"})
    await sos.post(RECORDS, {"domain": DOMAIN})
    assert world.length == length


# --- who may, and how often ----------------------------------------------------------------------


async def test_it_makes_the_engine_ask_and_so_a_key_that_only_reads_may_not(
    world: ApiWorld, sos: Client
) -> None:
    reader = await world.key(SOS, "read")
    assert (await reader.post(VALIDATE, {"domain": DOMAIN})).status == 403
    assert (await reader.post(RECORDS, {"domain": DOMAIN})).status == 200


async def test_a_key_may_ask_about_some_at_once_and_waits_for_the_rest(
    world: ApiWorld, sos: Client
) -> None:
    world.resolver.takes_s = 0.2
    body = {"domain": DOMAIN}
    said = await asyncio.gather(*(sos.post(VALIDATE, body) for _ in range(PER_KEY + 2)))
    refused = [one for one in said if one.status == 429]
    assert len(refused) == 2
    assert refused[0].problem == (429, "busy", None)
    assert refused[0].headers["Retry-After"]
    assert (await sos.post(VALIDATE, body)).status == 200


async def test_all_keys_together_have_a_limit_too(world: ApiWorld, sos: Client) -> None:
    world.resolver.takes_s = 0.3
    keys = [await world.key(SOS, "operate") for _ in range(IN_ALL // PER_KEY + 1)]
    asked = [key.post(VALIDATE, {"domain": DOMAIN}) for key in keys for _ in range(PER_KEY)]
    said = await asyncio.gather(*asked)
    assert [one.status for one in said].count(429) == PER_KEY


# --- as if other records were published ----------------------------------------------------------


async def test_a_record_can_be_tried_before_it_is_published(world: ApiWorld, sos: Client) -> None:
    body = {"domain": DOMAIN, "ips": [IP], "records": [SPF]}
    report = (await sos.post(VALIDATE, body)).body
    assert report["spf"]["record"] == SPF["data"]
    assert report["spf"]["ips"][0]["result"] == "pass"
    assert report["dmarc"]["policy"] == "reject"  # as it stands
    assert world.resolver.heard.count(DOMAIN) == 4  # MX, SOA, A and AAAA, not TXT


async def test_records_can_be_given_as_a_zone_file(sos: Client) -> None:
    zone = f'@ TXT "v=spf1 ip4:{IP}" " ~all"\n_dmarc TXT v=DMARC1\n'
    report = (await sos.post(VALIDATE, {"domain": DOMAIN, "ips": [IP], "records": zone})).body
    assert report["spf"]["valid"]
    assert report["dmarc"]["record"] == "v=DMARC1"


async def test_a_record_can_be_taken_away(sos: Client) -> None:
    gone = {"name": f"_dmarc.{DOMAIN}", "type": "TXT", "data": None}
    report = (await sos.post(VALIDATE, {"domain": DOMAIN, "records": [gone]})).body
    assert "dmarc.missing" in codes(report["dmarc"])


# --- the records that it needs -------------------------------------------------------------------


async def test_the_records_of_a_new_domain_are_written_and_pass_once_they_are_published(
    world: ApiWorld, sos: Client
) -> None:
    await registered_ip(sos, IP, "mail1.new.example.com")
    world.resolver.records["new.example.com SOA"] = ("ns. hm. 1 2 3 4 5",)
    world.resolver.v4["mx.example.com"] = ("9.9.9.9",)
    world.resolver.v6["mx.example.com"] = ("2620:fe::fe",)
    body = {
        "domain": "new.example.com",
        "keys": {"s1": PEM},
        "mx": "mx.example.com",
        "reports_to": "d@new.example.com",
        "selectors": [],
    }
    made = (await sos.post(RECORDS, body)).body
    assert made["missing"] == []
    for records in (made["records"], made["zone"]):
        tried = {"domain": "new.example.com", "selectors": ["s1"], "records": records}
        report = (await sos.post(VALIDATE, tried)).body
        assert [report[part]["status"] for part in PARTS] == ["ok"] * len(PARTS), report
        assert report["status"] == "ok"


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("", "no public key"),
        ("AAAA", "no public key"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "private key"),
    ],
)
async def test_what_is_no_public_key_is_refused_and_never_repeated(
    sos: Client, key: str, said: str
) -> None:
    refused = await sos.post(RECORDS, {"domain": DOMAIN, "keys": {"s1": key}})
    assert refused.problem == (422, "invalid", "$.keys.s1")
    assert said in refused.body["detail"]
    assert "AAAA" not in refused.body["detail"]


# --- what cannot be asked ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "domain",
    [
        *("", " ", "localhost", "com", "co.uk", "8.8.8.8", "2001:db8::1", "[8.8.8.8]"),
        *("*.example.com", "a..example.com", "-.example.com", "exa mple.com", "https://a.com/"),
        *("user@example.com", "example.123", f"{'x' * 64}.com", "x." * 150 + "com", "xn--zz--.com"),
        *("a\x00.com", "☃" * 300 + ".com", "x" * 20_000),
    ],
)
async def test_what_is_no_domain_is_refused_with_its_field_and_nobody_is_asked(
    world: ApiWorld, sos: Client, domain: str
) -> None:
    refused = await sos.post(VALIDATE, {"domain": domain})
    assert refused.problem == (422, "invalid", "$.domain")
    assert len(refused.body["detail"]) < 300
    assert not world.resolver.heard


@pytest.mark.parametrize("domain", ["bücher.example", "xn--bcher-kva.example", "BÜCHER.Example."])
async def test_an_international_name_is_the_same_in_both_its_forms(
    sos: Client, domain: str
) -> None:
    report = (await sos.post(VALIDATE, {"domain": domain})).body
    assert report["domain"] == "xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"ips": ["8.8.8"]}, "$.ips[0]"),
        ({"ips": [IP, "x"]}, "$.ips[1]"),
        ({"ips": [IP] * 101}, "$.ips"),
        ({"ips": IP}, "$.ips"),
        ({"selectors": ["a", "b c"]}, "$.selectors[1]"),
        ({"selectors": ["s"] * 21}, "$.selectors"),
        ({"mail_from": "bounce"}, "$.mail_from"),
        ({"helo": "a_b.example.com"}, "$.helo"),
        ({"records": "@ TXTT x"}, "$.records"),
        ({"records": [{"name": "a..b", "type": "TXT", "data": "x"}]}, "$.records[0].name"),
        ({"records": [SPF, {"name": "a.b", "type": "A", "data": "x"}]}, "$.records[1].data"),
        ({"records": [{"name": "a.b", "type": "ANY", "data": "x"}]}, "$.records[0].type"),
        ({"records": [{"name": "a.b", "data": "x"}]}, "$.records[0].type"),
    ],
)
async def test_what_cannot_be_taken_is_named(
    world: ApiWorld, sos: Client, more: dict[str, Any], field: str
) -> None:
    refused = await sos.post(VALIDATE, {"domain": DOMAIN, **more})
    assert refused.problem == (422, "invalid", field)
    assert not world.resolver.heard


async def test_a_misspelt_field_is_named(sos: Client) -> None:
    refused = await sos.post(VALIDATE, {"domain": DOMAIN, "selector": "s1"})
    assert refused.problem == (422, "unknown-field", "$.selector")
    assert "selectors" in refused.body["detail"]


async def test_reserved_addresses_are_judged_like_any_other(sos: Client) -> None:
    body = {"domain": DOMAIN, "ips": ["10.0.0.1", "::ffff:8.8.8.8"]}
    report = (await sos.post(VALIDATE, body)).body
    assert report["asked"]["ips"] == [IpAddr("10.0.0.1"), IP]
