"""What clients may rely on: an address that a person pauses, and resumes."""

from engine.commands.tenant import BeginReview
from engine.events.dns import FcrdnsLooked
from engine.ids import IpAddr
from tests.support import samples
from tests.support.api_world import SOS, ApiWorld, Client

IP = "1.2.3.4"
PATH = f"/api/v2/ips/{IP}"
TENANT = "/api/v2/tenants/sos-expat"
WHY = {"reason": "something odd is going out"}
NAMES = ("mail1.sos-mail.com",)
STANDS = ("phase", "stage", "intake", "output", "cap")


async def sending(world: ApiWorld) -> tuple[Client, Client, Client]:
    """The first tenant has an address in stage 2."""
    admin, sos, ulixai = await world.two_tenants()
    body = {"address": IP, "purpose": "marketing", "warmup": "manual"}
    assert (await sos.post("/api/v2/ips", body)).status == 201
    ip = IpAddr(IP)
    pointed = FcrdnsLooked(ip=ip, names=NAMES, confirmed=NAMES)
    await world.happens(SOS, IP, pointed, samples.looked(ip=ip))
    await world.happens(SOS, IP, samples.stage(1, ip=ip), samples.stage(2, ip=ip))
    return admin, sos, ulixai


async def test_it_stands_still_beside_its_phase_and_goes_on_where_it_stood(
    world: ApiWorld,
) -> None:
    _, sos, _ = await sending(world)
    before = (await sos.get(PATH)).body
    assert before["paused"] is None
    paused = (await sos.post(f"{PATH}/pause", WHY)).body
    assert [paused[one] for one in STANDS] == ["WARMING", 2, "closed", "paused", None]
    assert paused["paused"]["reason"] == WHY["reason"]
    assert paused["paused"]["since"].startswith("2026-01-05T09:00:00")
    warmup = (await sos.get(f"{PATH}/warmup")).body
    assert warmup["next"] is None
    assert any(one.startswith("paused: by a person since") for one in warmup["waits_for"])
    explained = (await sos.get(f"{PATH}/explain")).body
    assert "paused by a person since" in explained["state"]
    assert explained["sentences"][0]["type"] == "ip.paused"
    again = await sos.post(f"{PATH}/pause", {"reason": "another"})
    assert (again.status, again.body["paused"]) == (200, paused["paused"])
    resumed = (await sos.post(f"{PATH}/resume", {"reason": "a test"})).body
    assert [resumed[one] for one in STANDS] == [before[one] for one in STANDS]
    assert resumed["paused"] is None
    assert world.tags().count("ip.paused") == world.tags().count("ip.pause_ended") == 1


async def test_a_suspension_and_a_pause_each_outlive_the_others_end(world: ApiWorld) -> None:
    admin, sos, _ = await sending(world)
    await sos.post(f"{PATH}/pause", WHY)
    await admin.post(f"{TENANT}/suspend", {"reason": "unpaid"})
    said = await sos.post(f"{PATH}/resume", {})
    assert said.problem[:2] == (409, "refused")
    assert f"POST {TENANT}/resume" in said.body["detail"]
    await admin.post(f"{TENANT}/resume", {"reason": "paid"})
    still = (await sos.get(PATH)).body
    assert (still["output"], still["paused"]["reason"]) == ("paused", WHY["reason"])
    assert (await sos.post(f"{PATH}/resume", {})).body["cap"] == 200


async def test_in_review_it_is_paused_and_not_resumed(world: ApiWorld) -> None:
    _, sos, _ = await sending(world)
    ip = IpAddr(IP)
    await world.order(BeginReview(slug=SOS, why="listings", ips=(ip,), addresses=(ip,)), SOS)
    assert (await sos.post(f"{PATH}/pause", WHY)).status == 200
    said = await sos.post(f"{PATH}/resume", {})
    assert said.problem[:2] == (409, "refused")
    assert "is in review since" in said.body["detail"]
    assert "no address is resumed" in said.body["detail"]
    assert (await sos.get(PATH)).body["paused"] is not None


async def test_what_is_wrong_is_said_and_changes_nothing(world: ApiWorld) -> None:
    _, sos, ulixai = await sending(world)
    assert (await sos.post(f"{PATH}/pause", {})).problem == (422, "invalid", "$.reason")
    assert (await sos.post(f"{PATH}/pause", {"reason": " "})).problem[:2] == (422, "invalid")
    assert (await ulixai.post(f"{PATH}/pause", WHY)).problem[:2] == (404, "not-found")
    reader = await world.key(SOS, "read")
    length = world.length
    for verb in ("pause", "resume"):
        assert (await reader.post(f"{PATH}/{verb}", WHY)).problem[:2] == (403, "forbidden")
    never = await sos.post(f"{PATH}/resume", {})
    assert never.problem[:2] == (409, "refused")
    assert "is not paused by a person" in never.body["detail"]
    assert set(world.tags()[length:]) <= {"command.completed"}
