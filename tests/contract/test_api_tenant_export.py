"""A tenant takes its events with it: all of its own, none of others, and proves it whole."""

import hashlib
import json
import re
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from engine.api import tenant_export
from engine.commands.key import RevokeKey
from engine.ports import Page
from tests.support.api_world import SOS, ULIXAI, ApiWorld, Client

HERE, THERE = "1.2.3.4", "5.6.7.8"
PATH = f"/api/v2/tenants/{SOS}/export"
COUNTS = ("position", "looked", "cycle")  # of everybody


async def lived(world: ApiWorld) -> tuple[Client, Client, Client]:
    """Two tenants with an address each, and the platform's own events between."""
    admin, sos, ulixai = await world.two_tenants()
    for client, address in ((sos, HERE), (ulixai, THERE)):
        made = await client.post("/api/v2/ips", {"address": address, "purpose": "marketing"})
        assert made.status == 201
    return admin, sos, ulixai


def lines(body: Any) -> list[dict[str, Any]]:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return [json.loads(line) for line in text.splitlines()]


def proved(text: bytes) -> bool:
    """By the rule that docs/api.md gives, and nothing of the engine's."""
    last = bytes(32)
    opening, *rest = text.splitlines()
    for line in rest:
        without = re.sub(rb',"chain":"[0-9a-f]{64}"}$', b"}", line)
        last = hashlib.sha256(last + without).digest()
        if json.loads(line)["chain"] != last.hex():
            return False
    return (json.loads(opening)["line"], json.loads(rest[-1])["line"]) == ("export", "end")


async def test_it_is_all_of_its_events_and_no_byte_of_anybody_elses(
    world: ApiWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tenant_export, "PORTION", 2)
    _, sos, _ = await lived(world)
    said = await sos.get(PATH)
    assert (said.status, said.headers["Content-Type"]) == (200, "application/x-ndjson")
    assert "no-store" in said.headers["Cache-Control"]
    opening, *told, end = lines(said.body)
    assert (opening["line"], opening["tenant"], end["line"]) == ("export", SOS, "end")
    own = [one for one in world.log.database.entries if one.tenant == SOS]
    assert [one["id"] for one in told] == [str(one.id) for one in own]
    assert [one["version"] for one in told] == [one.version for one in own]
    assert end["events"] == len(told) > 2
    assert HERE in said.body.decode()
    assert not [
        word for word in (ULIXAI, "Ulixai", THERE, "192.0.2.1") if word in said.body.decode()
    ]
    assert not [word for word in COUNTS if f'"{word}"' in said.body.decode()]


async def test_what_was_changed_left_out_or_cut_off_is_found(world: ApiWorld) -> None:
    _, sos, _ = await lived(world)
    text: bytes = (await sos.get(PATH)).body
    assert proved(text)
    split = text.splitlines(keepends=True)
    assert not proved(text.replace(b"marketing", b"newsletter"))
    assert not proved(b"".join([*split[:2], *split[3:]])), "one event is missing"
    assert not proved(b"".join([split[0], split[2], split[1], *split[3:]])), "two changed places"
    assert not proved(b"".join(split[:-1])), "it was cut off"


async def test_another_tenants_is_not_found_and_the_platforms_key_may_name_any(
    world: ApiWorld,
) -> None:
    admin, sos, ulixai = await lived(world)
    assert (await ulixai.get(PATH)).problem[:2] == (404, "not-found")
    assert (await admin.get("/api/v2/tenants/nobody/export")).problem[:2] == (404, "not-found")
    own, told = [lines((await one.get(PATH)).body) for one in (sos, admin)]
    assert [one.get("id") for one in own] == [one.get("id") for one in told]
    assert all("position" in one for one in told[1:-1]), "an operator compares it with the log"


async def test_of_one_tenant_one_is_made_at_a_time(
    world: ApiWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, sos, ulixai = await lived(world)
    monkeypatch.setattr(tenant_export, "PORTION", 1)
    headers = {"Authorization": f"Bearer {sos.key}"}
    with world.exports.one(SOS):
        busy = await sos.get(PATH)
        assert busy.problem[:2] == (429, "busy")
        assert int(busy.headers["Retry-After"]) > 0
        assert (await ulixai.get(f"/api/v2/tenants/{ULIXAI}/export")).status == 200
    async with world.http.head(PATH, headers=headers) as answer:
        assert answer.status == 200
    assert (await sos.get(PATH)).status == 200, "a client that took nothing holds up nobody"
    assert world.requests.idle


async def test_a_key_that_is_revoked_meanwhile_gets_no_whole_file(
    world: ApiWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lived(world)
    key = await world.issue(SOS, "read")
    pages, given = world.log.pages, list[Page]()

    async def slow(*how: Any) -> AsyncIterator[Page]:
        """It is revoked before the second page."""
        async with aclosing(pages(*how)) as found:
            async for page in found:
                if any(one.events for one in given):
                    await world.order(RevokeKey(key=key.id, why="lost"), SOS)
                given.append(page)
                yield page

    monkeypatch.setattr(tenant_export, "PORTION", 1)
    monkeypatch.setattr(world.log, "pages", slow)
    text: bytes = (await world.client(key.text).get(PATH)).body
    assert [one["line"] for one in lines(text)] == ["export", "event"]
