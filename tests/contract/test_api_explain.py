"""Why an address is in its state: each decision with what it was made on and what came of it."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from engine.events.effect import EffectRefused, EffectWithheld
from engine.events.node import PauseFailed, QueuesPaused
from engine.events.rollout import RolloutEnded
from engine.ids import EffectKey, Position
from engine.rules import ladder
from engine.values.evidence import Guards
from engine.values.levers import STOPPED, Levers, PerDay
from engine.values.target import Target
from tests.support import samples
from tests.support.api_world import SOS, ULIXAI, ApiWorld, Client
from tests.support.happenings import happens
from tests.support.spec import HOSTNAME, IP, NODE, OTHER, PSBL, ZEN, day

EXPLAIN = f"/api/v2/ips/{IP}/explain"
Shown = Mapping[str, Any]


async def warming(world: ApiWorld) -> dict[str, Position]:
    """Registered and started on day 2; where what it was decided on stands."""
    at: dict[str, Position] = {}
    await happens(world, SOS, f"ip-{IP}", samples.registered(), at=day(2))
    at["dns"] = await happens(world, SOS, f"dns-{IP}", samples.pointed(HOSTNAME))
    at["look"] = await happens(world, SOS, f"dnsbl-{IP}", samples.looked())
    await happens(world, SOS, f"dnsbl-{IP}", samples.looked())
    held = Guards(hostname=HOSTNAME, fcrdns=at["dns"], lists=at["look"], proved=(ZEN,), unproved=())
    at["stage"] = await happens(world, SOS, f"ip-{IP}", samples.stage(1, evidence=held))
    told = replace(
        samples.told(ladder.levers(1)),
        changed={IP: ladder.levers(1), OTHER: ladder.levers(1)},
    )
    at["told"] = await happens(world, SOS, f"rollout-{NODE}/{SOS}", told)
    return at


async def listed(world: ApiWorld) -> dict[str, Position]:
    """And stopped on day 4; a hit of day 3 was not confirmed."""
    at = await warming(world)
    await happens(world, SOS, f"dnsbl-{IP}", samples.looked(PSBL), at=day(3))
    await happens(world, SOS, f"dnsbl-{IP}", samples.looked())
    at["hit"] = await happens(world, SOS, f"dnsbl-{IP}", samples.looked(PSBL), at=day(4))
    at["again"] = await happens(world, SOS, f"dnsbl-{IP}", samples.looked(PSBL))
    stop = replace(samples.stopped(PSBL), looked=at["again"])
    at["stop"] = await happens(world, SOS, f"ip-{IP}", stop)
    return at


async def explained(client: Client, query: str = "") -> Shown:
    said = await client.get(f"{EXPLAIN}?{query}")
    assert said.status == 200, said.body
    assert isinstance(said.body, dict)
    return said.body


def types(said: Sequence[Shown]) -> list[str]:
    return [str(one["type"]) for one in said]


def places(said: Sequence[Shown]) -> list[Position]:
    return [one["position"] for one in said]


async def test_the_newest_decision_stands_first_each_with_its_evidence(world: ApiWorld) -> None:
    admin, _, _ = await world.two_tenants()
    at = await listed(world)
    body = await explained(admin)
    assert types(body["sentences"]) == ["ip.stopped", "ip.stage_entered", "ip.registered"]
    stop, stage, registered = body["sentences"]
    assert places(stop["because"]) == [at["hit"], at["again"]]
    assert places(stage["because"]) == [at["dns"], at["look"]]
    assert registered["because"] == []
    assert (stop["position"], stop["actor"]) == (at["stop"], "engine")
    assert f"listed by {PSBL} (127.0.0.2)" in stop["says"]
    assert all(f"finds it on {PSBL}" in one["says"] for one in stop["because"])


async def test_the_state_is_one_sentence_of_phase_reason_and_levers(world: ApiWorld) -> None:
    admin, _, _ = await world.two_tenants()
    await listed(world)
    body = await explained(admin)
    assert body["state"] == (
        f"{IP} (sos-expat, marketing, on pmta-1) is STANDBY (listed by {PSBL}) since 2026-01-08"
        " 09:00Z; wanted: intake closed, output paused; pmta-1 was last told intake open, 50 a day"
        " at 2026-01-06 09:00Z"
    )
    told = samples.told(STOPPED)
    await happens(world, SOS, f"rollout-{NODE}/{SOS}", told)
    assert (await explained(admin))["state"].endswith("pmta-1 was told so at 2026-01-08 09:00Z")


async def test_what_comes_next_and_what_holds_it_is_said(world: ApiWorld) -> None:
    admin, _, _ = await world.two_tenants()
    await listed(world)
    assert (await explained(admin))["next"] == [
        "rest, if it is still listed: 2026-01-22 09:00Z",
        f"clean: two looks 24 h apart without a listing by {PSBL}",
        f"listed: {PSBL} lists it",
    ]
    before = await explained(admin, "as_of=2026-01-07")
    assert before["next"] == ["stage 2: 2026-01-13 00:00Z"]


async def test_an_address_that_waits_names_the_guard(world: ApiWorld) -> None:
    admin, _, _ = await world.two_tenants()
    await happens(world, SOS, f"ip-{IP}", samples.registered())
    body = await explained(admin)
    assert "pmta-1 was told nothing of it yet" in body["state"]
    assert [one.split(":")[0] for one in body["next"]] == ["fcrdns", "lists"]


async def test_a_refused_step_is_named_with_the_time_of_the_next_try(world: ApiWorld) -> None:
    admin, _, _ = await world.two_tenants()
    await warming(world)
    refused = EffectRefused(
        key=EffectKey(f"command.dispatch/ip.advance_stage/{IP}/9/1"),
        effect="command.dispatch",
        target=Target("ip", IP),
        why="not so fast",
    )
    await happens(world, SOS, f"effect-ip/{IP}", refused)
    body = await explained(admin)
    assert body["next"][-1] == "retry: the last try was refused; again at 2026-01-06 09:01Z"
    then = body["sentences"][0]["then"]
    assert types(then) == ["rollout.ended", "effect.refused"]
    assert "not so fast" in then[-1]["says"]


async def test_what_came_of_a_decision_stands_under_it_as_far_as_it_concerns_the_address(
    world: ApiWorld,
) -> None:
    admin, _, _ = await world.two_tenants()
    at = await listed(world)
    paused = QueuesPaused(node=NODE, ip=IP, cycle=at["stop"])
    failed = PauseFailed(node=NODE, ip=IP, cycle=at["stop"], why="first")
    await happens(world, SOS, f"node-{NODE}", failed)
    last = await happens(world, SOS, f"node-{NODE}", replace(failed, why="second"))
    first = await happens(world, SOS, f"node-{NODE}", paused)
    await happens(world, SOS, f"node-{NODE}", paused)
    await happens(world, SOS, f"node-{NODE}", replace(failed, ip=OTHER, why="not this one"))
    await happens(world, ULIXAI, f"node-{NODE}", replace(failed, why="of another"))
    stop, stage, _ = (await explained(admin))["sentences"]
    assert places(stop["then"]) == [last, first]
    assert "second" in stop["then"][0]["says"]
    assert places(stage["then"]) == [at["told"]]
    assert IP in stage["then"][0]["says"]
    assert OTHER not in stage["then"][0]["says"]


async def test_a_withheld_or_failed_rollout_explains_why_the_node_was_not_told(
    world: ApiWorld,
) -> None:
    admin, _, _ = await world.two_tenants()
    at = await listed(world)
    key = f"rollout.deploy/{NODE}/{SOS}/{at['stop']}/1"
    withheld = EffectWithheld(key=EffectKey(key), effect="rollout.deploy", why=f"node-{NODE}")
    await happens(world, SOS, f"effect-node/{NODE}", withheld)
    other = replace(withheld, key=EffectKey(f"node.pause_queues/{OTHER}/7/1"))
    await happens(world, SOS, f"effect-node/{NODE}", replace(other, effect="node.pause_queues"))
    failed = RolloutEnded(node=NODE, ending="failed", kind="foreign", why="line 3")
    await happens(world, SOS, f"rollout-{NODE}/{SOS}", failed)
    then = (await explained(admin))["sentences"][0]["then"]
    assert types(then) == ["effect.withheld", "rollout.ended"]
    assert "line 3" in then[1]["says"]


async def test_a_persons_decision_names_the_person_and_the_reason(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    await warming(world)
    said = await sos.post(f"/api/v2/ips/{IP}/quarantine", {"reason": "leaked password"})
    assert said.status == 200, said.body
    decision = (await explained(sos))["sentences"][0]
    (asked,) = decision["because"]
    assert asked["type"] == "command.completed"
    assert asked["actor"] == decision["actor"]
    assert asked["actor"].startswith("key:")
    assert f"quarantine {IP}: leaked password" in asked["says"]


async def test_a_stage_counts_its_days_from_when_the_node_was_told(world: ApiWorld) -> None:
    admin, _, _ = await world.two_tenants()
    at = await warming(world)
    others = samples.told(ladder.levers(2), ip=OTHER)
    await happens(world, SOS, f"rollout-{NODE}/{SOS}", others)
    await happens(world, SOS, f"ip-{IP}", samples.stage(2), at=day(9))
    later = samples.told(Levers("open", PerDay(200)))
    await happens(world, SOS, f"rollout-{NODE}/{SOS}", later)
    assert places((await explained(admin))["sentences"][0]["because"]) == [at["told"]]


async def test_rest_after_a_listing_that_stands_names_the_last_look(world: ApiWorld) -> None:
    admin, _, _ = await world.two_tenants()
    await listed(world)
    last = await happens(world, SOS, f"dnsbl-{IP}", samples.looked(PSBL), at=day(18))
    await happens(world, SOS, f"ip-{IP}", samples.rested("still_listed"))
    await happens(world, SOS, f"dnsbl-{IP}", samples.looked())
    body = await explained(admin)
    assert places(body["sentences"][0]["because"]) == [last]
    assert body["next"][-1].startswith("rest: 30 days")


# --- who sees what -------------------------------------------------------------------------------


async def test_a_tenant_sees_the_same_without_positions_and_nobody_elses(world: ApiWorld) -> None:
    admin, sos, ulixai = await world.two_tenants()
    await listed(world)
    mine, whole = await explained(sos), await explained(admin)
    assert "position" not in str(mine)
    assert [one["says"] for one in mine["sentences"]] == [one["says"] for one in whole["sentences"]]
    assert mine["next"] == whole["next"]
    assert (await ulixai.get(EXPLAIN)).problem[:2] == (404, "not-found")
    theirs = await sos.get("/api/v2/ips/5.6.7.8/explain")
    assert theirs.problem[:2] == (404, "not-found")
    assert (await sos.get("/api/v2/ips/nonsense/explain")).problem[:2] == (404, "not-found")


# --- as of ---------------------------------------------------------------------------------------


async def test_it_is_explained_as_it_stood_then(world: ApiWorld) -> None:
    admin, sos, _ = await world.two_tenants()
    at = await listed(world)
    for client in (admin, sos):
        body = await explained(client, "as_of=2026-01-07T00:00Z")
        assert types(body["sentences"]) == ["ip.stage_entered", "ip.registered"]
        assert "WARMING, stage 1 of 6" in body["state"]
        assert body["as_of"] == "2026-01-07T00:00:00Z"
    for position, newest in ((at["stop"], "ip.stopped"), (at["stop"] - 1, "ip.stage_entered")):
        body = await explained(admin, f"as_of={position}")
        assert types(body["sentences"])[0] == newest
    told = await explained(admin, f"as_of={at['told'] - 1}")
    assert told["sentences"][0]["then"] == []
    assert "told nothing" in told["state"]
    assert told["next"][-1] == "told: days count once pmta-1 was told the stage's levers"


@pytest.mark.parametrize(
    ("as_of", "problem"),
    [
        ("2025-12-31", (404, "not-found", None)),
        ("2026-01-05T10:00Z", (404, "not-found", None)),
        ("2031-01-01T00:00Z", (422, "invalid", "$.as_of")),
        ("4000", (422, "invalid", "$.as_of")),
        ("0", (404, "not-found", None)),
        ("tomorrow", (422, "invalid", "$.as_of")),
    ],
)
async def test_a_moment_without_the_address_or_yet_to_come_is_told_apart(
    world: ApiWorld, as_of: str, problem: tuple[int, str, str | None]
) -> None:
    admin, sos, _ = await world.two_tenants()
    await listed(world)
    assert (await admin.get(f"{EXPLAIN}?as_of={as_of}")).problem == problem
    expected = (422, "invalid", "$.as_of") if as_of.isdigit() else problem
    assert (await sos.get(f"{EXPLAIN}?as_of={as_of}")).problem == expected


async def test_what_is_explained_now_is_what_the_view_shows(world: ApiWorld) -> None:
    admin, _, _ = await world.two_tenants()
    await listed(world)
    for event in (samples.stage(1), samples.finished(), samples.rested()):
        await happens(world, SOS, f"ip-{IP}", event)
        shown = (await admin.get(f"/api/v2/ips/{IP}")).body
        state = (await explained(admin))["state"]
        assert f" is {shown['phase']}" in state
