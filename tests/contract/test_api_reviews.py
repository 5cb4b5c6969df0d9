"""What clients may rely on: a tenant in review, what it refuses, and who ends it."""

from engine.commands.tenant import BeginReview
from engine.events.dns import FcrdnsLooked
from engine.events.tenant import ReviewEnded
from engine.ids import IpAddr
from tests.support import samples
from tests.support.api_world import SOS, ApiWorld, Client, Said

IP = "1.2.3.4"
TENANT = "/api/v2/tenants/sos-expat"
END = f"{TENANT}/review/end"
NAMES = ("mail1.sos-mail.com",)


async def in_review(world: ApiWorld) -> tuple[Client, Client, Client]:
    """The address of the first tenant is clean and in stage 2."""
    admin, sos, ulixai = await world.two_tenants()
    await sos.post("/api/v2/ips", {"address": IP, "purpose": "marketing"})
    ip = IpAddr(IP)
    pointed = FcrdnsLooked(ip=ip, names=NAMES, confirmed=NAMES)
    await world.happens(SOS, IP, pointed, samples.looked(ip=ip))
    await world.happens(SOS, IP, samples.stage(1, ip=ip), samples.stage(2, ip=ip))
    begin = BeginReview(slug=SOS, why="listings", ips=(ip,), addresses=(ip,))
    await world.order(begin, SOS)
    return admin, sos, ulixai


async def test_a_review_is_shown_with_its_tenant_and_its_addresses(world: ApiWorld) -> None:
    _, sos, ulixai = await in_review(world)
    shown = (await sos.get(TENANT)).body["review"]
    assert (shown["why"], shown["ips"]) == ("listings", [IP])
    waits = (await sos.get(f"/api/v2/ips/{IP}/warmup")).body["waits_for"]
    assert any(one.startswith("review: sos-expat is in review") for one in waits)
    assert (await ulixai.get("/api/v2/tenants/ulixai")).body["review"] is None


async def test_no_quota_that_was_chosen_is_raised(world: ApiWorld) -> None:
    _, sos, _ = await in_review(world)

    async def put(quota: str) -> Said:
        mta = {"name": "one", "ip": IP, "hostname": NAMES[0], "quota": quota}
        return await sos.ask("PUT", "/api/v2/powermta/config", {"virtual_mtas": [mta]})

    assert (await put("20/day")).status == 202
    said = await put("50/day")
    assert said.problem[:2] == (409, "refused")
    assert said.body["detail"].endswith(f"it would be for {IP}")
    assert (await put("10/day")).status == 202


async def test_nothing_starts_resumes_or_skips_and_nothing_registers_to_warm_up(
    world: ApiWorld,
) -> None:
    _, sos, ulixai = await in_review(world)
    length = world.length
    refused = [
        (f"/api/v2/ips/{IP}/warmup", {}),
        (f"/api/v2/ips/{IP}/warmup/resume", {}),
        (f"/api/v2/ips/{IP}/warmup/skip", {"reason": "warm elsewhere"}),
        ("/api/v2/ips", {"address": "1.2.3.5", "purpose": "marketing"}),
    ]
    for path, body in refused:
        said = await sos.post(path, body)
        assert said.problem[:2] == (409, "refused"), path
        assert f"after stops of {IP}" in said.body["detail"]
    assert world.length == length
    by_hand = {"address": "1.2.3.5", "purpose": "marketing", "warmup": "manual"}
    assert (await sos.post("/api/v2/ips", by_hand)).status == 201
    assert (await sos.post("/api/v2/ips/1.2.3.5/warmup")).status == 409
    other = {"address": "1.2.3.6", "purpose": "marketing"}
    assert (await ulixai.post("/api/v2/ips", other)).status == 201


async def test_no_stop_by_a_list_is_released(world: ApiWorld) -> None:
    _, sos, _ = await in_review(world)
    await world.happens(SOS, IP, samples.stopped(ip=IpAddr(IP)))
    said = await sos.post(f"/api/v2/ips/{IP}/release", {"reason": "a false alarm"})
    assert said.problem[:2] == (409, "refused")
    assert "no stop is released" in said.body["detail"]


async def test_only_an_admin_ends_it_and_with_a_reason(world: ApiWorld) -> None:
    admin, sos, _ = await in_review(world)
    length = world.length
    assert (await sos.post(END, {"reason": "cleaned"})).status == 403
    assert (await admin.post(END, {})).problem == (422, "invalid", "$.reason")
    assert (await admin.post(END, {"reason": ""})).problem == (422, "invalid", "$.reason")
    assert world.length == length
    ended = await admin.post(END, {"reason": "the list was cleaned"})
    assert (ended.status, ended.body["review"]) == (200, None)
    (event,) = [e.event for e in await world.events() if isinstance(e.event, ReviewEnded)]
    assert event.addresses == (IpAddr(IP),)
    again = await admin.post(END, {"reason": "once more"})
    assert again.problem[:2] == (409, "refused")
    assert "not in review" in again.body["detail"]
    assert (await sos.post(f"/api/v2/ips/{IP}/warmup/resume")).status == 200
