"""What clients may rely on: by its Idempotency-Key a request is the same when it comes again,
whatever the engine has learned, and however much time has passed, in between.
"""

import pytest

from engine.commands.alert import FireAlert
from engine.events.node import JobResumed
from engine.ids import AlertId, IpAddr
from engine.rules.dnsbl_catalogue import PSBL
from tests.contract.test_api_jobs import JOBS, sends
from tests.support import samples
from tests.support.api_world import SOS, ULIXAI, ApiWorld, Client
from tests.support.spec import NODE

IPS, IP = "/api/v2/ips", "1.2.3.4"
ONCE = {"Idempotency-Key": "once"}
ALERT = AlertId(f"{SOS}/ip_listed/{IP}#1")
ACKNOWLEDGE = f"{IPS}/{IP}/blacklists/{PSBL}/acknowledge"
CHECK = "/api/v2/blacklists/check"
REPEATED = [
    ("/api/v2/alerts/silence", {"alert": ALERT, "minutes": 60}, {"minutes": 61}),
    (ACKNOWLEDGE, {"days": 3, "reason": "a range of our own"}, {"days": 4}),
    (CHECK, {"ips": [IP]}, {"zones": [PSBL]}),
    (f"{JOBS}/spring/resume", {"reason": "it is over"}, {"reason": "it may be over"}),
]


@pytest.fixture
async def sos(world: ApiWorld, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Of a tenant whose address is listed, and whose job is held."""
    monkeypatch.setattr("engine.api.outcomes.WITHIN_S", 0.01)
    _, sos, _ = await world.two_tenants()
    await sos.post(IPS, {"address": IP, "purpose": "marketing"})
    ip = IpAddr(IP)
    stopped = samples.stopped(PSBL, ip=ip)
    await world.happens(SOS, IP, samples.stage(1, ip=ip), samples.looked(PSBL, ip=ip), stopped)
    await world.order(FireAlert(alert=ALERT, tenant=SOS, severity="critical"), SOS)
    await sends(world, SOS, IP, "spring")
    await sos.post(f"{JOBS}/spring/pause", {"reason": "complaints"})
    return sos


async def time_passes(world: ApiWorld) -> None:
    """The address is looked at, and the job goes on."""
    since = world.pump.position
    on = JobResumed(node=NODE, job="spring", cycle=since)
    await world.happens(SOS, IP, samples.looked(ip=IpAddr(IP)), on)


@pytest.mark.parametrize(("path", "body", "other"), REPEATED)
async def test_what_comes_again_is_answered_as_it_was_and_changes_nothing(
    world: ApiWorld, sos: Client, path: str, body: dict[str, object], other: dict[str, object]
) -> None:
    first = await sos.post(path, body, headers=ONCE)
    assert first.status in (200, 202), first.body
    await time_passes(world)
    length = world.length
    again = await sos.post(path, body, headers=ONCE)
    assert again.status == first.status, again.body
    assert again.headers["X-Position"] == first.headers["X-Position"]
    another = await sos.post(path, {**body, **other}, headers=ONCE)
    assert another.problem[:2] == (422, "key-reused")
    assert world.length == length


async def test_what_one_asks_for_two_tenants_by_one_key_is_two_requests(world: ApiWorld) -> None:
    await world.two_tenants()
    admin = await world.admin()
    for number, tenant in enumerate((SOS, ULIXAI), start=4):
        body = {"address": f"1.2.3.{number}", "purpose": "marketing", "tenant": tenant}
        assert (await admin.post(IPS, body, headers=ONCE)).status == 201
