"""What an integrator gets wrong on the first day, and what he reads then.  Nothing is ever done."""

from typing import Any

import pytest

from tests.support.api_world import TENANTS, ApiWorld

IPS, KEYS, TENANTS_PATH = "/api/v2/ips", "/api/v2/keys", "/api/v2/tenants"
NEW_IP = {"address": "1.2.3.4", "purpose": "marketing"}


@pytest.mark.parametrize(
    ("changed", "pointer", "hint"),
    [
        ({"sendingDomainBase": "a.com"}, "/sendingDomainBase", "`sending_domain_base`"),
        ({"Sending-Domain-Base": "a.com"}, "/Sending-Domain-Base", "`sending_domain_base`"),
        ({"NAME": "A"}, "/NAME", "did you mean `name`?"),
        ({"daily_quota": 5}, "/daily_quota", "there is no field `daily_quota`"),
        ({"quota": "5"}, "/quota", "expected `int | null`, got `str`"),
        ({"quota": 0}, "/quota", ">= 1"),
        ({"quota": -1}, "/quota", ">= 1"),
        ({"quota": 1.5}, "/quota", "`float`"),
        ({"quota": True}, "/quota", "`bool`"),
        ({"authority": "Act"}, "/authority", "did you mean `act`?"),
        ({"authority": ""}, "/authority", "there are observe, act"),
        ({"slug": ""}, "/slug", "length >= 1"),
        ({"slug": "x" * 300}, "/slug", "length <= 255"),
        ({"slug": "SOS-Expat"}, "/slug", "lower-case"),
        ({"slug": "sos_expat"}, "/slug", "lower-case"),
        ({"brand_domain": "https://sos-expat.com/"}, "/brand_domain", "https://sos-expat.com/"),
        ({"day_tz": "europe/paris"}, "/day_tz", "did you mean `Europe/Paris`?"),
        ({"day_tz": "CET+1"}, "/day_tz", "IANA"),
        ({"name": None}, "/name", "expected `str`, got `null`"),
    ],
)
async def test_a_wrong_field_is_pointed_at_and_says_what_was_meant(
    world: ApiWorld, changed: dict[str, Any], pointer: str, hint: str
) -> None:
    admin = await world.admin()
    length = world.length
    said = await admin.post(TENANTS_PATH, TENANTS[0] | changed)
    assert said.status == 422
    assert said.body["pointer"] == pointer
    assert said.body["field"] == f"$.{pointer[1:]}"
    assert hint in said.body["detail"]
    assert world.length == length


async def test_each_wrong_one_of_a_list_is_named_by_its_index_and_none_is_made(
    world: ApiWorld,
) -> None:
    admin = await world.admin()
    length = world.length
    good, other = TENANTS
    kinds: tuple[dict[str, Any], ...] = ({"slug": 3}, {"nmae": "x"}, {"quota": "many"})
    said = await admin.post(TENANTS_PATH, [kinds[0], good, good | kinds[1], other | kinds[2], 7])
    assert said.problem[:2] == (422, "invalid")
    assert [(one["index"], one["pointer"]) for one in said.body["errors"]] == [
        (0, "/0/slug"),
        (2, "/2/nmae"),
        (3, "/3/quota"),
        (4, "/4"),
    ]
    assert "the first of 4" in said.body["detail"]
    wrong = [good | {"slug": "A"}, other, other | {"brand_domain": "b"}]
    said = await admin.post(TENANTS_PATH, wrong)
    assert [one["pointer"] for one in said.body["errors"]] == ["/0/slug", "/2/brand_domain"]
    assert world.length == length


async def test_one_that_stands_in_a_list_twice_is_said_to(world: ApiWorld) -> None:
    admin = await world.admin()
    length = world.length
    said = await admin.post(TENANTS_PATH, [*TENANTS, TENANTS[0]])
    assert said.problem == (422, "invalid", "$[2].slug")
    assert "twice" in said.body["detail"]
    assert said.body["index"] == 2
    assert world.length == length


async def test_a_list_is_neither_empty_nor_too_long(world: ApiWorld) -> None:
    admin = await world.admin()
    many = [TENANTS[0] | {"slug": f"t{n}"} for n in range(101)]
    for given in ([], many):
        said = await admin.post(TENANTS_PATH, given)
        assert said.problem == (422, "invalid", "$"), len(given)
        assert "1 to 100" in said.body["detail"]


@pytest.mark.parametrize(
    "text",
    [
        "1.2.3",
        "1.2.3.4/32",
        "1.2.3.04",
        "1.2.3.4:25",
        " 1.2.3.4",
        "1.2.3.4\n",
        "[2a01:4f8::1]",
        "fe80::1%eth0",
        "2a01:4f8::1::2",
        "mail.example.com",
        "१.२.३.४",
        "0x1020304",
        "16909060",
    ],
)
async def test_what_is_no_address_is_refused_as_it_was_written(world: ApiWorld, text: str) -> None:
    _, sos, _ = await world.two_tenants()
    length = world.length
    said = await sos.post(IPS, NEW_IP | {"address": text})
    assert said.problem == (422, "invalid", "$.address")
    assert "alone" in said.body["detail"], "and how it is written"
    assert world.length == length


async def test_an_address_is_one_however_it_is_written(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    made = await sos.post(IPS, NEW_IP | {"address": "2A01:04F8:0000:0000:0:0:0:0001"})
    assert made.body["address"] == "2a01:4f8::1"
    for form in ("2a01:4f8::1", "2A01:4F8::0001", "2a01:4f8:0::0:1"):
        assert (await sos.get(f"{IPS}/{form}")).body["id"] == "2a01:4f8::1"
        again = await sos.post(IPS, NEW_IP | {"address": form})
        assert again.problem == (409, "taken", "$.address")
    assert (await sos.post(IPS, NEW_IP)).status == 201
    mapped = await sos.post(IPS, NEW_IP | {"address": "::ffff:1.2.3.4"})
    assert mapped.problem == (409, "taken", "$.address")
    assert (await sos.get(f"{IPS}/::ffff:102:304")).body["id"] == "1.2.3.4"


@pytest.mark.parametrize(
    ("at", "hint"),
    [
        ("2027-01-01T00:00:00", "zone"),
        ("2027-01-01", "date"),
        ("01/02/2027", "date"),
        (1_800_000_000, "int"),
        ("2027-13-01T00:00:00Z", "date"),
    ],
)
async def test_a_moment_without_a_zone_is_none(world: ApiWorld, at: object, hint: str) -> None:
    admin, _, _ = await world.two_tenants()
    length = world.length
    said = await admin.post(KEYS, {"tenant": "sos-expat", "expires_at": at})
    assert said.problem == (422, "invalid", "$.expires_at")
    assert hint in said.body["detail"]
    assert world.length == length


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "$.limit"),
        ("limit=501", "$.limit"),
        ("limit=ten", "$.limit"),
        ("limit=99999999999999999999", "$.limit"),
        ("phase=active", "$.phase"),
        ("phase=null", "$.phase"),
        ("reason=None", "$.reason"),
        ("Phase=ACTIVE", "$.Phase"),
        ("after=%00", "$.after"),
        ("after=💥", "$.after"),
        ("as_of=2026-01-01T00:00:00", "$.as_of"),
        ("as_of=tomorrow", "$.as_of"),
        ("at_least=1", "$.at_least"),
    ],
)
async def test_a_wrong_query_names_its_field(world: ApiWorld, query: str, field: str) -> None:
    _, sos, _ = await world.two_tenants()
    said = await sos.get(f"{IPS}?{query}")
    assert said.status == 422
    assert said.body["field"] == field


async def test_a_word_in_the_wrong_case_says_the_right_one(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    said = await sos.get(f"{IPS}?phase=active")
    assert "did you mean `ACTIVE`?" in said.body["detail"]


@pytest.mark.parametrize("path", ["/", "/api", "/api/v1/ips", "/api/v2/ips/", "/api/v2/IPS", "//"])
async def test_a_path_that_there_is_not_is_a_problem_in_json(world: ApiWorld, path: str) -> None:
    said = await world.client().get(path)
    assert said.problem[:2] == (404, "unknown-path")


@pytest.mark.parametrize("given", ["x", "%00", "..%2f..", "1.2.3.4%0a", "💥", "'%20OR%201=1--"])
async def test_an_id_that_is_no_address_is_not_there(world: ApiWorld, given: str) -> None:
    _, sos, _ = await world.two_tenants()
    assert (await sos.get(f"{IPS}/{given}")).problem[:2] == (404, "not-found")


async def test_a_list_that_breaks_off_after_a_mistake_is_no_json(world: ApiWorld) -> None:
    """The mistake is found first, and the rest cannot be read."""
    admin = await world.admin()
    for data in (b'[{"slug": 3}, {"slug"', b"[3, " + b"[" * 5_000, b'[{"slug": 3}, "\xff"]'):
        said = await admin.post(TENANTS_PATH, data=data)
        assert said.status in (400, 422), data[:20]


async def test_a_wrong_word_in_a_list_is_pointed_at_with_the_words_there_are(
    world: ApiWorld,
) -> None:
    admin, _, _ = await world.two_tenants()
    said = await admin.post(KEYS, {"tenant": "sos-expat", "scopes": ["read", "Deploy"]})
    assert (said.status, said.body["pointer"]) == (422, "/scopes/1")
    assert "there are read, operate, deploy" in said.body["detail"]
    assert "did you mean `deploy`?" in said.body["detail"]


WHOLE = b'"brand_domain": "a.com", "sending_domain_base": "a.com"'


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (b'{"slug": "a", "name": "A", "slug": "b", %s}', "$.slug"),
        (b'{"slug": "a", "name": "A", "\\u0073lug": "a", %s}', "$.slug"),
        (b'[{"slug": "a", "name": "A", "name": "A", %s}]', "$[0].name"),
    ],
)
async def test_a_name_that_stands_twice_in_an_object_is_refused_whichever_would_hold(
    world: ApiWorld, data: bytes, field: str
) -> None:
    admin = await world.admin()
    length = world.length
    said = await admin.post(TENANTS_PATH, data=data % WHOLE)
    assert said.problem == (422, "invalid", field), said.body
    assert "twice" in said.body["detail"]
    assert world.length == length


async def test_a_query_says_each_thing_once(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    said = await sos.get(f"{IPS}?limit=1&purpose=a&limit=2")
    assert said.problem == (422, "invalid", "$.limit")
    assert "twice" in said.body["detail"]
