"""What clients may rely on: a tenant's daily quota, and what its addresses take of it."""

import pytest

from engine.ids import IpAddr
from tests.support import samples
from tests.support.api_world import SOS, TENANTS, ApiWorld, Client

TENANT = "/api/v2/tenants/sos-expat"
FIRST, SECOND, THIRD = ("1.2.3.4", "1.2.3.5", "1.2.3.6")


async def register(client: Client, address: str, key: str = "") -> tuple[int, str]:
    headers = {"Idempotency-Key": key} if key else {}
    body = {"address": address, "purpose": "marketing"}
    said = await client.post("/api/v2/ips", body, headers=headers)
    return said.status, str(said.body.get("detail", ""))


async def test_a_tenant_is_created_with_a_quota_and_without_one_it_is_unlimited(
    world: ApiWorld,
) -> None:
    await world.node()
    admin = await world.admin()
    made = await admin.post("/api/v2/tenants", [{**TENANTS[0], "quota": 1_000}, TENANTS[1]])
    assert [one["quota"] for one in made.body] == [1_000, None]
    shown = (await admin.get(TENANT)).body
    assert shown["quota_use"] == {
        "used": 0, "left": 1_000, "wanted": 0, "addresses": 0, "limited": 0,
    }  # fmt: skip
    assert (await admin.get("/api/v2/tenants/ulixai")).body["quota_use"]["left"] is None


async def test_used_and_left_are_what_the_caps_of_its_addresses_come_to(world: ApiWorld) -> None:
    admin, sos, ulixai = await world.two_tenants()
    await admin.ask("PATCH", TENANT, {"quota": 600})
    for address, stage in ((FIRST, 2), (SECOND, 1)):
        await register(sos, address)
        ip = IpAddr(address)
        await world.happens(SOS, address, samples.stage(stage, ip=ip))
    use = (await sos.get(TENANT)).body["quota_use"]
    assert (use["used"], use["left"], use["addresses"]) == (250, 350, 2)
    assert (await ulixai.get(TENANT)).status == 404


async def test_a_quota_is_changed_taken_away_and_left_alone(world: ApiWorld) -> None:
    admin, _, _ = await world.two_tenants()
    assert (await admin.ask("PATCH", TENANT, {"quota": 600})).body["quota"] == 600
    assert (await admin.ask("PATCH", TENANT, {"name": "SOS"})).body["quota"] == 600
    assert (await admin.ask("PATCH", TENANT, {"quota": None})).body["quota"] is None
    again = await admin.ask("PATCH", TENANT, {"quota": None})
    assert (again.status, again.body["name"]) == (200, "SOS")
    assert world.tags().count("tenant.changed") == 3


@pytest.mark.parametrize("quota", [0, -1, 1.5, "600", 2_000_000_000, True])
async def test_what_is_no_quota_is_refused_and_changes_nothing(
    world: ApiWorld, quota: object
) -> None:
    admin, _, _ = await world.two_tenants()
    length = world.length
    assert (await admin.ask("PATCH", TENANT, {"quota": quota})).problem == (
        422, "invalid", "$.quota",
    )  # fmt: skip
    new = {**TENANTS[0], "slug": "other", "quota": quota}
    assert (await admin.post("/api/v2/tenants", new)).problem == (422, "invalid", "$.quota")
    assert world.length == length


async def test_a_quota_is_never_below_the_number_of_addresses(world: ApiWorld) -> None:
    admin, sos, _ = await world.two_tenants()
    await admin.ask("PATCH", TENANT, {"quota": 2})
    assert await register(sos, FIRST, "one") == (201, "")
    assert await register(sos, SECOND) == (201, "")
    length = world.length
    status, why = await register(sos, THIRD)
    assert status == 422
    assert "the quota of 'sos-expat' is 2 a day, it has 2 addresses" in why
    assert (await admin.ask("PATCH", TENANT, {"quota": 2})).status == 200, "as many as addresses"
    length = world.length
    low = await admin.ask("PATCH", TENANT, {"quota": 1})
    assert low.problem == (422, "invalid", "$.quota")
    assert "less than the 2 addresses" in low.body["detail"]
    assert world.length == length
    assert (await register(sos, FIRST, "one"))[0] == 201, "the same request again is no new one"
    assert (await register(sos, FIRST))[0] == 409
    assert (await admin.ask("PATCH", TENANT, {"quota": 3})).status == 200
    assert await register(sos, THIRD) == (201, "")


async def test_a_tenant_does_not_set_its_own_quota(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    assert (await sos.ask("PATCH", TENANT, {"quota": 10_000})).status == 403
