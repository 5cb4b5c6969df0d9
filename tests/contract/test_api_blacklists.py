"""The block lists over HTTP: what they say, how they stand, and what people decide about that."""

import asyncio
from datetime import timedelta

import pytest

from engine.events import Event
from engine.events.dnsbl import DnsblLooked
from engine.events.zone import ZoneAsked, ZoneHealthChanged, ZoneSuspected
from engine.ids import IpAddr, Zone
from engine.projections.listings import LISTINGS
from engine.projections.tenants import TENANTS
from engine.rules.dnsbl_catalogue import DEFAULT, PBL, PSBL, SBL, SORBS, ZEN
from engine.values.verdict import Answer
from tests.support.api_world import SOS, ULIXAI, ApiWorld, Client
from tests.support.happenings import happens
from tests.support.samples import answered, looked, noted, stage, stopped

IP, OTHER = IpAddr("1.2.3.4"), IpAddr("1.2.3.5")
PATH = "/api/v2/blacklists"
HIT = Answer("listed", codes=("127.0.0.2",), reason="hit a trap on Monday")


@pytest.fixture
async def people(world: ApiWorld) -> tuple[Client, Client, Client]:
    """An admin and two tenants; the first of them has an address."""
    admin, sos, ulixai = await world.two_tenants()
    body = {"address": IP, "purpose": "marketing", "hostname": "mail1.sos-mail.com"}
    assert (await sos.post("/api/v2/ips", body)).status == 201
    return admin, sos, ulixai


async def listed(world: ApiWorld, *zones: Zone, ip: IpAddr = IP) -> None:
    """Confirmed: two looks have found it."""
    hits: dict[Zone, Answer] = dict.fromkeys(zones, HIT)
    for _ in range(2):
        await world.happens(SOS, ip, answered(hits, ip=ip))


async def of_zone(world: ApiWorld, zone: Zone, *events: Event) -> None:
    await happens(world, None, f"zone-{zone}", *events)


async def test_the_matrix_tells_for_each_address_what_each_list_says(
    world: ApiWorld, people: tuple[Client, Client, Client]
) -> None:
    _, sos, ulixai = people
    await world.happens(SOS, IP, looked(ip=IP))
    await listed(world, SBL)
    (row,) = (await sos.get(PATH)).body["items"]
    assert set(row["lists"]) == set(DEFAULT)
    assert len(row["lists"]) == 9, "all nine are shown and counted"
    cell = row["lists"][SBL]
    assert (cell["verdict"], cell["confirmed"], cell["action"]) == ("listed", True, "standby")
    assert cell["sublists"] == ["SBL"]
    assert cell["reason"] == "hit a trap on Monday"
    assert "check.spamhaus.org" in cell["delisting"]
    assert row["lists"][PSBL]["delisting"] == ""
    assert row["listed"] == [SBL]
    assert (await ulixai.get(PATH)).body["items"] == []
    assert [one["address"] for one in (await sos.get(f"{PATH}?listed=yes")).body["items"]] == [IP]


async def test_the_history_of_an_address_tells_every_change_of_mind(
    world: ApiWorld, people: tuple[Client, Client, Client]
) -> None:
    admin, sos, ulixai = people
    clean = answered({PSBL: Answer("clean"), ZEN: Answer("clean")}, ip=IP)
    silent = answered({PSBL: Answer("unanswered")}, ip=IP)
    hit = answered({PSBL: HIT}, ip=IP)
    for event in (clean, clean, hit, hit, silent, clean):
        world.clock.at += timedelta(hours=4)
        await world.happens(SOS, IP, event)
    path = f"/api/v2/ips/{IP}/blacklists"
    shown = (await sos.get(f"{path}?zone={PSBL}")).body
    said = [(one["verdict"], one["looks"]) for one in shown["history"]]
    assert said == [("clean", 1), ("unanswered", 1), ("listed", 2), ("clean", 2)]
    assert shown["history"][2]["codes"] == ["127.0.0.2"]
    assert shown["history"][2]["from"] < shown["history"][2]["to"]
    assert shown["looks"] == 6
    whole = (await admin.get(path)).body
    assert {one["zone"] for one in whole["history"]} == {PSBL, ZEN}
    assert whole["now"]["address"] == IP
    assert (await ulixai.get(path)).status == 404
    before = shown["history"][2]["from"]
    then = (await sos.get(f"{path}?zone={PSBL}&as_of={before}")).body
    assert [one["verdict"] for one in then["history"]] == ["listed", "clean"]


async def test_the_zones_tell_the_platform_how_they_stand_and_tenants_what_they_mean(
    world: ApiWorld, people: tuple[Client, Client, Client]
) -> None:
    admin, sos, _ = people
    await of_zone(world, SORBS, ZoneHealthChanged(zone=SORBS, health="dead", why="emptied"))
    await of_zone(world, PSBL, ZoneAsked(zone=PSBL, round="r", questions=17, clean=10, listed=1))
    zones = {one["zone"]: one for one in (await admin.get(f"{PATH}/zones")).body["items"]}
    assert set(zones) == set(DEFAULT)
    assert (zones[SORBS]["health"], zones[SORBS]["why"]) == ("dead", "emptied")
    assert "2024" in zones[SORBS]["retired"]
    psbl = zones[PSBL]
    assert (psbl["questions_today"], psbl["clean"], psbl["listed"]) == (17, 10, 1)
    assert psbl["every_s"] == 4 * 3600
    assert zones[SBL]["part_of"] == ZEN
    theirs = (await sos.get(f"{PATH}/zones")).body["items"]
    assert {one["zone"] for one in theirs} == set(DEFAULT)
    assert not any("health" in one or "questions_today" in one for one in theirs)


async def _answers_soon(world: ApiWorld, *events: DnsblLooked) -> None:
    """What the performer does, once it is asked."""
    async with asyncio.timeout(5):
        await world.log.wait_beyond(await world.log.head())
    for event in events:
        await world.happens(SOS, event.ip, event)


async def test_a_look_of_now_is_asked_for_and_its_answer_waited_for(
    world: ApiWorld, people: tuple[Client, Client, Client]
) -> None:
    _, sos, _ = people
    body = {"ips": [IP], "zones": [PSBL]}
    answer = answered({PSBL: HIT}, ip=IP)
    said, _ = await asyncio.gather(sos.post(f"{PATH}/check", body), _answers_soon(world, answer))
    assert said.status == 200, said.body
    assert said.body["items"][0]["lists"][PSBL]["verdict"] == "listed"
    assert world.tags()[-3:] == ["ip.lists_check_asked", "command.completed", "dnsbl.looked"]


@pytest.mark.parametrize(
    ("body", "field", "why"),
    [
        ({"ips": ["1.2.3.9"]}, "$.ips", "there is no 1.2.3.9 here"),
        ({"ips": ["10.0.0.300"]}, "$.ips", "10.0.0.300"),
        ({"zones": ["zen.spamhaus.com"]}, "$.zones", "did you mean `zen.spamhaus.org`?"),
        ({"zones": ["nonsense"]}, "$.zones", "no block list 'nonsense' is asked here"),
    ],
)
async def test_what_cannot_be_asked_is_told_and_changes_nothing(
    world: ApiWorld,
    people: tuple[Client, Client, Client],
    body: dict[str, object],
    field: str,
    why: str,
) -> None:
    _, sos, _ = people
    before = world.length
    said = await sos.post(f"{PATH}/check", body)
    assert (said.status, said.body["field"]) == (422, field)
    assert why in said.body["detail"]
    assert world.length == before


async def test_a_confirmed_listing_may_be_borne_for_some_days_and_no_longer(
    world: ApiWorld, people: tuple[Client, Client, Client]
) -> None:
    _, sos, _ = people
    path = f"/api/v2/ips/{IP}/blacklists/{PSBL}/acknowledge"
    early = await sos.post(path, {"reason": "known"})
    assert early.status == 409, "there is nothing to bear yet"
    await listed(world, PSBL)
    await world.happens(SOS, IP, noted("alert", PSBL, ip=IP))
    said = await sos.post(path, {"reason": "a rented range", "days": 3})
    assert said.status == 200, said.body
    assert said.body["lists"][PSBL]["acknowledged_until"].startswith("2026-01-08")
    assert (await sos.post(path, {"reason": "x", "days": 91})).status == 422
    gone = await sos.ask("DELETE", path)
    assert gone.body["lists"][PSBL]["acknowledged_until"] is None
    assert (await sos.post(path.replace(PSBL, "psbl.surriel.org"), {"reason": "x"})).status == 404


async def test_what_a_listing_does_to_a_tenant_is_set_by_an_admin_and_holds_for_new_addresses(
    world: ApiWorld, people: tuple[Client, Client, Client]
) -> None:
    admin, sos, _ = people
    path = f"/api/v2/tenants/{SOS}/zone-actions"
    assert (await sos.ask("PUT", path, {"actions": {PSBL: "alert"}})).status == 403
    said = await admin.ask("PUT", path, {"actions": {PSBL: "alert", ZEN: "retire"}})
    assert said.status == 200, said.body
    assert (await sos.post("/api/v2/ips", {"address": OTHER, "purpose": "news"})).status == 201
    for ip in (IP, OTHER):
        words = world.pump.views.get(LISTINGS, f"{SOS}/{ip}").words
        assert words.actions == {PSBL: "alert", ZEN: "retire"}
    shown = {one["zone"]: one["action"] for one in (await sos.get(f"{PATH}/zones")).body["items"]}
    assert (shown[PSBL], shown[ZEN], shown[SBL]) == ("alert", "retire", "standby")
    wrong = await admin.ask("PUT", path, {"actions": {PSBL: "pause"}})
    assert wrong.status == 422
    assert "standby" in wrong.body["detail"]
    assert (await admin.ask("PUT", path.replace(SOS, "nobody"), {"actions": {}})).status == 404


async def test_an_address_registered_beside_a_change_of_actions_hears_of_it(
    world: ApiWorld, people: tuple[Client, Client, Client]
) -> None:
    admin, sos, _ = people
    path = f"/api/v2/tenants/{SOS}/zone-actions"
    many = [IpAddr(f"1.2.4.{n}") for n in range(8)]
    asked = [sos.post("/api/v2/ips", {"address": ip, "purpose": "news"}) for ip in many]
    asked.insert(4, admin.ask("PUT", path, {"actions": {PSBL: "none"}}))
    assert {one.status for one in await asyncio.gather(*asked)} == {200, 201}
    for ip in many:
        assert world.pump.views.get(LISTINGS, f"{SOS}/{ip}").words.actions == {PSBL: "none"}
    assert world.pump.views.get(TENANTS, ULIXAI).zone_actions == {}


async def test_a_stop_by_a_list_in_suspicion_is_released_and_by_another_not(
    world: ApiWorld, people: tuple[Client, Client, Client]
) -> None:
    _, sos, _ = people
    path = f"/api/v2/ips/{IP}/release"
    await world.happens(SOS, IP, stage(2, ip=IP), stopped(PSBL, ip=IP))
    refused = await sos.post(path, {"reason": "the list has trouble"})
    assert refused.status == 409
    assert "not held in suspicion" in refused.body["detail"]
    await of_zone(world, PSBL, ZoneSuspected(zone=PSBL, round="r", asked=40, hits=20))
    said = await sos.post(path, {"reason": "the list has trouble"})
    assert said.status == 200, said.body
    assert (said.body["phase"], said.body["stage"]) == ("WARMING", 2)


async def test_an_admins_word_ends_a_suspicion_for_every_tenant_and_asks_at_once(
    world: ApiWorld, people: tuple[Client, Client, Client]
) -> None:
    admin, sos, _ = people
    path = f"{PATH}/zones/{PSBL}/trust"
    assert (await admin.post(path, {"reason": "it is right"})).status == 409
    await of_zone(world, PSBL, ZoneSuspected(zone=PSBL, round="r", asked=40, hits=20))
    spared = DnsblLooked(
        ip=IP,
        round="r",
        answers={PSBL: Answer("listed", proof="suspected", codes=("127.0.0.2",))},
        catalogue=1,
        spared=(PSBL,),
    )
    await world.happens(SOS, IP, spared, noted("suspected", PSBL, ip=IP))
    assert (await sos.post(path, {"reason": "it is right"})).status == 403
    said = await admin.post(path, {"reason": "it is right"})
    assert (said.status, said.body["ips"]) == (200, [IP])
    view = world.pump.views.get(LISTINGS, f"{SOS}/{IP}")
    assert (view.words.spared, view.check and view.check.zones) == ((), (PSBL,))


async def test_a_range_that_must_not_send_is_told_as_a_fault_of_provisioning(
    world: ApiWorld, people: tuple[Client, Client, Client]
) -> None:
    _, sos, _ = people
    await listed(world, PBL)
    waits = (await sos.get(f"/api/v2/ips/{IP}")).body["warmup"]["waits_for"]
    (said,) = [one for one in waits if one.startswith("listed:")]
    assert "must not send mail directly" in said
