"""What clients may rely on: the warm-up of an address, its plan, and what people do to it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from engine.events.dns import FcrdnsLooked
from engine.events.ip import IpStopped
from engine.events.ip_warmup import StageSkipped, WarmupHeld
from engine.events.node import NodeLooked
from engine.events.traffic import TrafficCounted
from engine.ids import IpAddr, Position, Zone
from engine.rules import ladder
from engine.values.levers import STOPPED
from engine.values.traffic import Counts
from tests.support import samples
from tests.support.api_world import SOS, ApiWorld, Client, api_world
from tests.support.happenings import happens
from tests.support.samples import looked
from tests.support.spec import DAY_1, NODE, ZEN, vmta

IP = "1.2.3.4"
NEW_IP = {"address": IP, "purpose": "marketing", "warmup": "manual"}
WARMUP = f"/api/v2/ips/{IP}/warmup"
NAMES = ("mail1.sos-mail.com",)
TOLD = samples.told(ladder.levers(2), ip=IpAddr(IP))
POINTED = FcrdnsLooked(ip=IpAddr(IP), names=NAMES, confirmed=NAMES)


async def warming(world: ApiWorld) -> tuple[Client, Client]:
    """Two tenants' clients; the address of the first is clean and in stage 2 of the default."""
    _, sos, ulixai = await world.two_tenants()
    await sos.post("/api/v2/ips", NEW_IP)
    ip = IpAddr(IP)
    await world.happens(SOS, IP, POINTED, looked(ip=ip))
    await world.happens(SOS, IP, samples.stage(1, ip=ip), samples.stage(2, ip=ip))
    return sos, ulixai


async def test_a_warm_up_is_asked_for_with_a_plan_and_shown_with_it(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    await sos.post("/api/v2/ips", NEW_IP)
    said = await sos.post(WARMUP, {"caps": [100, 400], "stage_days": 3, "active_per_day": 500})
    assert (said.status, said.body["warmup"]["requested"]) == (200, True)
    shown = await sos.get(WARMUP)
    assert shown.body["plan"] == {
        "ladder": "own",
        "caps": [100, 400],
        "stage_days": 3,
        "active_per_day": 500,
        "interpolation": "step",
        "day_rule": "default",
    }
    assert (shown.body["phase"], shown.body["stage"], shown.body["stages"]) == ("STANDBY", 0, 2)
    assert any(one.startswith("fcrdns:") for one in shown.body["waits_for"])


async def test_a_ramp_has_a_stage_for_each_day_and_the_same_end(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    await sos.post("/api/v2/ips", NEW_IP)
    await sos.post(WARMUP, {"interpolation": "geometric"})
    plan = (await sos.get(WARMUP)).body["plan"]
    assert (plan["ladder"], plan["stage_days"], len(plan["caps"])) == ("default", 1, 42)
    assert (plan["caps"][0], plan["caps"][1], plan["caps"][-1]) == (50, 56, 10_000)


async def test_a_ladder_by_name_ends_where_the_address_is_to_end_and_the_strict_rule_is_kept(
    world: ApiWorld,
) -> None:
    _, sos, _ = await world.two_tenants()
    await sos.post("/api/v2/ips", NEW_IP)
    body = {"ladder": "mailtrap", "active_per_day": 1_000, "day_rule": "delivered_90"}
    await sos.post(WARMUP, body)
    plan = (await sos.get(WARMUP)).body["plan"]
    assert plan == {
        "ladder": "mailtrap",
        "caps": [300, 390, 510, 660, 860],
        "stage_days": 1,
        "active_per_day": 1_000,
        "interpolation": "step",
        "day_rule": "delivered_90",
    }


async def test_the_day_rule_alone_is_a_plan_too_and_an_unknown_one_is_refused(
    world: ApiWorld,
) -> None:
    _, sos, _ = await world.two_tenants()
    await sos.post("/api/v2/ips", NEW_IP)
    strict = {"day_rule": "delivered_90"}
    assert (await sos.post(WARMUP, strict)).status == 200
    assert (await sos.get(WARMUP)).body["plan"]["day_rule"] == "delivered_90"
    wrong = await sos.post(WARMUP, {"day_rule": "delivered_95"})
    assert wrong.problem == (422, "invalid", "$.day_rule")


async def test_without_a_plan_the_default_ladder_is_followed(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    await sos.post("/api/v2/ips", NEW_IP)
    await sos.post(WARMUP)
    plan = (await sos.get(WARMUP)).body["plan"]
    assert (plan["ladder"], plan["caps"]) == ("default", [50, 200, 500, 1500, 5000, 10_000])


async def test_a_named_ladder_is_cut_and_smoothed(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    await sos.post("/api/v2/ips", NEW_IP)
    body = {"ladder": "mailtrap", "active_per_day": 1_000, "interpolation": "geometric"}
    await sos.post(WARMUP, body)
    plan = (await sos.get(WARMUP)).body["plan"]
    assert (plan["ladder"], plan["caps"], plan["active_per_day"]) == (
        "mailtrap", [300, 390, 507, 660, 860], 1_000,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "field", "hint"),
    [
        ({"caps": []}, "$.caps", "at least one stage"),
        ({"caps": [50, 40]}, "$.caps[1]", "stage 2: 40 a day falls below the 50 before"),
        ({"caps": [50, 200, 1_001]}, "$.caps[2]", "more than 5 times the 200"),
        ({"caps": [0]}, "$.caps[0]", "the least is 1"),
        ({"caps": [5_000]}, "$.caps[0]", "at most 1,000"),
        ({"caps": ["50"]}, "$.caps[0]", "expected `int`"),
        ({"caps": [50], "stage_days": 0}, "$.stage_days", "1 to 30 days"),
        ({"caps": [50], "active_per_day": 10}, "$.active_per_day", "less than the 50"),
        ({"caps": [50], "ladder": "default"}, "$.caps", "not both"),
        ({"ladder": "sendgird"}, "$.ladder", "did you mean `sendgrid`?"),
        ({"stage_days": 3}, "$.stage_days", "goes with `caps`"),
        ({"interpolation": "cubic"}, "$.interpolation", "there are step, geometric"),
        ({"cap": [50]}, "$.cap", "no field `cap`"),
    ],
)
async def test_a_plan_that_cannot_be_followed_is_refused_and_changes_nothing(
    world: ApiWorld, body: Mapping[str, object], field: str, hint: str
) -> None:
    _, sos, _ = await world.two_tenants()
    await sos.post("/api/v2/ips", NEW_IP)
    length = world.length
    said = await sos.post(WARMUP, body)
    assert (said.status, said.body["field"]) == (422, field)
    assert hint in said.body["detail"]
    assert world.length == length


async def test_todays_allowance_is_what_the_node_was_told(world: ApiWorld) -> None:
    sos, _ = await warming(world)
    before = (await sos.get(WARMUP)).body
    assert before["today"]["allowance"] is None
    assert any(one.startswith("told:") for one in before["waits_for"])
    assert before["next"] is None
    await world.happens(SOS, IP, TOLD)
    shown = (await sos.get(WARMUP)).body
    assert shown["today"] == {
        "day": "2026-01-05", "allowance": 200, "hourly": 40, "used": None, "left": None,
    }  # fmt: skip
    assert shown["next"] == {"what": "stage 3", "at": "2026-01-12T00:00:00Z", "cap": 500}
    assert shown["waits_for"] == []
    assert shown["days"] == {"counted": 0, "needed": 4, "counted_by": "told"}


async def test_where_traffic_is_counted_the_days_count_by_what_was_delivered() -> None:
    async with api_world(counted=True) as world:
        sos, _ = await warming(world)
        await world.happens(SOS, IP, TOLD)
        shown = (await sos.get(WARMUP)).body
        assert shown["days"] == {"counted": 0, "needed": 4, "counted_by": "delivered"}
        assert shown["next"] is None
        (mail,) = shown["waits_for"]
        assert mail.startswith("mail: 0 days of stage 2 counted, 4 are needed; a day counts when")
        for n in range(1, 5):
            at = DAY_1 + timedelta(days=n - 1)
            world.clock.at = at
            await world.happens(SOS, IP, counted(at.replace(hour=8), IpAddr(IP)))
        world.clock.at = DAY_1 + timedelta(days=4)
        shown = (await sos.get(WARMUP)).body
        assert shown["days"] == {"counted": 4, "needed": 4, "counted_by": "delivered"}
        assert shown["next"] == {"what": "stage 3", "at": "2026-01-12T00:00:00Z", "cap": 500}
        explained = (await sos.get(f"/api/v2/ips/{IP}/explain")).body["next"]
        assert any("counted by what was delivered" in one for one in explained)


async def test_an_address_whose_tenant_sends_nothing_is_told_so() -> None:
    async with api_world(counted=True) as world:
        sos, _ = await warming(world)
        await world.happens(SOS, IP, TOLD)
        world.clock.at = DAY_1 + timedelta(days=9)
        waits = (await sos.get(WARMUP)).body["waits_for"]
        assert any(one.startswith("idle: nothing was counted of 2026-01-13") for one in waits)


def counted(hour: datetime, ip: IpAddr) -> TrafficCounted:
    hours = {hour: {ip: {"gmail": Counts(delivered=120)}}}
    return TrafficCounted(node=NODE, file="a.csv", end=1, day_tz="UTC", hours=hours)


async def test_a_hold_says_who_since_when_and_why_and_is_resumed(world: ApiWorld) -> None:
    sos, _ = await warming(world)
    await world.happens(SOS, IP, TOLD)
    said = await sos.post(f"{WARMUP}/hold", {"reason": "a new list"})
    assert said.status == 200
    shown = (await sos.get(WARMUP)).body
    (held,) = shown["held"]
    assert (held["by"], held["reason"], held["paused"]) == ("person", "a new list", False)
    assert held["since"].startswith("2026-01-05T09:00:")
    assert (shown["next"], shown["today"]["allowance"]) == (None, 200)
    assert (await sos.post(f"{WARMUP}/resume")).status == 200
    after = (await sos.get(WARMUP)).body
    assert (after["held"], after["next"]["what"]) == ([], "stage 3")


async def test_a_step_back_is_made_once_for_each_request(world: ApiWorld) -> None:
    sos, _ = await warming(world)
    key = {"Idempotency-Key": "one"}
    for _ in range(2):
        said = await sos.post(f"{WARMUP}/step-back", {"reason": "slower"}, headers=key)
        assert (said.status, said.body["stage"], said.body["cap"]) == (200, 1, 50)
    assert world.tags().count("ip.warmup_stepped_back") == 1
    other = await sos.post(f"{WARMUP}/step-back", {"reason": "faster"}, headers=key)
    assert other.problem[:2] == (422, "key-reused")
    again = await sos.post(f"{WARMUP}/step-back")
    assert again.problem[:2] == (409, "refused")
    assert "at stage 1" in again.body["detail"]


async def test_a_skip_needs_a_reason_and_another_day(world: ApiWorld) -> None:
    sos, _ = await warming(world)
    length = world.length
    for body in ({}, {"reason": ""}, {"reason": "me@example.com"}):
        assert (await sos.post(f"{WARMUP}/skip", body)).problem == (422, "invalid", "$.reason")
    assert world.length == length
    today = await sos.post(f"{WARMUP}/skip", {"reason": "warm elsewhere"})
    assert today.problem[:2] == (409, "refused")
    assert "entered stage 2 today" in today.body["detail"]
    world.clock.at = DAY_1.replace(day=6)
    key = {"Idempotency-Key": "two"}
    for _ in range(2):
        said = await sos.post(f"{WARMUP}/skip", {"reason": "asked by ops@x.example"}, headers=key)
        assert (said.status, said.body["stage"], said.body["cap"]) == (200, 3, 500)
    (skipped,) = [e.event for e in await world.events() if isinstance(e.event, StageSkipped)]
    assert skipped.reason == "asked by", "nothing personal is kept"
    assert skipped.evidence.proved


async def test_no_skip_goes_past_a_guard(world: ApiWorld) -> None:
    sos, _ = await warming(world)
    world.clock.at = DAY_1.replace(day=6)
    gone = FcrdnsLooked(ip=IpAddr(IP), names=(), confirmed=())
    await world.happens(SOS, IP, gone)
    said = await sos.post(f"{WARMUP}/skip", {"reason": "now"})
    assert said.problem[:2] == (409, "refused")
    assert "fcrdns:" in said.body["detail"]
    assert "ip.stage_skipped" not in world.tags()


async def test_no_skip_raises_a_cap_on_powermtas_day_before_or_on_looks_of_long_ago(
    world: ApiWorld,
) -> None:
    sos, _ = await warming(world)
    west = NodeLooked(node=NODE, paused=(), clock="-11:00")
    await happens(world, None, f"node-{NODE}", west)
    for at, why in (
        (DAY_1.replace(day=6), f"2026-01-06 11:00Z: midnight of PowerMTA on {NODE}"),
        (DAY_1.replace(day=6, hour=12), "lists: it was looked at last on 2026-01-05"),
    ):
        world.clock.at = at
        said = await sos.post(f"{WARMUP}/skip", {"reason": "now"})
        assert said.problem[:2] == (409, "refused")
        assert why in said.body["detail"]


async def test_what_does_not_warm_up_has_no_stage_to_change(world: ApiWorld) -> None:
    sos, _ = await warming(world)
    named: dict[Zone, tuple[str, ...]] = {ZEN: ("127.0.0.2",)}
    stop = IpStopped(
        ip=IpAddr(IP), node=NODE, vmta=vmta(STOPPED), zones=named, looked=Position(9),
        at=DAY_1, earlier=0,
    )  # fmt: skip
    await world.happens(SOS, IP, stop)
    for what in ("hold", "resume", "step-back", "skip"):
        said = await sos.post(f"{WARMUP}/{what}", {"reason": "now"})
        assert said.problem[:2] == (409, "refused"), what
        assert "STANDBY (listed)" in said.body["detail"]


async def test_nothing_is_said_or_done_about_another_tenants_warm_up(world: ApiWorld) -> None:
    _, ulixai = await warming(world)
    length = world.length
    assert (await ulixai.get(WARMUP)).problem[:2] == (404, "not-found")
    for what in ("step-back", "skip"):
        said = await ulixai.post(f"{WARMUP}/{what}", {"reason": "now"})
        assert said.problem[:2] == (404, "not-found"), what
    assert world.length == length
    for what in ("hold", "resume"):
        said = await ulixai.post(f"{WARMUP}/{what}", {"reason": "now"})
        assert said.problem[:2] == (404, "not-found"), what
    held = [one for one in await world.events() if isinstance(one.event, WarmupHeld)]
    assert held == []


async def test_reading_is_not_operating(world: ApiWorld) -> None:
    await warming(world)
    reader = await world.key(SOS, "read")
    assert (await reader.get(WARMUP)).status == 200
    for what in ("", "/hold", "/resume", "/step-back", "/skip"):
        said = await reader.post(f"{WARMUP}{what}", {"reason": "x"} if what else {})
        assert said.problem[:2] == (403, "forbidden"), what


async def test_a_warm_up_is_shown_as_it_stood(world: ApiWorld) -> None:
    sos, _ = await warming(world)
    admin, before = await world.admin(), world.length
    await sos.post(f"{WARMUP}/hold")
    then = await admin.get(f"{WARMUP}?as_of={before}")
    assert (then.status, then.body["held"], then.body["stage"]) == (200, [], 2)
    (held,) = (await sos.get(WARMUP)).body["held"]
    assert held["reason"] == ""
