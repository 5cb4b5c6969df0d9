"""What clients may rely on: tenants, addresses, and the borders between tenants."""

import asyncio

import pytest

from engine.events.command import CommandCompleted
from engine.events.dns import FcrdnsLooked
from engine.events.ip import IpRegistered, IpRested
from engine.ids import InstanceId, IpAddr
from engine.values.levers import STOPPED
from tests.support.api_world import SOS, TENANTS, ULIXAI, ApiWorld
from tests.support.samples import looked
from tests.support.spec import NODE, PSBL, vmta

IP = "1.2.3.4"
NEW_IP = {"address": IP, "purpose": "marketing"}
IPS = "/api/v2/ips"
NAMES = ("mail1.sos-mail.com",)
POINTED = FcrdnsLooked(ip=IpAddr(IP), names=NAMES, confirmed=NAMES)


# --- tenants -------------------------------------------------------------------------------------


async def test_two_tenants_are_created_by_one_request_each_with_a_key_that_works(
    world: ApiWorld,
) -> None:
    admin = await world.admin()
    made = await admin.post("/api/v2/tenants", TENANTS)
    assert made.status == 201
    assert [one["slug"] for one in made.body] == ["sos-expat", "ulixai"]
    assert [one["authority"] for one in made.body] == ["act", "act"]
    assert [one["mailwizz"] for one in made.body] == ["main", None]
    for one in made.body:
        seen = await world.client(one["key"]).get("/api/v2/tenants")
        assert [tenant["slug"] for tenant in seen.body["items"]] == [one["slug"]]
    everybody = await admin.get("/api/v2/tenants")
    assert len(everybody.body["items"]) == 2


async def test_a_repeated_request_answers_the_same_tenants_and_shows_no_key(
    world: ApiWorld,
) -> None:
    admin, again = await world.admin(), {"Idempotency-Key": "one"}
    first = await admin.post("/api/v2/tenants", TENANTS, headers=again)
    length = world.length
    second = await admin.post("/api/v2/tenants", TENANTS, headers=again)
    assert second.status == 201
    assert world.length == length
    assert [one["key_id"] for one in second.body] == [one["key_id"] for one in first.body]
    assert [one["key"] for one in second.body] == [None, None]
    assert "shown in the first answer" in second.body[0]["key_note"]


async def test_the_same_request_twice_at_one_moment_creates_once(world: ApiWorld) -> None:
    admin, again = await world.admin(), {"Idempotency-Key": "one"}
    both = await asyncio.gather(
        *(admin.post("/api/v2/tenants", TENANTS, headers=again) for _ in range(2))
    )
    assert [one.status for one in both] == [201, 201]
    assert world.tags().count("tenant.created") == 2
    assert both[0].body[0]["key_id"] == both[1].body[0]["key_id"]


async def test_an_idempotency_key_of_another_request_is_refused(world: ApiWorld) -> None:
    admin, again = await world.admin(), {"Idempotency-Key": "one"}
    await admin.post("/api/v2/tenants", TENANTS, headers=again)
    length = world.length
    for other in (TENANTS[0], [TENANTS[1], TENANTS[0]]):
        said = await admin.post("/api/v2/tenants", other, headers=again)
        assert said.problem[:2] == (422, "key-reused")
    assert world.length == length


async def test_a_list_with_a_taken_slug_creates_nothing_and_names_it(world: ApiWorld) -> None:
    admin = await world.admin()
    await admin.post("/api/v2/tenants", TENANTS[1])
    said = await admin.post("/api/v2/tenants", TENANTS)
    assert said.problem == (409, "taken", "$[1].slug")
    assert said.body["index"] == 1
    assert world.tags().count("tenant.created") == 1


@pytest.mark.parametrize(
    ("changed", "field", "hint"),
    [
        ({"slug": "Sos Expat"}, "$[0].slug", "lower-case"),
        ({"brand_domain": "nothing"}, "$[0].brand_domain", "fully qualified"),
        ({"day_tz": "Europe/Pariss"}, "$[0].day_tz", "did you mean `Europe/Paris`?"),
        ({"name": "a\nb"}, "$[0].name", "one line"),
        ({"authority": "watch"}, "$[0].authority", "there are observe, act"),
        ({"mailwizz": "other"}, "$[0].mailwizz", "'main'"),
        ({"brand_domian": "a.com"}, "$[0].brand_domian", "did you mean `brand_domain`?"),
        ({"slug": 3}, "$[0].slug", "expected `str`, got `int`"),
    ],
)
async def test_a_wrong_field_of_a_new_tenant_is_named_with_what_was_meant(
    world: ApiWorld, changed: dict[str, object], field: str, hint: str
) -> None:
    admin = await world.admin()
    length = world.length
    said = await admin.post("/api/v2/tenants", [TENANTS[0] | changed])
    assert (said.status, said.body["field"], said.body["index"]) == (422, field, 0)
    assert hint in said.body["detail"]
    assert world.length == length


async def test_a_tenant_is_changed_by_an_admin_and_only_in_what_is_given(world: ApiWorld) -> None:
    admin, sos, _ = await world.two_tenants()
    said = await admin.ask("PATCH", "/api/v2/tenants/sos-expat", {"name": "SOS"})
    assert (said.status, said.body["name"]) == (200, "SOS")
    assert said.body["brand_domain"] == "sos-expat.com"
    assert (await sos.ask("PATCH", "/api/v2/tenants/sos-expat", {"name": "x"})).status == 403
    gone = await admin.ask("PATCH", "/api/v2/tenants/nobody", {"name": "x"})
    assert gone.problem[:2] == (404, "not-found")


async def test_a_tenant_does_not_see_another_tenant(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    assert (await sos.get("/api/v2/tenants/sos-expat")).status == 200
    assert (await sos.get("/api/v2/tenants/ulixai")).problem[:2] == (404, "not-found")
    assert (await sos.get(f"{IPS}?tenant=ulixai")).problem[:2] == (403, "forbidden")


# --- registering ---------------------------------------------------------------------------------


async def test_address_and_purpose_are_all_that_a_tenant_must_say(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    said = await sos.post(IPS, NEW_IP)
    assert said.status == 201
    assert said.headers["Location"] == f"{IPS}/{IP}"
    token = said.headers["X-Position"]
    assert world.deps().seal.position_of(SOS, token) == world.length
    shown = said.body
    assert (shown["phase"], shown["reason"]) == ("STANDBY", "new")
    assert (shown["pool"], shown["node"], shown["tenant"]) == ("sos-expat-marketing", NODE, SOS)
    assert (shown["intake"], shown["output"], shown["cap"]) == ("closed", "paused", None)
    assert shown["warmup"]["requested"] is True
    assert any(why.startswith("fcrdns:") for why in shown["warmup"]["waits_for"])
    made = [one.event for one in await world.events() if isinstance(one.event, IpRegistered)]
    assert [one.instance for one in made] == [InstanceId("main")]
    assert (await sos.get(f"{IPS}/{IP}")).body == shown


async def test_a_repeated_registration_changes_nothing_and_answers_the_same(
    world: ApiWorld,
) -> None:
    _, sos, _ = await world.two_tenants()
    again = {"Idempotency-Key": "7f"}
    first = await sos.post(IPS, NEW_IP, headers=again)
    length = world.length
    second = await sos.post(IPS, NEW_IP, headers=again)
    assert (second.status, second.body) == (201, first.body)
    assert second.headers["X-Position"] == first.headers["X-Position"]
    assert world.length == length
    colleague = await world.key(SOS, "operate")
    assert (await colleague.post(IPS, NEW_IP, headers=again)).problem[:2] == (409, "taken")
    anew = await sos.post(IPS, NEW_IP, headers={"Idempotency-Key": "80"})
    assert anew.problem[:2] == (409, "taken")
    length = world.length
    other = await sos.post(IPS, NEW_IP | {"purpose": "news"}, headers=again)
    assert other.problem[:2] == (422, "key-reused")
    assert world.length == length


async def test_a_reserved_address_is_refused_and_the_setting_that_allows_it_named(
    world: ApiWorld,
) -> None:
    _, sos, _ = await world.two_tenants()
    for address in ("10.0.0.1", "127.0.0.1", "203.0.113.7", "2001:db8::1"):
        said = await sos.post(IPS, NEW_IP | {"address": address})
        assert said.problem == (422, "invalid", "$.address"), address
        assert "allow_reserved_addresses" in said.body["detail"]
    assert "ip.registered" not in world.tags()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"address": "1.2.3"}, "$.address"),
        ({"address": "1.2.3.4/24"}, "$.address"),
        ({"address": "fe80::1%eth0"}, "$.address"),
        ({"purpose": "4news"}, "$.purpose"),
        ({"hostname": "mail"}, "$.hostname"),
        ({"node": "pmta-9"}, "$.node"),
        ({"warmup": "later"}, "$.warmup"),
        ({"adress": "1.2.3.4"}, "$.adress"),
    ],
)
async def test_a_wrong_field_of_a_new_address_is_named_and_nothing_is_done(
    world: ApiWorld, changed: dict[str, str], field: str
) -> None:
    _, sos, _ = await world.two_tenants()
    length = world.length
    said = await sos.post(IPS, NEW_IP | changed)
    assert (said.status, said.body["field"]) == (422, field)
    assert world.length == length


async def test_with_several_nodes_the_choice_is_named(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    await world.node("pmta-2")
    said = await sos.post(IPS, NEW_IP)
    assert said.problem == (422, "invalid", "$.node")
    assert "pmta-1, pmta-2" in said.body["detail"]
    assert (await sos.post(IPS, NEW_IP | {"node": "pmta-2"})).body["node"] == "pmta-2"


async def test_an_address_of_another_tenant_is_taken_and_no_more_is_said(world: ApiWorld) -> None:
    _, sos, ulixai = await world.two_tenants()
    await sos.post(IPS, NEW_IP)
    said = await ulixai.post(IPS, NEW_IP)
    assert said.problem == (409, "taken", "$.address")
    assert said.body["detail"] == "this address is taken"
    disguised = await ulixai.post(IPS, NEW_IP | {"address": f"::ffff:{IP}"})
    assert disguised.problem == (409, "taken", "$.address")
    own = await sos.post(IPS, NEW_IP)
    assert own.problem == (409, "taken", "$.address")
    assert "registered for sos-expat already" in own.body["detail"]
    assert world.tags().count("ip.registered") == 1


async def test_a_platforms_key_says_for_which_tenant(world: ApiWorld) -> None:
    admin, sos, _ = await world.two_tenants()
    assert (await admin.post(IPS, NEW_IP)).problem == (422, "invalid", "$.tenant")
    unknown = await admin.post(IPS, NEW_IP | {"tenant": "nobody"})
    assert unknown.problem == (422, "invalid", "$.tenant")
    assert (await sos.post(IPS, NEW_IP | {"tenant": ULIXAI})).problem[:2] == (403, "forbidden")
    assert "ip.registered" not in world.tags()
    made = await admin.post(IPS, NEW_IP | {"tenant": SOS})
    assert (made.status, made.body["tenant"]) == (201, SOS)
    assert (await admin.get(f"{IPS}/{IP}")).body["tenant"] == SOS


async def test_an_ipv6_address_is_found_in_any_spelling(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    made = await sos.post(IPS, NEW_IP | {"address": "2A01:4F8:0:0::1"})
    assert made.body["id"] == "2a01:4f8::1"
    assert (await sos.get(f"{IPS}/2a01:04f8:0::0001")).body["id"] == "2a01:4f8::1"
    assert (await sos.get(f"{IPS}/mail1")).problem[:2] == (404, "not-found")


# --- moving --------------------------------------------------------------------------------------


async def test_another_tenants_address_is_not_found_whatever_is_asked_of_it(
    world: ApiWorld,
) -> None:
    _, sos, ulixai = await world.two_tenants()
    await sos.post(IPS, NEW_IP)
    before = (await sos.get(f"{IPS}/{IP}")).body
    assert (await ulixai.get(f"{IPS}/{IP}")).problem[:2] == (404, "not-found")
    for verb, body in (
        ("warmup", {}),
        ("retire", {}),
        ("rest", {}),
        ("quarantine", {"reason": "why"}),
        ("release", {"reason": "why"}),
        ("remedy", {"cause": "a", "remedy": "b"}),
    ):
        theirs = await ulixai.post(f"{IPS}/{IP}/{verb}", body)
        nobodys = await ulixai.post(f"{IPS}/9.9.9.9/{verb}", body)
        assert theirs.problem[:2] == nobodys.problem[:2] == (404, "not-found"), verb
        assert theirs.body["detail"].replace(IP, "") == nobodys.body["detail"].replace(
            "9.9.9.9", ""
        )
    assert (await sos.get(f"{IPS}/{IP}")).body == before


async def test_a_warm_up_by_hand_says_what_it_waits_for_until_nothing_is_missing(
    world: ApiWorld,
) -> None:
    _, sos, _ = await world.two_tenants()
    made = await sos.post(IPS, NEW_IP | {"warmup": "manual"})
    assert made.body["warmup"]["waits_for"][0].startswith("asked:")
    said = await sos.post(f"{IPS}/{IP}/warmup")
    assert (said.status, said.body["warmup"]["requested"]) == (200, True)
    assert [why.split(":")[0] for why in said.body["warmup"]["waits_for"]] == ["fcrdns", "lists"]
    await world.happens(SOS, IP, POINTED, looked(ip=IpAddr(IP)))
    assert (await sos.get(f"{IPS}/{IP}")).body["warmup"]["waits_for"] == []


async def test_a_warm_up_of_a_resting_address_is_refused_with_the_way_back(
    world: ApiWorld,
) -> None:
    _, sos, _ = await world.two_tenants()
    await sos.post(IPS, NEW_IP)
    rested = IpRested(ip=IpAddr(IP), node=NODE, vmta=vmta(STOPPED), why="limit")
    await world.happens(SOS, IP, rested)
    said = await sos.post(f"{IPS}/{IP}/warmup")
    assert said.problem[:2] == (409, "refused")
    assert "30 days of rest and 7 clean days" in said.body["detail"]
    assert (await sos.get(f"{IPS}/{IP}")).body["phase"] == "RESTING"
    assert "ip.warmup_requested" not in world.tags()


async def test_a_quarantine_keeps_its_reason_without_anything_personal(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    await sos.post(IPS, NEW_IP)
    empty = await sos.post(f"{IPS}/{IP}/quarantine", {"reason": "joe@example.com"})
    assert empty.problem == (422, "invalid", "$.reason")
    said = await sos.post(f"{IPS}/{IP}/quarantine", {"reason": "spam to joe@example.com\nseen"})
    assert said.body["reason"] == "quarantined"
    assert said.body["warmup"]["waits_for"][0].startswith("released:")
    logged = [one.event for one in await world.events()]
    assert not any("joe" in str(one) for one in logged)
    assert any("spam to seen" in str(one) for one in logged)
    freed = await sos.post(f"{IPS}/{IP}/release", {"reason": "false alarm"})
    assert freed.body["reason"] == "monitoring"


async def test_a_refusal_is_recorded_with_who_asked(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    await sos.post(IPS, NEW_IP)
    assert (await sos.post(f"{IPS}/{IP}/retire")).problem[:2] == (409, "refused")
    last = (await world.events())[-1]
    assert isinstance(last.event, CommandCompleted)
    assert (last.tenant, last.event.outcome) == (SOS, "rejected")
    await world.pump.reached(last.position)
    audit = (await sos.get("/api/v2/audit?outcome=rejected")).body["items"]
    assert [one["commands"] for one in audit] == [["ip.retire"]]
    assert audit[0]["actor"].startswith("key:")


# --- lists ---------------------------------------------------------------------------------------


async def test_a_list_is_read_page_by_page_and_each_tenant_sees_its_own(world: ApiWorld) -> None:
    admin, sos, ulixai = await world.two_tenants()
    for n in range(1, 6):
        await sos.post(IPS, {"address": f"1.2.3.{n}", "purpose": "news" if n > 3 else "marketing"})
    await ulixai.post(IPS, {"address": "5.6.7.8", "purpose": "news"})
    found: list[str] = []
    after = ""
    while True:
        page = (await sos.get(f"{IPS}?limit=2&after={after}")).body
        found += [one["address"] for one in page["items"]]
        if page["next"] is None:
            break
        after = page["next"]
    assert found == [f"1.2.3.{n}" for n in range(1, 6)]
    news = (await sos.get(f"{IPS}?purpose=news&phase=STANDBY&reason=new")).body["items"]
    assert [one["address"] for one in news] == ["1.2.3.4", "1.2.3.5"]
    assert (await sos.get(f"{IPS}?phase=ACTIVE")).body == {"items": [], "next": None}
    assert len((await admin.get(IPS)).body["items"]) == 6
    assert len((await admin.get(f"{IPS}?tenant=ulixai")).body["items"]) == 1


@pytest.mark.parametrize(
    ("query", "field", "hint"),
    [
        ("phase=WARM", "$.phase", "WARMING"),
        ("limit=501", "$.limit", "500"),
        ("limit=x", "$.limit", "int"),
        ("purpos=news", "$.purpos", "did you mean `purpose`?"),
        ("after=!", "$.after", "next"),
    ],
)
async def test_a_wrong_filter_is_named(world: ApiWorld, query: str, field: str, hint: str) -> None:
    _, sos, _ = await world.two_tenants()
    said = await sos.get(f"{IPS}?{query}")
    assert (said.status, said.body["field"]) == (422, field)
    assert hint in said.body["detail"]


@pytest.mark.parametrize(
    "path",
    ["alerts", "blacklists", "effects", "audit", "rollouts", "servers", "ips", "events", "tenants"],
)
async def test_nothing_of_one_tenant_is_in_anothers_lists(world: ApiWorld, path: str) -> None:
    _, sos, ulixai = await world.two_tenants()
    await sos.post(IPS, NEW_IP)
    await world.happens(SOS, IP, looked(ip=IpAddr(IP)))
    theirs = await ulixai.get(f"/api/v2/{path}")
    assert theirs.status == 200
    assert "sos-expat" not in str(theirs.body)
    assert IP not in str(theirs.body)


async def test_the_block_lists_word_on_an_address_is_shown(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    await sos.post(IPS, NEW_IP)
    await world.happens(SOS, IP, looked(PSBL, ip=IpAddr(IP)))
    rows = (await sos.get("/api/v2/blacklists?listed=yes")).body["items"]
    assert [(one["address"], one["listed"]) for one in rows] == [(IP, [PSBL])]
    assert (await sos.get("/api/v2/blacklists?listed=no")).body["items"] == []
