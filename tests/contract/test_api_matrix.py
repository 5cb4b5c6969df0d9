"""Every operation of the OpenAPI document against everybody who must not: no key, the wrong scope,
a key that is over or revoked, another tenant's key.  Nothing of the other stands in any byte.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import NamedTuple

import pytest

from engine.api import outcomes
from engine.api.routes import ROUTES
from engine.commands.key import RevokeKey
from engine.values.scope import Scope
from tests.support.api_requests import DOCUMENT, Operation, made, operations
from tests.support.api_world import SOS, ULIXAI, ApiWorld, Client, Said, api_world
from tests.support.spec import NODE

KEYED = [one for one in operations() if one.scope is not None and not one.local]
# Answers as long as it is listened to; test_api_stream reads it.
ENDLESS = "GET /api/v2/events/stream"

THEIRS = {
    "id": "1.2.3.4",
    "slug": "ulixai",
    "domain": "canary-one.com",
    "job": "canary-job",
    "over": "tenant-ulixai",
    "node": NODE,
    "zone": "zen.spamhaus.org",
    "selector": "default",
    "chat": "-1001234",
}
NOBODYS = THEIRS | {
    "id": "1.2.3.5",
    "slug": "no-such",
    "domain": "nobody-one.com",
    "job": "nobody-job",
    "chat": "-1004321",
    "over": "tenant-no-such",
    "key": "0" * 12,
}
# What stands in ULIXAI's rows and events, and that SOS has no way to know.
SECRETS = ("Ulixai", "ulixai.com", "ulixai-mail", "canary-two", "canary-pool", "5.6.7.8", "-10077")


class Two(NamedTuple):
    world: ApiWorld
    admin: Client
    sos: Client
    ulixai: Client
    key: str  # an id of ULIXAI's


def test_every_route_that_needs_a_key_stands_in_the_matrix() -> None:
    needs = {f"{one.method} {one.path}" for one in ROUTES if one.scope and not one.local}
    assert {one.name for one in KEYED} == needs


@pytest.fixture
async def two(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Two]:
    """ULIXAI has something of everything, and SOS has nothing."""
    monkeypatch.setattr(outcomes, "WITHIN_S", 0.01)
    async with api_world() as world:
        admin, sos, ulixai = await world.two_tenants()
        for address in ("1.2.3.4", "5.6.7.8"):
            body = {"address": address, "purpose": "canary-pool", "hostname": "m.canary-two.com"}
            assert (await ulixai.post("/api/v2/ips", body)).status == 201
        for domain in ("canary-one.com", "canary-two.com"):
            assert (await ulixai.post("/api/v2/domains", {"domain": domain})).status == 201
        for chat in ("-1001234", "-10077"):
            said = await admin.ask("PUT", f"/api/v2/chats/{chat}", {"tenant": ULIXAI})
            assert said.status == 200
        key = (await world.issue(ULIXAI, "read")).id
        yield Two(world, admin, sos, ulixai, key)


def words(places: dict[str, str]) -> dict[str, object]:
    """What bodies say by these names."""
    return {
        **{name: text for name, text in places.items() if name != "id"},
        "address": places["id"],
        "ip": places["id"],
        "ips": [places["id"]],
        "purpose": "canary",
        "brand_domain": "a.com",
        "sending_domain_base": "b.com",
        "name": "new-one",
        "host": "192.0.2.7",
        "host_key": "ssh-ed25519 AAAA",
        "alert": f"ip-listed/{places['id']}",
        "mode": "observe",
        "virtual_mtas": [{"name": "v", "ip": places["id"]}],
    }


async def ask(client: Client, one: Operation, places: dict[str, str], **more: str) -> Said:
    return await client.ask(
        one.method, one.url(places, **more), data=one.body(words(places), **more)
    )


async def of_ulixai(world: ApiWorld) -> int:
    return sum(1 for one in await world.events() if one.tenant == ULIXAI)


def nothing_of_it(said: Said, where: str) -> None:
    whole = f"{said.body!s} {dict(said.headers)}"
    for secret in SECRETS:
        assert secret not in whole, f"{where} tells {secret}: {whole}"


async def refuses(two: Two, client: Client, one: Operation, status: int) -> None:
    said = await ask(client, one, THEIRS | {"key": two.key})
    kind = {401: "unauthorized", 403: "forbidden"}[status]
    assert said.problem[:2] == (status, kind), f"{one.name}: {said.body}"
    nothing_of_it(said, one.name)


async def test_without_a_good_key_nothing_is_told_and_nothing_done(two: Two) -> None:
    world = two.world
    over = await world.issue(SOS, "read", "operate", "deploy")
    expires = {"tenant": SOS, "expires_at": (world.clock.at + timedelta(hours=1)).isoformat()}
    made = await two.admin.post("/api/v2/keys", expires)
    await world.order(RevokeKey(key=over.id, why="lost"), SOS)
    world.clock.at += timedelta(hours=2)
    strangers = [world.client(), world.client(over.text), world.client(made.body["key"])]
    strangers.append(world.client("ee_live_" + "0" * 61))
    length = world.length
    for one in KEYED:
        for client in strangers:
            await refuses(two, client, one, 401)
    assert world.length == length


async def test_a_key_without_the_scope_does_nothing(two: Two) -> None:
    every: tuple[Scope, ...] = ("read", "operate", "deploy", "accounting")
    clients: dict[str | None, Client] = {
        without: await two.world.key(SOS, *(one for one in every if one != without))
        for without in (*every, "admin")
    }
    length = two.world.length
    for one in KEYED:
        await refuses(two, clients[one.scope], one, 403)
    assert two.world.length == length


async def test_what_is_anothers_is_not_there_and_its_owner_is_not_named(two: Two) -> None:
    before = await of_ulixai(two.world)
    for one in KEYED:
        if one.name != ENDLESS:
            said = await ask(two.sos, one, THEIRS | {"key": two.key})
            nothing_of_it(said, one.name)
            places = ("id", "slug", "domain", "over", "chat")
            if any(f"{{{place}}}" in one.path for place in places):
                assert said.status in (403, 404), f"{one.name}: {said.status} {said.body}"
    assert await of_ulixai(two.world) == before


async def test_who_names_another_tenant_is_refused(two: Two) -> None:
    before = two.world.length
    for one in KEYED:
        if one.name == ENDLESS or not takes_a_tenant(one):
            continue
        said = await ask(two.sos, one, THEIRS | {"key": two.key}, tenant=ULIXAI)
        assert said.status in (403, 404), f"{one.name}: {said.status} {said.body}"
        nothing_of_it(said, one.name)
    assert two.world.length == before


async def test_what_is_anothers_and_what_is_nobodys_are_answered_alike(two: Two) -> None:
    """But for what cannot be had twice: an address and a domain to be registered."""
    for one in KEYED:
        if "{" not in one.path:
            continue
        answers = [
            (said.status, blind(said, places))
            for places in (THEIRS | {"key": two.key}, NOBODYS)
            for said in [await ask(two.sos, one, places)]
        ]
        assert answers[0] == answers[1], one.name


async def test_the_owner_and_the_platform_are_let_in_where_the_others_were_not(two: Two) -> None:
    """So that it is the key that was refused, and not the request."""
    seen = {"read": 0, "admin": 0}
    for one in KEYED:
        if one.method == "GET" and one.name != ENDLESS and one.scope in seen:
            client = two.ulixai if one.scope == "read" else two.admin
            said = await ask(client, one, THEIRS | {"key": two.key}, tenant=ULIXAI)
            assert said.status in (200, 403, 404, 409, 422), one.name
            seen[one.scope] += said.status == 200
    assert seen["read"] >= 20
    assert seen["admin"] >= 4
    for path in ("/api/v2/ips", "/api/v2/tenants", "/api/v2/domains", "/api/v2/events"):
        told = str((await two.ulixai.get(path)).body)
        assert any(secret in told for secret in SECRETS), path


def takes_a_tenant(one: Operation) -> bool:
    body = one.body({}, tenant="x")
    return "tenant=" in one.url(THEIRS | {"key": "x"}, tenant="x") or b'"tenant"' in (body or b"")


def blind(said: Said, places: dict[str, str]) -> str:
    """Without what was asked for by name."""
    text = str(said.body)
    for name in ("id", "slug", "domain", "job", "over", "key", "chat"):
        text = text.replace(places[name], f"<{name}>")
    return text


@pytest.mark.parametrize("named", [False, True], ids=["", "who names the tenant"])
async def test_no_command_reaches_what_is_anothers(two: Two, named: bool) -> None:
    places = THEIRS | {"key": two.key, "id": "1.2.3.4"}
    before = await of_ulixai(two.world)
    whole = DOCUMENT["paths"]["/api/v2/commands"]["post"]["requestBody"]["content"]
    for schema in whole["application/json"]["schema"]["oneOf"]:
        body = made(schema, words(places))
        if named and "tenant" in schema["properties"]:
            body["tenant"] = ULIXAI
        said = await two.sos.post("/api/v2/commands", body)
        nothing_of_it(said, schema["title"])
        if named and "tenant" in body:
            assert said.status in (403, 404, 422), f"{schema['title']}: {said.body}"
    assert await of_ulixai(two.world) == before
