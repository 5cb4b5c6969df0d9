"""What clients may rely on: a tenant's capacity against its demand, and what it plans."""

from datetime import timedelta

import pytest

from engine.events.ip import WarmupFinished
from engine.events.traffic import TrafficCounted
from engine.ids import IpAddr
from engine.rules import ladder
from engine.values.traffic import Counts
from tests.support import samples
from tests.support.api_world import SOS, ApiWorld, Client
from tests.support.spec import DAY_1, NODE, vmta

CAPACITY = "/api/v2/tenants/sos-expat/capacity"
FIRST, SECOND = "1.2.3.4", "1.2.3.5"
DECEMBER = {"first": "2026-02-16", "last": "2026-02-20", "per_day": 42_000}


async def one_active(world: ApiWorld) -> tuple[Client, Client, Client]:
    """One that carries 10,000 a day, and one in reserve."""
    admin, sos, ulixai = await world.two_tenants()
    for address in (FIRST, SECOND):
        body = {"address": address, "purpose": "marketing", "warmup": "manual"}
        await sos.post("/api/v2/ips", body)
    ip = IpAddr(FIRST)
    active = WarmupFinished(ip=ip, node=NODE, vmta=vmta(ladder.active()), evidence=samples.DAYS)
    await world.happens(SOS, FIRST, samples.stage(1, ip=ip), active)
    return admin, sos, ulixai


async def test_capacity_is_shown_day_by_day_for_eight_weeks_with_its_reasons(
    world: ApiWorld,
) -> None:
    _, sos, _ = await one_active(world)
    said = await sos.ask("PUT", CAPACITY, {"planned": [DECEMBER]})
    assert said.status == 200
    shown = (await sos.get(CAPACITY)).body
    assert shown == said.body
    assert len(shown["forecast"]) == 56
    assert shown["forecast"][0] == {
        "day": "2026-01-05", "demand": 0, "capacity": 10_000, "missing": 0,
        "demand_high": None,
    }  # fmt: skip
    assert shown["forecast"][42] == {
        "day": "2026-02-16", "demand": 42_000, "capacity": 10_000, "missing": 32_000,
        "demand_high": None,
    }  # fmt: skip
    assert shown["short"] == {
        "day": "2026-02-16", "demand": 42_000, "capacity": 10_000, "until": "2026-02-21",
        "addresses": 4, "start_by": "2026-01-05", "purpose": None,
    }  # fmt: skip
    assert shown["addresses"]["ACTIVE"] == 1
    assert shown["reserve"] == SECOND
    assert (shown["method"], shown["rotation"], shown["review"]) == ("none", "advise", False)
    why = " ".join(shown["why"])
    assert "on 2026-02-16 a demand of 42,000 a day passes the capacity of 10,000" in why
    assert "start by 2026-01-05: today" in why
    assert f"{SECOND} stands by; start it (POST /api/v2/ips/{SECOND}/warmup)" in why


async def test_what_was_sent_is_foreseen(world: ApiWorld) -> None:
    _, sos, _ = await one_active(world)
    for n in range(1, 29):
        hours = {DAY_1 - timedelta(days=n): {IpAddr(FIRST): {"gmail": Counts(delivered=3_000)}}}
        counted = TrafficCounted(node=NODE, file="f", end=n, day_tz="UTC", hours=hours)
        await world.happens(SOS, FIRST, counted)
    shown = (await sos.get(CAPACITY)).body
    assert {one["demand"] for one in shown["forecast"]} == {3_000}
    assert {one["demand_high"] for one in shown["forecast"]} == {3_000}, "no day was otherwise"
    assert shown["pools"] == {}
    assert (shown["method"], shown["seen_days"], shown["short"]) == ("trend", 28, None)
    assert "capacity carries demand for the next 8 weeks" in " ".join(shown["why"])


async def test_what_is_left_out_stays_and_an_empty_plan_is_none(world: ApiWorld) -> None:
    _, sos, _ = await one_active(world)
    await sos.ask("PUT", CAPACITY, {"planned": [DECEMBER]})
    acts = (await sos.ask("PUT", CAPACITY, {"rotation": "act"})).body
    assert (acts["rotation"], acts["planned"]) == ("act", [DECEMBER | {"purpose": None}])
    none = (await sos.ask("PUT", CAPACITY, {"planned": []})).body
    assert (none["rotation"], none["planned"]) == ("act", [])
    assert world.tags().count("tenant.capacity_set") == 3


async def test_each_tenant_sees_its_own_and_an_admin_all(world: ApiWorld) -> None:
    admin, sos, ulixai = await one_active(world)
    assert (await ulixai.get(CAPACITY)).status == 404
    assert (await ulixai.ask("PUT", CAPACITY, {"rotation": "off"})).status == 404
    assert (await admin.get(CAPACITY)).body["addresses"]["ACTIVE"] == 1
    assert (await ulixai.get("/api/v2/tenants/ulixai/capacity")).body["forecast"][0][
        "capacity"
    ] == 0
    assert (await sos.get("/api/v2/tenants/nobody/capacity")).status == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"planned": [DECEMBER | {"last": "2026-02-15"}]}, "$.planned[0].last"),
        ({"planned": [DECEMBER | {"last": "2028-02-15"}]}, "$.planned[0].last"),
        ({"planned": [DECEMBER | {"per_day": 0}]}, "$.planned[0].per_day"),
        ({"planned": [DECEMBER | {"first": "16.2.2026"}]}, "$.planned[0].first"),
        ({"planned": [DECEMBER] * 51}, "$.planned"),
        ({"planned": [DECEMBER | {"volume": 1}]}, "$.planned[0].volume"),
        ({"planned": [DECEMBER | {"purpose": "9"}]}, "$.planned[0].purpose"),
        ({"planned": [DECEMBER | {"purpose": "marketin"}]}, "$.planned"),
        ({"planned": [DECEMBER | {"first": "2026-01-01", "last": "2026-01-04"}]}, "$.planned"),
        ({"rotation": "always"}, "$.rotation"),
        ({"rotate": "act"}, "$.rotate"),
    ],
)
async def test_what_is_no_plan_is_refused_and_changes_nothing(
    world: ApiWorld, body: dict[str, object], field: str
) -> None:
    _, sos, _ = await one_active(world)
    length = world.length
    said = await sos.ask("PUT", CAPACITY, body)
    assert (said.status, said.body["field"]) == (422, field)
    assert world.length == length


async def test_a_plan_that_is_over_stays_in_the_list_and_is_not_planned_anew(
    world: ApiWorld,
) -> None:
    _, sos, _ = await one_active(world)
    over = DECEMBER | {"first": "2026-01-01", "last": "2026-01-04"}
    said = await sos.ask("PUT", CAPACITY, {"planned": [over]})
    assert said.body["detail"] == (
        "a plan ends on 2026-01-04, and today is 2026-01-05 in UTC: plan what is still to be sent"
        " (what was sent is counted by itself)"
    )
    today = DECEMBER | {"first": "2026-01-01", "last": "2026-01-05"}
    assert (await sos.ask("PUT", CAPACITY, {"planned": [today]})).status == 200
    world.clock.at += timedelta(days=1)
    kept = await sos.ask("PUT", CAPACITY, {"planned": [today, DECEMBER]})
    assert kept.status == 200, "people send back what they were shown, and one more"
    assert (await sos.ask("PUT", CAPACITY, {"planned": [DECEMBER]})).status == 200
    gone = await sos.ask("PUT", CAPACITY, {"planned": [today]})
    assert gone.body["field"] == "$.planned"


async def test_of_several_pools_each_is_shown_and_a_plan_may_be_for_one(world: ApiWorld) -> None:
    _, sos, _ = await one_active(world)
    other = {"address": "1.2.3.6", "purpose": "receipts", "warmup": "manual"}
    await sos.post("/api/v2/ips", other)
    plan = {"planned": [DECEMBER | {"purpose": "receipts", "per_day": 700}]}
    shown = (await sos.ask("PUT", CAPACITY, plan)).body
    assert shown["short"]["purpose"] == "receipts"
    assert shown["reserve"] == "1.2.3.6", "which the other pool's has waited longer than"
    on_the_day = [one for one in shown["forecast"] if one["day"] == "2026-02-16"]
    assert [(one["capacity"], one["missing"]) for one in on_the_day] == [(10_000, 700)]
    pools = shown["pools"]
    assert set(pools) == {"marketing", "receipts"}
    assert (pools["marketing"]["short"], pools["receipts"]["reserve"]) == (None, "1.2.3.6")
    assert pools["marketing"]["forecast"][42]["demand"] == 0
    assert pools["receipts"]["forecast"][42]["missing"] == 700
    assert any(one.startswith("receipts: 1.2.3.6 stands by; start it") for one in shown["why"])


async def test_a_plan_for_a_pool_that_is_not_there_says_which_one_was_meant(
    world: ApiWorld,
) -> None:
    _, sos, _ = await one_active(world)
    said = await sos.ask("PUT", CAPACITY, {"planned": [DECEMBER | {"purpose": "marketin"}]})
    assert said.body["detail"] == (
        "sos-expat has no address for 'marketin'; did you mean `marketing`?"
    )
