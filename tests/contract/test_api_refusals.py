"""What happens to whoever comes again and again without a good key, and to whom it does not."""

import logging
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.support.api_world import ApiWorld, api_world

IPS = "/api/v2/ips"


@pytest.fixture
async def world() -> AsyncIterator[ApiWorld]:
    async with api_world(refused=3) as world:
        yield world


async def test_a_client_that_goes_on_without_a_good_key_hears_when_to_come_again(
    world: ApiWorld,
) -> None:
    admin, sos, _ = await world.two_tenants()
    ids = (await admin.get("/api/v2/keys")).body["items"]
    (ours,) = [one["id"] for one in ids if one["tenant"] == "sos-expat"]
    assert (await admin.post(f"/api/v2/keys/{ours}/revoke", {"why": "lost"})).status == 200
    nobody, mistyped = world.client(), world.client("ee_live_whatever")
    assert [(await one.get(IPS)).status for one in (nobody, mistyped, sos)] == [401] * 3
    for one in (nobody, mistyped, sos):
        said = await one.get(IPS)
        assert said.problem[:2] == (429, "too-often")
        assert said.headers["Retry-After"] == "20"
    world.clock.at += timedelta(seconds=20)
    assert [(await sos.get(IPS)).status for _ in range(2)] == [401, 429]


async def test_a_good_key_is_good_from_an_address_that_is_refused(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    nobody = world.client()
    assert [(await nobody.get(IPS)).status for _ in range(4)] == [401, 401, 401, 429]
    assert [(await sos.get(IPS)).status for _ in range(5)] == [200] * 5
    assert (await nobody.get(IPS)).status == 429


async def test_a_key_that_may_not_do_this_or_not_from_here_is_no_bad_key(world: ApiWorld) -> None:
    admin, sos, _ = await world.two_tenants()
    body = {"tenant": "sos-expat", "scopes": ["read"], "networks": ["203.0.113.0/24"]}
    elsewhere = world.client((await admin.post("/api/v2/keys", body)).body["key"])
    for path, client in (("/api/v2/keys", sos), (IPS, elsewhere)):
        assert [(await client.get(path)).status for _ in range(5)] == [403] * 5


async def test_what_needs_no_key_is_answered_all_the_same(world: ApiWorld) -> None:
    nobody = world.client()
    assert [(await nobody.get(IPS)).status for _ in range(4)][-1] == 429
    assert (await nobody.get("/healthz")).status == 200


async def test_people_hear_of_it_once_a_minute_and_without_the_key(
    world: ApiWorld, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = world.client("ee_live_canary")
    with caplog.at_level(logging.WARNING):
        for _ in range(6):
            await wrong.get(IPS)
    (said,) = [one.getMessage() for one in caplog.records if "good key" in one.getMessage()]
    assert "127.0.0.1" in said
    assert "canary" not in caplog.text
