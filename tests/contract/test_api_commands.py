"""What clients may rely on: any command that people give, by its tag, and only some fields."""

from typing import Any, get_args

import pytest

from engine.api.commands import BY_TAG, TAGS, ways
from engine.api.routes import ROUTES
from engine.commands import Command
from tests.support.api_world import SOS, ApiWorld

COMMANDS, IPS = "/api/v2/commands", "/api/v2/ips"
NEW_IP = {"address": "1.2.3.4", "purpose": "marketing"}

# Each new command is of people, and then BY_TAG has it, or of the engine alone, and stands here.
OF_THE_ENGINE = [
    "alert.fire",
    "alert.report_telling",
    "domain.report_key",
    "domain.report_key_gone",
    "domain.report_key_look",
    "domain.revoke_key",
    "domain.use_key",
    "ip.advance_stage",
    "ip.begin_monitoring",
    "ip.clear_listing",
    "ip.end_limiter",
    "ip.end_suspension",
    "ip.finish_removal",
    "ip.judge_warmup",
    "ip.limit_cap",
    "ip.note_listing",
    "ip.pause_by_limiter",
    "ip.rest",
    "ip.rewarm",
    "ip.start_warmup",
    "ip.step_retirement",
    "ip.stop",
    "ip.suspend",
    "ip.withdraw",
    "rollout.judge",
    "rollout.note_commit",
    "rollout.plan",
    "rollout.report",
    "rollout.watch",
    "server.judge",
    "server.plan",
    "server.release",
    "server.report",
    "tenant.begin_review",
    "tenant.judge_capacity",
    "tenant.report_pool",
]


def test_every_command_is_of_people_or_of_the_engine() -> None:
    assert set(BY_TAG) <= set(TAGS)
    assert not set(BY_TAG) & set(OF_THE_ENGINE)
    assert set(OF_THE_ENGINE) <= set(TAGS)
    assert len(TAGS) == len(get_args(Command))


async def test_a_command_does_what_its_path_does(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    made = await sos.post(COMMANDS, {"tag": "ip.register", **NEW_IP})
    assert (made.status, made.body["id"]) == (201, "1.2.3.4")
    assert made.headers["Location"] == f"{IPS}/1.2.3.4"
    quiet = {"tag": "ip.quarantine", "ip": "1.2.3.4", "reason": "a look"}
    assert (await sos.post(COMMANDS, quiet)).body["reason"] == "quarantined"
    back = await sos.post(COMMANDS, {"tag": "ip.release", "ip": "1.2.3.4", "reason": "over"})
    assert back.body["reason"] == "monitoring"
    gone = await sos.ask("GET", f"{IPS}/1.2.3.4")
    assert gone.body["reason"] == "monitoring"


async def test_what_the_engine_found_out_is_not_for_people_to_say(world: ApiWorld) -> None:
    admin, _, _ = await world.two_tenants()
    length = world.length
    for tag in OF_THE_ENGINE:
        said = await admin.post(COMMANDS, {"tag": tag, "ip": "1.2.3.4"})
        assert said.problem == (422, "effects-only", "$.tag"), tag
    stop = await admin.post(COMMANDS, {"tag": "ip.stop"})
    assert "ip.quarantine" in stop.body["detail"]
    assert world.length == length


async def test_a_command_cannot_bring_what_is_filled_in_from_views(world: ApiWorld) -> None:
    admin, _, _ = await world.two_tenants()
    said = await admin.post(
        COMMANDS, {"tag": "tenant.set_zone_actions", "slug": SOS, "actions": {}, "ips": ["1.2.3.4"]}
    )
    assert said.problem == (422, "unknown-field", "$.ips")


@pytest.mark.parametrize(
    ("body", "problem", "hint"),
    [
        ({}, (422, "invalid", "$.tag"), "its `tag`"),
        ({"tag": 3}, (422, "invalid", "$.tag"), "its `tag`"),
        ({"tag": "ip.retier"}, (422, "invalid", "$.tag"), "did you mean `ip.retire`?"),
        ({"tag": "IpRetire"}, (422, "invalid", "$.tag"), "did you mean `ip.retire`?"),
        ({"tag": "ip.retire"}, (422, "invalid", "$.ip"), "missing"),
        ({"tag": "ip.retire", "ip": 3}, (422, "invalid", "$.ip"), "no text"),
        ({"tag": "ip.retire", "ip": "x"}, (404, "not-found", None), "its address"),
        ({"tag": "ip.retire", "ip": "1.2.3.4", "hwo": ""}, (422, "unknown-field", "$.hwo"), "how"),
    ],
)
async def test_a_wrong_command_says_what_was_meant(
    world: ApiWorld, body: dict[str, Any], problem: tuple[int, str, str | None], hint: str
) -> None:
    _, sos, _ = await world.two_tenants()
    length = world.length
    said = await sos.post(COMMANDS, body)
    assert said.problem == problem
    assert hint in said.body["detail"]
    assert world.length == length


async def test_a_command_needs_the_right_of_its_path(world: ApiWorld) -> None:
    admin, sos, ulixai = await world.two_tenants()
    suspend = {"tag": "tenant.suspend", "slug": SOS, "reason": "x"}
    assert (await sos.post(COMMANDS, suspend)).problem[:2] == (403, "forbidden")
    operator = await world.key(SOS, "operate")
    rotate = {"tag": "domain.ask_key", "domain": "sos-mail.com"}
    assert (await operator.post(COMMANDS, rotate)).problem[:2] == (403, "forbidden")
    assert (await sos.post(COMMANDS, {"tag": "ip.register", **NEW_IP})).status == 201
    theirs = {"tag": "ip.retire", "ip": "1.2.3.4"}
    assert (await ulixai.post(COMMANDS, theirs)).problem[:2] == (404, "not-found")
    reader = await world.key(SOS, "read")
    assert (await reader.post(COMMANDS, theirs)).status == 403
    assert (await admin.post(COMMANDS, suspend)).status == 200


async def test_a_command_and_its_path_are_one_request_by_one_idempotency_key(
    world: ApiWorld,
) -> None:
    _, sos, _ = await world.two_tenants()
    once = {"Idempotency-Key": "once"}
    assert (await sos.post(IPS, NEW_IP, headers=once)).status == 201
    length = world.length
    again = await sos.post(COMMANDS, {"tag": "ip.register", **NEW_IP}, headers=once)
    assert (again.status, world.length) == (201, length)
    other = await sos.post(COMMANDS, {"tag": "ip.retire", "ip": "1.2.3.4"}, headers=once)
    assert other.problem[:2] == (422, "key-reused")


async def test_a_command_knows_what_was_read_where_its_path_does(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    new = {"tag": "ip.register", **NEW_IP}
    said = await sos.post(COMMANDS, new, headers={"If-Match": "*"})
    assert said.problem == (400, "bad-request", "If-Match")
    await sos.post(COMMANDS, new)
    read = {"If-Match": (await sos.get(f"{IPS}/1.2.3.4")).headers["ETag"]}
    for status in (200, 412):
        body = {"tag": "ip.quarantine", "ip": "1.2.3.4", "reason": "x"}
        assert (await sos.post(COMMANDS, body, headers=read)).status == status


def test_every_way_leads_to_a_path_with_places_that_its_fields_fill() -> None:
    for tag, way in ways(ROUTES).items():
        assert way.route.method != "GET", tag
        assert not set(way.places.values()) & set(way.takes.__struct_fields__), tag


# --- only some fields ----------------------------------------------------------------------------


async def test_a_client_is_given_the_fields_it_asks_for(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    for address in ("1.2.3.4", "1.2.3.5"):
        await sos.post(IPS, NEW_IP | {"address": address})
    listed = await sos.get(f"{IPS}?fields=address,phase&limit=1")
    assert listed.body["items"] == [{"address": "1.2.3.4", "phase": "STANDBY"}]
    rest = await sos.get(f"{IPS}?fields=address&after={listed.body['next']}")
    assert rest.body == {"items": [{"address": "1.2.3.5"}], "next": None}
    one = await sos.get(f"{IPS}/1.2.3.4?fields=reason")
    assert one.body == {"reason": "new"}
    events = await sos.get("/api/v2/events?fields=type&limit=1")
    assert set(events.body["items"][0]) == {"type"}


@pytest.mark.parametrize("path", [IPS, f"{IPS}/1.2.3.4", "/api/v2/events"])
async def test_a_field_that_there_is_not_is_no_empty_answer(world: ApiWorld, path: str) -> None:
    _, sos, _ = await world.two_tenants()
    said = await sos.get(f"{path}?fields=tennant")
    assert said.problem == (422, "unknown-field", "$.fields")
    assert "did you mean `tenant`?" in said.body["detail"]
