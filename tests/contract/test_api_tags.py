"""What clients may rely on: changes that know what they change, and no more asking than allowed."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from engine.api.rates import Rates
from engine.api.routes import ROUTES
from tests.support.api_world import SOS, ApiWorld, Client, api_world

IP = "/api/v2/ips/1.2.3.4"
TENANT = "/api/v2/tenants/sos-expat"


async def an_ip(client: Client) -> None:
    made = await client.post("/api/v2/ips", {"address": "1.2.3.4", "purpose": "marketing"})
    assert made.status == 201


async def test_what_was_read_is_changed_and_what_was_changed_since_is_not(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    await an_ip(sos)
    read = {"If-Match": (await sos.get(IP)).headers["ETag"]}
    first = await sos.post(f"{IP}/quarantine", {"reason": "a look"}, headers=read)
    assert first.status == 200
    second = await sos.post(f"{IP}/release", {"reason": "over"}, headers=read)
    assert second.problem[:2] == (412, "changed")
    assert (await sos.get(IP)).body["reason"] == "quarantined"
    again = {"If-Match": (await sos.get(IP)).headers["ETag"]}
    assert (await sos.post(f"{IP}/release", {"reason": "over"}, headers=again)).status == 200


async def test_what_happens_to_others_is_no_change(world: ApiWorld) -> None:
    admin, sos, ulixai = await world.two_tenants()
    await an_ip(sos)
    for client in (sos, admin):
        read = {"If-Match": (await client.get(IP)).headers["ETag"]}
        other = {"address": f"1.2.3.{world.length}", "purpose": "news"}
        assert (await ulixai.post("/api/v2/ips", other)).status == 201
        body = {"cause": "a", "remedy": "b", "tenant": SOS}
        said = await client.post(f"{IP}/remedy", body, headers=read)
        assert said.status == 200, "it was judged, and not held back"


async def test_a_condition_does_not_tell_what_is_anothers_from_what_is_nobodys(
    world: ApiWorld,
) -> None:
    _, sos, ulixai = await world.two_tenants()
    await an_ip(ulixai)
    answers = []
    for address in ("1.2.3.4", "1.2.3.5"):
        for tag in ("*", (await sos.get("/api/v2/ips")).headers["ETag"]):
            path = f"/api/v2/ips/{address}/quarantine"
            said = await sos.post(path, {"reason": "x"}, headers={"If-Match": tag})
            answers.append((said.status, said.body["detail"].replace(address, "it")))
    assert len(set(answers)) == 1
    assert answers[0][0] == 404


async def test_two_who_read_the_same_do_not_both_change_it(world: ApiWorld) -> None:
    admin, _, _ = await world.two_tenants()
    read = {"If-Match": (await admin.get(TENANT)).headers["ETag"]}
    one = await admin.ask("PATCH", TENANT, {"name": "One"}, headers=read)
    other = await admin.ask("PATCH", TENANT, {"name": "Other"}, headers=read)
    assert (one.status, other.problem[:2]) == (200, (412, "changed"))
    assert (await admin.get(TENANT)).body["name"] == "One"


async def test_a_repeated_change_is_answered_as_it_was_whatever_was_read(world: ApiWorld) -> None:
    admin, _, _ = await world.two_tenants()
    sent = {"If-Match": (await admin.get(TENANT)).headers["ETag"], "Idempotency-Key": "once"}
    for _ in range(2):
        assert (await admin.ask("PATCH", TENANT, {"name": "One"}, headers=sent)).status == 200


async def test_a_tag_of_somebody_else_or_none_of_ours_changes_nothing(world: ApiWorld) -> None:
    admin, sos, _ = await world.two_tenants()
    await an_ip(sos)
    theirs = (await admin.get(IP)).headers["ETag"]
    past = (await sos.get(f"{IP}?as_of={world.clock.at:%Y-%m-%dT%H:%M:%S.%fZ}")).headers["ETag"]
    own = (await sos.get(IP)).headers["ETag"]
    for text in (theirs, past, f"W/{own}", "x", "", '"a.b"', '"abc"'):
        said = await sos.post(f"{IP}/rest", {}, headers={"If-Match": text})
        assert said.problem[:2] == (412, "changed"), text
    assert [tag for tag in world.tags() if tag.startswith("ip.")] == ["ip.registered"]
    wrong = await sos.post(f"{IP}/rest", {"x": 1}, headers={"If-Match": "x"})
    assert wrong.status == 422, "what is wrong anyway has no condition (RFC 9110 13.2.1)"


async def test_a_key_that_was_revoked_since_is_changed_and_not_unknown(world: ApiWorld) -> None:
    admin, _, _ = await world.two_tenants()
    made = await admin.post("/api/v2/keys", {"tenant": SOS})
    read = {"If-Match": (await admin.get("/api/v2/keys")).headers["ETag"]}
    path = f"/api/v2/keys/{made.body['id']}/revoke"
    assert (await admin.post(path, {"why": "lost"}, headers=read)).status == 200
    again = await admin.post(path, {"why": "lost"}, headers=read)
    assert again.problem[:2] == (412, "changed")


async def test_any_tag_means_that_there_is_something(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    anything = {"If-Match": "*"}
    gone = await sos.post(f"{IP}/quarantine", {"reason": "x"}, headers=anything)
    assert gone.problem[:2] == (404, "not-found")
    await an_ip(sos)
    assert (await sos.post(f"{IP}/quarantine", {"reason": "x"}, headers=anything)).status == 200


async def test_where_nothing_was_read_before_a_condition_is_not_passed_over(
    world: ApiWorld,
) -> None:
    _, sos, _ = await world.two_tenants()
    length = world.length
    new = {"address": "1.2.3.4", "purpose": "news"}
    said = await sos.post("/api/v2/ips", new, headers={"If-Match": "*"})
    assert said.problem == (400, "bad-request", "If-Match")
    assert world.length == length


@pytest.mark.parametrize("path", [IP, "/api/v2/ips", f"{IP}/warmup", "/api/v2/openapi.json"])
async def test_what_a_client_has_already_is_not_sent_again(world: ApiWorld, path: str) -> None:
    _, sos, _ = await world.two_tenants()
    await an_ip(sos)
    read = await sos.get(path)
    again = {"If-None-Match": f'"other", W/{read.headers["ETag"]}'}
    same = await sos.get(path, headers=again)
    assert (same.status, same.body) == (304, b"")
    assert same.headers["ETag"].startswith(read.headers["ETag"][:33])
    if path == IP:
        await sos.post(f"{IP}/quarantine", {"reason": "x"})
        assert (await sos.get(path, headers=again)).status == 200


async def test_two_tags_of_a_tenant_do_not_tell_whether_others_did_something(
    world: ApiWorld,
) -> None:
    _, sos, _ = await world.two_tenants()
    await an_ip(sos)
    first, second = [(await sos.get(IP)).headers["ETag"] for _ in range(2)]
    assert first.partition(".")[0] == second.partition(".")[0]
    assert first != second, "equal ones would tell that nobody did anything"
    assert len(first) == len(second)


# --- how often -----------------------------------------------------------------------------------


async def test_who_asks_too_often_hears_when_to_come_back_and_nobody_else_is_held_up(
    limited: ApiWorld,
) -> None:
    _, sos, ulixai = await limited.two_tenants()
    for left in (2, 1, 0):
        said = await sos.get("/api/v2/ips")
        assert said.status == 200
        assert said.headers["RateLimit-Policy"] == '"requests";q=3;w=60'
        assert said.headers["RateLimit"].startswith(f'"requests";r={left};t=')
    said = await sos.get("/api/v2/ips")
    assert said.problem[:2] == (429, "too-often")
    assert said.headers["Retry-After"] == "20"
    assert (await ulixai.get("/api/v2/ips")).status == 200
    limited.clock.at += timedelta(seconds=20)
    assert (await sos.get("/api/v2/ips")).status == 200
    assert (await sos.get("/api/v2/ips")).status == 429
    limited.clock.at += timedelta(hours=1)
    answers = [(await sos.get("/api/v2/ips")).status for _ in range(4)]
    assert answers == [200, 200, 200, 429], "who was quiet for long has no more than the others"


async def test_what_is_refused_counts_and_says_what_is_left(limited: ApiWorld) -> None:
    _, sos, _ = await limited.two_tenants()
    said = await sos.post("/api/v2/ips", {"adress": "1.2.3.4"})
    assert said.status == 422
    assert said.headers["RateLimit"].startswith('"requests";r=2;')


async def test_a_load_balancer_asks_as_often_as_it_likes(limited: ApiWorld) -> None:
    for _ in range(9):
        assert (await limited.client().get("/healthz")).status == 200


@pytest.fixture
async def limited() -> AsyncIterator[ApiWorld]:
    async with api_world(rates=Rates(3)) as made:
        yield made


def test_every_change_of_one_thing_can_be_told_what_was_read() -> None:
    changes = [one for one in ROUTES if one.method in ("PUT", "PATCH", "DELETE")]
    assert [one.path for one in changes if not one.changes_one] == []
    assert not any(one.changes_one for one in ROUTES if one.method == "GET")
