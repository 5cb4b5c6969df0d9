"""Keys over HTTP: how long, from where, by whom; exchanged without a moment without one."""

import ipaddress
from datetime import timedelta

import pytest

from engine.api import source
from engine.projections.keys import Key
from tests.support.api_world import ApiWorld, Client
from tests.support.spec import DAY_1, day

KEYS, IPS = "/api/v2/keys", "/api/v2/ips"


async def made(world: ApiWorld, admin: Client, **more: object) -> tuple[Client, dict[str, object]]:
    said = await admin.post(KEYS, {"tenant": "sos-expat", **more})
    assert said.status == 201, said.body
    return world.client(said.body["key"]), said.body


def test_at_the_very_moment_it_is_not_good_any_more() -> None:
    assert not Key(expires_at=DAY_1).expired(DAY_1 - timedelta(microseconds=1))
    assert Key(expires_at=DAY_1).expired(DAY_1)
    assert not Key().expired(DAY_1)


async def test_a_key_is_good_until_it_expires(world: ApiWorld) -> None:
    admin, _, _ = await world.two_tenants()
    key, shown = await made(world, admin, expires_at="2026-01-06T10:00:00+01:00")
    assert shown["expires_at"] == "2026-01-06T09:00:00Z"
    world.clock.at = day(2) - timedelta(seconds=1)
    assert (await key.get(IPS)).status == 200
    world.clock.at = day(2)
    refused = await key.get(IPS)
    assert refused.problem[:2] == (401, "unauthorized")
    assert "expired at 2026-01-06 09:00Z" in refused.body["detail"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"expires_at": "2026-01-05T08:59:00Z"}, "$.expires_at"),
        ({"expires_at": "2027-01-01T00:00:00"}, "$.expires_at"),
        ({"networks": ["10.0.0.1/8"]}, "$.networks"),
        ({"networks": ["0.0.0.0/0"]}, "$.networks"),
        ({"networks": ["office"]}, "$.networks"),
        ({"scopes": ["admin"]}, "$.scopes"),
        ({"scopes": []}, "$.scopes"),
        ({"scopes": ["read", "operate", "read"]}, "$.scopes[2]"),
    ],
)
async def test_a_key_that_cannot_be_meant_is_refused_and_nothing_is_made(
    world: ApiWorld, more: dict[str, object], field: str
) -> None:
    admin, _, _ = await world.two_tenants()
    length = world.length
    said = await admin.post(KEYS, {"tenant": "sos-expat", **more})
    assert said.problem == (422, "invalid", field)
    assert world.length == length


async def test_a_key_may_be_used_from_its_networks_alone(world: ApiWorld) -> None:
    admin, _, _ = await world.two_tenants()
    here, _ = await made(world, admin, networks=["127.0.0.0/8", "2001:db8::/32"])
    away, shown = await made(world, admin, networks=["203.0.113.7"])
    assert shown["networks"] == ["203.0.113.7/32"]
    assert (await here.get(IPS)).status == 200
    refused = await away.get(IPS)
    assert refused.problem[:2] == (403, "forbidden")
    assert "203.0.113" not in refused.body["detail"], "a thief is not told where it would do"
    lie = {"X-Forwarded-For": "203.0.113.7"}
    assert (await away.get(IPS, headers=lie)).status == 403, "we have no proxy"


async def test_a_rotated_key_and_its_successor_are_both_good_for_a_while(world: ApiWorld) -> None:
    admin, _, _ = await world.two_tenants()
    old, shown = await made(world, admin, scopes=["read"], networks=["127.0.0.0/8"])
    where = f"{KEYS}/{shown['id']}/rotate"
    said = await admin.post(where, {"overlap_hours": 2})
    assert said.status == 201
    same = ("tenant", "scopes", "networks")
    assert [said.body[one] for one in same] == [shown[one] for one in same]
    new = world.client(said.body["key"])
    assert [(await one.get(IPS)).status for one in (old, new)] == [200, 200]
    world.clock.at += timedelta(hours=2)
    assert [(await one.get(IPS)).status for one in (old, new)] == [401, 200]
    again = await admin.post(where, {})
    assert again.problem[:2] == (409, "refused")
    listed = {one["id"]: one for one in (await admin.get(KEYS)).body["items"]}
    assert listed[shown["id"]]["successor"] == said.body["id"]
    assert not any("key" in one for one in listed.values()), "a key is shown once"


async def test_a_rotation_makes_no_key_live_longer(world: ApiWorld) -> None:
    admin, _, _ = await world.two_tenants()
    old, shown = await made(world, admin, expires_at="2026-01-05T10:00:00Z")
    await admin.post(f"{KEYS}/{shown['id']}/rotate", {"overlap_hours": 48})
    world.clock.at = DAY_1 + timedelta(hours=1)
    assert (await old.get(IPS)).status == 401


async def test_nothing_is_rotated_that_is_not_good_and_by_nobody_but_an_admin(
    world: ApiWorld,
) -> None:
    admin, sos, _ = await world.two_tenants()
    _, shown = await made(world, admin)
    where = f"{KEYS}/{shown['id']}/rotate"
    assert (await sos.post(where, {})).status == 403
    assert (await admin.post(f"{KEYS}/nobody/rotate", {})).status == 404
    assert (await admin.post(where, {}, headers={"Idempotency-Key": "a"})).status == 400
    assert (await admin.post(where, {"overlap_hours": 721})).status == 422
    await admin.post(f"{KEYS}/{shown['id']}/revoke", {"why": "lost"})
    assert (await admin.post(where, {})).problem[:2] == (409, "refused")


async def test_the_last_use_is_told_to_the_minute_and_is_no_event(world: ApiWorld) -> None:
    admin, _, _ = await world.two_tenants()
    key, shown = await made(world, admin)
    length = world.length

    async def used() -> object:
        rows = (await admin.get(KEYS)).body["items"]
        return next(one["last_used_at"] for one in rows if one["id"] == shown["id"])

    assert await used() is None
    world.clock.at = DAY_1 + timedelta(minutes=7, seconds=30)
    await key.get(IPS)
    assert await used() == "2026-01-05T09:07:00Z"
    wrong = str(key.key)[:-1] + ("0" if str(key.key)[-1] != "0" else "1")
    world.clock.at += timedelta(hours=1)
    assert (await world.client(wrong).get(IPS)).status == 401
    assert await used() == "2026-01-05T09:07:00Z"
    assert world.length == length


# --- behind proxies

PROXIES = tuple(map(ipaddress.ip_network, ("127.0.0.1", "10.0.0.0/8")))


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("192.0.2.1", ["203.0.113.7"], "192.0.2.1"),
        ("127.0.0.1", ["203.0.113.7"], "203.0.113.7"),
        ("127.0.0.1", ["203.0.113.7, 198.51.100.9"], "198.51.100.9"),
        ("127.0.0.1", ["203.0.113.7", "198.51.100.9, 10.1.2.3"], "198.51.100.9"),
        ("::ffff:127.0.0.1", ["2001:db8::1"], "2001:db8::1"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["somebody"], ""),
        (None, ["203.0.113.7"], ""),
    ],
)
def test_whom_a_proxy_of_ours_heard_is_believed_and_nobody_else(
    peer: str | None, forwarded: list[str], found: str
) -> None:
    assert source.client(peer, forwarded, PROXIES) == found
