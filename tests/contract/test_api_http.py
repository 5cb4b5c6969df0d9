"""What clients may rely on: keys, HTTP itself, reading one's own writes, failures."""

import asyncio
import logging
import re

import pytest

from engine.api import decode, reading
from engine.api.keys import BITS, make_key
from engine.api.route import Route
from engine.api.routes import ROUTES
from engine.commands.key import RevokeKey
from tests.support.api_world import ALL, SOS, TENANTS, ApiWorld, api_world

IPS = "/api/v2/ips"
NEW_IP = {"address": "1.2.3.4", "purpose": "marketing"}
PLACE = re.compile(r"{\w+}")
NEEDS_KEY = [one for one in ROUTES if one.scope and not one.local]


# --- keys ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("route", NEEDS_KEY, ids=lambda one: f"{one.method} {one.path}")
async def test_nothing_is_answered_without_a_key(world: ApiWorld, route: Route) -> None:
    said = await world.client().ask(route.method, PLACE.sub("x", route.path), data=b"nonsense")
    assert said.problem[:2] == (401, "unauthorized")
    assert said.headers["WWW-Authenticate"].startswith("Bearer")
    assert world.length == 0


async def test_a_key_that_is_mistyped_unknown_or_revoked_is_refused_and_not_repeated(
    world: ApiWorld,
) -> None:
    key = await world.issue(SOS, "read")
    other = (await world.issue(SOS, "read")).text
    mistyped = key.text[:-1] + ("0" if key.text[-1] != "0" else "1")
    swapped = other[:20] + key.text[20:]
    await world.order(RevokeKey(key=key.id, why="lost"), SOS)
    for text, why in (
        (mistyped, "mistyped"),
        (swapped, "mistyped"),
        (key.text[:30], "cut off"),
        ("ee_live_ü", "cut off"),
        ("sk_live_1", "begins with ee_live_"),
        (key.text, "revoked"),
    ):
        said = await world.client(text).get(IPS)
        assert said.problem[:2] == (401, "unauthorized"), text
        assert why in said.body["detail"]
        assert text not in str(said.body)


async def test_a_key_made_elsewhere_is_not_known_here(world: ApiWorld) -> None:
    async with api_world() as elsewhere:
        await elsewhere.issue(None, "admin")
        stranger = await elsewhere.issue(None, "admin")
    said = await world.client(stranger.text).get(IPS)
    assert said.problem[:2] == (401, "unauthorized")
    assert "not known" in said.body["detail"]


async def test_a_known_id_with_another_secret_opens_nothing(world: ApiWorld) -> None:
    random = world.token(BITS)
    forged = make_key(random[:-1] + bytes([random[-1] ^ 1]))
    await world.issue(None, *ALL, random=random)
    assert (await world.client(make_key(random).text).get(IPS)).status == 200
    assert forged.id == make_key(random).id
    said = await world.client(forged.text).get(IPS)
    assert said.problem[:2] == (401, "unauthorized")
    assert "not known" in said.body["detail"]


async def test_a_key_does_only_what_its_scopes_say(world: ApiWorld) -> None:
    await world.two_tenants()
    reader, operator = await world.key(SOS, "read"), await world.key(SOS, "operate")
    assert (await reader.get(IPS)).status == 200
    said = await reader.post(IPS, NEW_IP)
    assert said.problem[:2] == (403, "forbidden")
    assert "`operate`" in said.body["detail"]
    assert (await operator.post(IPS, NEW_IP)).status == 201
    assert (await operator.get(IPS)).status == 403


async def test_a_tenants_key_is_no_admin_whatever_it_says(world: ApiWorld) -> None:
    pretender = await world.key(SOS, "read", "operate", "deploy", "admin")
    for route in NEEDS_KEY:
        if route.scope == "admin":
            said = await pretender.ask(route.method, PLACE.sub("x", route.path))
            assert said.problem[:2] == (403, "forbidden"), route.path


async def test_a_lost_key_is_replaced_and_revoked(world: ApiWorld) -> None:
    admin, sos, _ = await world.two_tenants()
    made = await admin.post("/api/v2/keys", {"tenant": SOS, "scopes": ["read"]})
    assert made.status == 201
    new = world.client(made.body["key"])
    assert (await new.get(IPS)).status == 200
    listed = (await admin.get("/api/v2/keys?tenant=sos-expat")).body["items"]
    assert made.body["id"] in [one["id"] for one in listed]
    assert made.body["key"] not in str(listed)
    gone = await admin.post(f"/api/v2/keys/{made.body['id']}/revoke", {"why": "lost"})
    assert (gone.status, gone.body["revoked"]) == (200, True)
    assert (await new.get(IPS)).status == 401
    assert (await sos.get(IPS)).status == 200
    power = await admin.post("/api/v2/keys", {"tenant": SOS, "scopes": ["admin"]})
    assert power.problem == (422, "invalid", "$.scopes")


# --- HTTP ----------------------------------------------------------------------------------------


async def test_a_body_that_is_no_json_is_refused_before_anything_is_done(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    length = world.length
    for data in (b"{", b'{"address": "1.2.3.4", "purpose": "a"} x', b"\xff", b'{"address":"\xff"}'):
        assert (await sos.post(IPS, data=data)).problem[:2] == (400, "bad-json"), data
    for data in (b"[]", b"3", b"", b"[" * 60_000):
        assert (await sos.post(IPS, data=data)).problem[:2] == (422, "invalid"), data[:10]
    assert world.length == length


async def test_a_body_of_another_content_type_is_refused(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    said = await sos.post(IPS, data=b"address=1.2.3.4", headers=form)
    assert said.problem[:2] == (415, "content-type")
    assert "application/json" in said.body["detail"]


async def test_a_body_that_is_not_packed_as_it_says_is_refused(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    body = b'{"address": "1.2.3.4", "purpose": "a"}'
    packed = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    said = await sos.post(IPS, data=body, headers=packed)
    assert said.problem[:2] == (400, "bad-request")
    assert "cannot be unpacked" in said.body["detail"]


async def test_a_body_over_64_kib_is_refused(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    said = await sos.post(IPS, data=b'{"address": "' + b"1" * 70_000 + b'"}')
    assert said.problem[:2] == (413, "too-large")


async def test_a_body_that_does_not_arrive_is_not_waited_for(
    world: ApiWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await world.issue(SOS, "operate")
    monkeypatch.setattr(decode, "BODY_WITHIN_S", 0.05)
    server = world.http.server
    reader, writer = await asyncio.open_connection(server.host, server.port)
    head = f"POST {IPS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key.text}\r\n"
    writer.write(f"{head}Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{{".encode())
    async with asyncio.timeout(5):
        answer = await reader.readuntil(b"}")
    writer.close()
    await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"\r\nConnection: close\r\n" in answer
    assert b"urn:email-engine:problem:slow-body" in answer


async def test_an_unknown_path_or_method_says_what_there_is(world: ApiWorld) -> None:
    nobody = world.client()
    path = await nobody.get("/api/v2/ip")
    assert path.problem[:2] == (404, "unknown-path")
    assert "did you mean /api/v2/ips?" in path.body["detail"]
    method = await nobody.ask("DELETE", IPS)
    assert method.problem[:2] == (405, "method-not-allowed")
    assert method.headers["Allow"] == "GET, HEAD, POST"


async def test_every_answer_carries_the_security_headers(world: ApiWorld) -> None:
    for said in (await world.client().get("/healthz"), await world.client().get("/nowhere")):
        assert said.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in said.headers["Content-Security-Policy"]
        assert said.headers["Referrer-Policy"] == "no-referrer"
        assert said.headers["Cache-Control"] == "no-store"
        assert said.headers["Server"] == "email-engine"


async def test_a_bug_is_logged_and_its_inside_stays_inside(
    world: ApiWorld, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, sos, _ = await world.two_tenants()

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the inside")

    monkeypatch.setattr(world.models, "some", broken)
    with caplog.at_level(logging.ERROR):
        said = await sos.get(IPS)
    assert said.problem[:2] == (500, "bug")
    assert "the inside" not in str(said.body)
    assert "the inside" in caplog.text


async def test_while_the_log_is_away_nothing_is_done_and_the_client_hears_when_to_return(
    world: ApiWorld,
) -> None:
    _, sos, _ = await world.two_tenants()
    length, world.log.away = world.length, True
    said = await sos.post(IPS, NEW_IP)
    assert said.problem[:2] == (503, "log-unavailable")
    assert int(said.headers["Retry-After"]) > 0
    assert world.length == length
    assert (await sos.get(IPS)).status == 200
    world.log.away = False
    assert (await sos.post(IPS, NEW_IP)).status == 201


async def test_an_idempotency_key_is_printable_and_short(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    for key in ("", "x" * 256, "ü"):
        said = await sos.post(IPS, NEW_IP, headers={"Idempotency-Key": key})
        assert said.problem[:2] == (400, "bad-request"), key


async def test_a_method_is_counted_by_its_route_and_not_by_its_address(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    await sos.get(f"{IPS}/1.2.3.4")
    assert world.seen[-1] == ("GET", f"{IPS}/{{id}}", 404)
    assert world.requests.idle


# --- reading one's own writes --------------------------------------------------------------------


async def test_a_write_that_cannot_be_read_yet_says_where_to_look(
    world: ApiWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "VISIBLE_WITHIN_S", 0.05)
    _, sos, _ = await world.two_tenants()
    world.pump.lags = True
    made = await sos.post(IPS, NEW_IP)
    position = made.headers["X-Position"]
    assert (made.status, made.body) == (202, {"see": f"{IPS}/1.2.3.4?at_least={position}"})
    early = await sos.get(made.body["see"])
    assert early.problem[:2] == (503, "behind")
    assert (await sos.get(IPS, headers={"X-Position": position})).status == 503
    assert (await sos.get(IPS)).body["items"] == []
    world.pump.lags = False
    assert (await sos.get(made.body["see"])).body["id"] == "1.2.3.4"


async def test_a_first_key_is_shown_even_while_views_lag(
    world: ApiWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "VISIBLE_WITHIN_S", 0.05)
    admin = await world.admin()
    world.pump.lags = True
    made = await admin.post("/api/v2/tenants", TENANTS)
    assert made.status == 201
    assert [one["name"] for one in made.body] == ["SOS Expat", "Ulixai"]
    world.pump.lags = False
    await world.pump.reached(await world.log.head())
    assert (await world.client(made.body[0]["key"]).get(IPS)).status == 200
