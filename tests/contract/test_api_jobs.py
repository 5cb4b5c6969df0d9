"""Jobs whose waiting mail is held: asked for by operators, seen by their tenant alone."""

from datetime import timedelta

from engine.events import Event
from engine.events.node import JobPaused
from engine.events.rollout import RolloutEnded, RolloutPlanned
from engine.events.traffic import TrafficCounted
from engine.ids import IpAddr, TenantId
from engine.projections.pauses import PAUSES
from engine.values.levers import STOPPED
from engine.values.traffic import Counts
from tests.contract.test_api import IP, IPS, NEW_IP
from tests.support.api_world import SOS, ULIXAI, ApiWorld
from tests.support.spec import DAY_1, NODE, vmta

JOBS = "/api/v2/jobs"
WHY = {"reason": "complaints"}


def counted(ip: str, *jobs: str) -> TrafficCounted:
    hour = DAY_1.replace(minute=0) - timedelta(hours=1)
    counts = Counts(delivered=9)
    return TrafficCounted(
        node=NODE,
        file="acct.csv",
        end=9,
        day_tz="UTC",
        hours={hour: {IpAddr(ip): {"gmail": counts}}},
        jobs={IpAddr(ip): dict.fromkeys(jobs, counts)},
    )


async def sends(world: ApiWorld, tenant: TenantId, ip: str, *jobs: str) -> None:
    planned = RolloutPlanned(node=NODE, vmtas={IpAddr(ip): vmta(STOPPED)}, digest="d", before="")
    events: tuple[Event, ...] = (
        planned,
        RolloutEnded(node=NODE, ending="done"),
        counted(ip, *jobs),
    )
    await world.happens(tenant, ip, *events)


async def test_a_tenant_holds_its_own_job_and_lets_it_go_again(world: ApiWorld) -> None:
    _, sos, ulixai = await world.two_tenants()
    await sos.post(IPS, NEW_IP)
    await sends(world, SOS, IP, "spring")
    said = await sos.post(f"{JOBS}/spring/pause", WHY)
    assert (said.status, said.body["nodes"]) == (202, [NODE])
    await sos.post(f"{JOBS}/spring/pause", WHY)
    assert world.tags().count("tenant.job_pause_asked") == 1
    (held,) = (await sos.get(JOBS)).body["items"]
    assert (held["job"], held["state"], held["behind"]) == ("spring", "wanted", None)
    since = world.pump.views.get(PAUSES, NODE).jobs.stops["spring"].since
    await world.happens(SOS, IP, JobPaused(node=NODE, job="spring", cycle=since))
    assert (await sos.get(JOBS)).body["items"][0]["state"] == "paused"
    assert (await ulixai.get(JOBS)).body["items"] == []
    assert (await ulixai.post(f"{JOBS}/spring/resume", WHY)).problem[:2] == (404, "not-found")
    assert (await sos.post(f"{JOBS}/spring/resume", WHY)).status == 202
    assert (await sos.get(JOBS)).body["items"][0]["state"] == "resuming"
    assert (await sos.post(f"{JOBS}/spring/resume", WHY)).problem[:2] == (404, "not-found")


async def test_a_tenant_holds_nothing_that_another_one_sends_too(world: ApiWorld) -> None:
    admin, sos, _ = await world.two_tenants()
    await sos.post(IPS, NEW_IP)
    await sends(world, SOS, IP, "spring", "shared")
    await sends(world, ULIXAI, "1.2.3.5", "shared", "theirs")
    for job in ("shared", "theirs", "nobodys"):
        said = await sos.post(f"{JOBS}/{job}/pause", WHY)
        assert said.problem[:2] == (404, "not-found")
        assert "ulixai" not in str(said.body)
    assert "tenant.job_pause_asked" not in world.tags()
    said = await admin.post(f"{JOBS}/shared/pause", {**WHY, "tenant": SOS})
    assert said.status == 202, "the operator answers for it"


async def test_a_job_whose_name_is_an_option_or_nowhere_sent_is_refused(world: ApiWorld) -> None:
    admin, _, _ = await world.two_tenants()
    asked = {**WHY, "tenant": SOS}
    assert (await admin.post(f"{JOBS}/--all/pause", asked)).problem[:2] == (422, "invalid")
    assert (await admin.post(f"{JOBS}/spring/pause", asked)).problem[:2] == (409, "refused")
    assert (await admin.post(f"{JOBS}/spring/resume", asked)).problem[:2] == (404, "not-found")
