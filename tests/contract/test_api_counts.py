"""How many events there are in all, and so how much others do, is told to no tenant.

One event of every kind happens to a tenant, each with a planted number in the place of every
position and in every key of an effect; then the tenant asks for all there is to see.
"""

import asyncio
import base64
import re
from typing import Any

import msgspec
from msgspec import Struct

from engine.api.routes import ROUTES
from engine.events import Event
from engine.ids import EffectKey, IpAddr, Position
from engine.projections.ips import IPS
from tests.support import samples
from tests.support.api_world import SOS, ULIXAI, ApiWorld, Client, Said
from tests.support.event_samples import SAMPLES
from tests.support.happenings import happens
from tests.support.sample_values import IP, NODE, ZEN

PLANTED = 3456
FILLED = 3_300  # events of the other tenant, so that real positions are four digits too
# A number of its own, not a part of an id, a moment or a token.
COUNTED = re.compile(rb"(?<![0-9A-Za-z_.-])3[3-5]\d\d(?![0-9A-Za-z_.-])")
# Among 126 of them the number stands by chance in one export of nine.
DIGEST = re.compile(rb"\b[0-9a-f]{64}\b")
PATHS = {"id": IP, "ip": IP, "slug": SOS, "node": NODE, "zone": ZEN, "domain": "example.com"}


def planted(value: Any, kind: Any = None) -> Any:
    """The same with the planted number wherever a position belongs."""
    if kind is Position:
        return Position(PLANTED)
    if kind is EffectKey:
        return EffectKey(f"rollout.deploy/{NODE}/{SOS}/{PLANTED}/1")
    if kind == dict[str, Position]:
        return {"example.com": Position(PLANTED)}
    if not isinstance(value, Struct):
        return value
    fields = msgspec.structs.fields(value)
    changed = {one.name: planted(getattr(value, one.name), one.type) for one in fields}
    return msgspec.structs.replace(value, **changed)


async def everything(world: ApiWorld) -> tuple[Client, Client, Client]:
    clients = await world.two_tenants()
    looked = samples.looked(ip=IpAddr("198.51.100.1"))
    await happens(world, ULIXAI, "dnsbl-198.51.100.1", *[looked] * FILLED)
    for one in SAMPLES:
        tag = str(one.__struct_config__.tag)
        if tag.startswith(("key.", "command.", "tenant.created", "ip.removed", "ip.withdrawn")):
            continue  # they end what is to be seen, or belong to others
        event: Event = planted(one)
        if "slug" in one.__struct_fields__:
            event = msgspec.structs.replace(event, slug=SOS)
        await happens(world, SOS, f"{tag.partition('.')[0]}-{IP}", event)
    assert PLANTED > world.length > FILLED
    return clients


def told(said: Said) -> list[bytes]:
    """All bytes of an answer, and what its cursors are made of."""
    body = msgspec.json.encode(said.body) if not isinstance(said.body, bytes) else said.body
    heads = "\n".join(f"{name}: {one}" for name, one in said.headers.items()).encode()
    text = DIGEST.sub(b"", body + heads)
    words = re.findall(rb"[A-Za-z0-9_-]{8,}", text)
    return [
        text,
        *(
            base64.urlsafe_b64decode(one + b"=" * (-len(one) % 4))
            for one in words
            if len(one) % 4 != 1
        ),
    ]


def counts(said: Said) -> set[bytes]:
    plain = re.compile(rb"3456|(?<!\d)3[3-5]\d\d(?!\d)")
    text, *hidden = told(said)
    found = set(COUNTED.findall(text)) | {one for one in [b"3456"] if one in text}
    return found | {one for data in hidden for one in plain.findall(data) if data.isascii()}


async def test_no_route_tells_a_tenant_a_position(world: ApiWorld) -> None:
    admin, sos, _ = await everything(world)
    assert world.pump.views.get(IPS, f"{SOS}/{IP}").ip, "there is something to see"
    answered = []
    for route in ROUTES:
        if route.method != "GET" or route.scope != "read" or route.path.endswith("/stream"):
            continue
        path = route.path.format(**PATHS)
        for query in ("", "?limit=1"):
            said = await sos.get(path + query)
            assert not counts(said), f"{path}{query}: {counts(said)} in {said}"
            answered += [path] if said.status == 200 else []
    assert len(set(answered)) >= 15, answered
    log = await admin.get("/api/v2/events?limit=500&tenant=sos-expat")
    assert counts(log), "the platform counts, and this test would see it"


async def test_nor_does_any_answer_to_what_it_writes(world: ApiWorld) -> None:
    _, sos, _ = await everything(world)
    writes = [
        ("POST", "/api/v2/ips", {"address": "1.2.3.4", "purpose": "marketing", "node": NODE}),
        ("POST", "/api/v2/ips/1.2.3.4/warmup", {}),
        ("POST", "/api/v2/ips/1.2.3.4/quarantine", {"reason": "a test"}),
        ("POST", "/api/v2/domains", {"domain": "sos-mail.com"}),
        ("PUT", "/api/v2/powermta/config", {"virtual_mtas": []}),
        ("POST", "/api/v2/ips/1.2.3.4/warmup", {"tenant": "ulixai"}),
    ]
    for lags in (False, True):
        world.pump.lags = lags
        for method, path, body in writes if not lags else writes[1:3]:
            said = await sos.ask(method, path, body)
            assert said.status < 500, said
            assert not counts(said), f"{path}: {counts(said)} in {said}"


async def test_the_place_of_an_own_write_is_a_token_that_only_its_tenant_may_use(
    world: ApiWorld,
) -> None:
    admin, sos, ulixai = await everything(world)
    made = await sos.post(
        "/api/v2/ips", {"address": "1.2.3.4", "purpose": "marketing", "node": NODE}
    )
    token = made.headers["X-Position"]
    assert not token.isdigit()
    seen = await sos.get("/api/v2/ips/1.2.3.4", headers={"X-Position": token})
    assert seen.status == 200
    assert (await sos.get(f"/api/v2/ips/1.2.3.4?at_least={token}")).status == 200
    for client, text in ((ulixai, token), (sos, "7"), (sos, str(world.length)), (admin, token)):
        refused = await client.get("/api/v2/ips", headers={"X-Position": text})
        assert refused.problem == (422, "invalid", "X-Position")
        refused = await client.get(f"/api/v2/ips?at_least={text}")
        assert refused.problem == (422, "invalid", "$.at_least")
    assert (await admin.get(f"/api/v2/ips?at_least={world.length}")).status == 200


async def test_a_list_goes_on_where_it_was_by_a_cursor_that_nobody_reads(world: ApiWorld) -> None:
    _, sos, ulixai = await everything(world)
    first = (await sos.get("/api/v2/effects?limit=1")).body
    alerts = (await sos.get("/api/v2/alerts?limit=1")).body
    second = (await sos.get(f"/api/v2/alerts?limit=1&after={alerts['next']}")).body
    assert len(alerts["items"]) == len(second["items"]) == 1
    assert alerts["items"] != second["items"]
    assert first["items"]
    theirs = await ulixai.get(f"/api/v2/alerts?after={alerts['next']}")
    assert theirs.problem == (422, "invalid", "$.after")


async def test_the_stream_tells_none_either(world: ApiWorld) -> None:
    _, sos, _ = await everything(world)
    text = b""
    async with world.http.get(
        "/api/v2/events/stream", headers={"Authorization": f"Bearer {sos.key}"}
    ) as response:
        async with asyncio.timeout(5):
            while b"event: tenant.resumed" not in text:
                text += await response.content.readany()
    assert b"3456" not in text
    assert not COUNTED.findall(text)
