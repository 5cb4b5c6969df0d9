"""What clients may rely on: a tenant that is suspended, what it refuses, and who resumes it."""

from engine.events.dns import FcrdnsLooked
from engine.events.ip_suspension import IpSuspended, SuspensionEnded
from engine.events.tenant_suspension import TenantSuspended
from engine.ids import IpAddr
from tests.support import samples
from tests.support.api_world import SOS, ApiWorld, Client

IP, BESIDE, OTHERS = "1.2.3.4", "1.2.3.5", "1.2.3.6"
TENANT = "/api/v2/tenants/sos-expat"
WHY = {"reason": "an unpaid invoice"}
NAMES = ("mail1.sos-mail.com",)


async def sending(world: ApiWorld) -> tuple[Client, Client, Client]:
    """The first tenant has one address in stage 2 and a new one; the second has one."""
    admin, sos, ulixai = await world.two_tenants()
    for client, address in ((sos, IP), (sos, BESIDE), (ulixai, OTHERS)):
        body = {"address": address, "purpose": "marketing", "warmup": "manual"}
        made = await client.post("/api/v2/ips", body)
        assert made.status == 201
    ip = IpAddr(IP)
    pointed = FcrdnsLooked(ip=ip, names=NAMES, confirmed=NAMES)
    await world.happens(SOS, IP, pointed, samples.looked(ip=ip))
    await world.happens(SOS, IP, samples.stage(1, ip=ip), samples.stage(2, ip=ip))
    return admin, sos, ulixai


async def test_it_and_all_its_addresses_stand_still_in_one_append(world: ApiWorld) -> None:
    admin, sos, _ = await sending(world)
    length = world.length
    said = await admin.post(f"{TENANT}/suspend", WHY)
    assert (said.status, said.body["suspended"]["reason"]) == (200, WHY["reason"])
    assert world.tags()[length:] == [
        "tenant.suspended", "ip.suspended", "ip.suspended", "command.completed"
    ]  # fmt: skip
    events = [one.event for one in await world.events()]
    held = {one.ip for one in events if isinstance(one, IpSuspended)}
    assert held == {IP, BESIDE}, "nobody else is touched"
    shown = (await sos.get(f"/api/v2/ips/{IP}")).body
    assert (shown["phase"], shown["intake"], shown["output"]) == ("WARMING", "closed", "paused")
    waits = (await sos.get(f"/api/v2/ips/{IP}/warmup")).body["waits_for"]
    assert any(one.startswith("suspended: sos-expat is") for one in waits)
    assert (await sos.get(TENANT)).body["quota_use"]["used"] == 0


async def test_nothing_of_it_starts_and_the_other_tenant_goes_on(world: ApiWorld) -> None:
    admin, sos, ulixai = await sending(world)
    await admin.post(f"{TENANT}/suspend", WHY)
    length = world.length
    said = await sos.post(f"/api/v2/ips/{BESIDE}/warmup", {})
    assert said.problem[:2] == (409, "refused")
    assert f"POST {TENANT}/resume" in said.body["detail"]
    assert set(world.tags()[length:]) <= {"command.completed"}
    assert (await ulixai.post(f"/api/v2/ips/{OTHERS}/warmup")).status == 200
    late = await sos.post("/api/v2/ips", {"address": "1.2.3.7", "purpose": "marketing"})
    assert late.status == 201
    waits = (await sos.get("/api/v2/ips/1.2.3.7/warmup")).body["waits_for"]
    assert any(one.startswith("suspended:") for one in waits)


async def test_it_goes_on_where_it_stood_and_so_does_what_was_registered_meanwhile(
    world: ApiWorld,
) -> None:
    admin, sos, _ = await sending(world)
    before = (await sos.get(f"/api/v2/ips/{IP}")).body
    await admin.post(f"{TENANT}/suspend", WHY)
    await sos.post("/api/v2/ips", {"address": "1.2.3.7", "purpose": "marketing"})
    said = await admin.post(f"{TENANT}/resume", {"reason": "it was paid"})
    assert (said.status, said.body["suspended"]) == (200, None)
    events = [one.event for one in await world.events()]
    ended = {one.ip for one in events if isinstance(one, SuspensionEnded)}
    assert ended == {IP, BESIDE, "1.2.3.7"}
    after = (await sos.get(f"/api/v2/ips/{IP}")).body
    stands = ("phase", "stage", "intake", "output", "cap")
    assert [after[one] for one in stands] == [before[one] for one in stands]
    assert after["cap"] == 200


async def test_only_an_admin_may_and_only_with_a_reason(world: ApiWorld) -> None:
    admin, sos, ulixai = await sending(world)
    length = world.length
    for client in (sos, ulixai):
        assert (await client.post(f"{TENANT}/suspend", WHY)).status == 403
        assert (await client.post(f"{TENANT}/resume", WHY)).status == 403
    assert (await admin.post(f"{TENANT}/suspend", {})).problem == (422, "invalid", "$.reason")
    assert (await admin.post("/api/v2/tenants/nobody/suspend", WHY)).status == 404
    assert world.length == length
    never = await admin.post(f"{TENANT}/resume", WHY)
    assert never.problem[:2] == (409, "refused")
    assert "not suspended" in never.body["detail"]


async def test_a_repetition_is_the_same_whatever_was_registered_meanwhile(world: ApiWorld) -> None:
    admin, sos, _ = await sending(world)
    once = {"Idempotency-Key": "k-1"}
    first = await admin.post(f"{TENANT}/suspend", WHY, headers=once)
    await sos.post("/api/v2/ips", {"address": "1.2.3.7", "purpose": "marketing"})
    length = world.length
    again = await admin.post(f"{TENANT}/suspend", WHY, headers=once)
    assert (again.status, again.body["suspended"]) == (200, first.body["suspended"])
    assert world.length == length
    events = [one.event for one in await world.events()]
    assert len([one for one in events if isinstance(one, TenantSuspended)]) == 1
