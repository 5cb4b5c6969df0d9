"""What clients may rely on: campaigns, what is wanted beside what was told, a clock's step."""

from datetime import timedelta

from msgspec.structs import replace

from engine.events.engine import ClockStepped
from engine.events.ip_limiter import LimiterPaused
from engine.events.mailwizz import CampaignsCounted
from engine.ids import EngineId, InstanceId, IpAddr
from engine.values.campaign import Campaign
from engine.values.traffic import Counts
from tests.support.api_world import SOS, ULIXAI, ApiWorld
from tests.support.happenings import happens
from tests.support.spec import DAY_1, NODE

IP, MAIN = IpAddr("1.2.3.4"), InstanceId("main")
CAMPAIGNS = "/api/v2/tenants/sos-expat/campaigns"
SENT = Campaign(
    uid="ab12cd34ef567", status="sent", processed=410, delivered=400, hard=6, soft=1, internal=1,
    unsubscribes=2, complaints=1,
)  # fmt: skip


async def test_campaigns_are_shown_with_rates_of_what_was_delivered(world: ApiWorld) -> None:
    world.instances[SOS] = (MAIN,)
    _, mine, _ = await world.two_tenants()
    draft = Campaign(uid="zz", status="sending")
    changed = {"zz": draft, SENT.uid: SENT}
    await happens(world, SOS, f"mailwizz-{MAIN}", CampaignsCounted(instance=MAIN, changed=changed))
    body = (await mine.get(CAMPAIGNS)).body
    first, second = body["campaigns"]
    assert first == {
        "uid": "ab12cd34ef567", "status": "sent", "processed": 410, "delivered": 400,
        "bounces": 8, "hard_bounces": 6, "unsubscribes": 2, "complaints": 1,
        "bounce_percent": 2.0, "complaint_percent": 0.25, "unsubscribe_percent": 0.5,
        "accounting": None, "disagreements": [],
    }  # fmt: skip
    assert (second["uid"], second["bounce_percent"]) == ("zz", None)
    assert body["read_at"].startswith("2026-01-05T09:00:00")


async def test_a_campaign_is_shown_beside_what_accounting_counted_of_it(world: ApiWorld) -> None:
    world.instances[SOS] = (MAIN,)
    _, mine, _ = await world.two_tenants()
    many = replace(SENT, hard=41)
    counted = CampaignsCounted(
        instance=MAIN, changed={SENT.uid: many}, beside={SENT.uid: Counts(delivered=395, hard=3)}
    )
    await happens(world, SOS, f"mailwizz-{MAIN}", counted)
    (shown,) = (await mine.get(CAMPAIGNS)).body["campaigns"]
    assert (shown["accounting"]["sent"], shown["accounting"]["hard"]) == (398, 3)
    (said,) = shown["disagreements"]
    assert said.startswith("campaign ab12cd34ef567: MailWizz counts 41 of 400 (10 %) hard bounces")


async def test_another_tenants_campaigns_are_not_there(world: ApiWorld) -> None:
    _, _, other = await world.two_tenants()
    assert (await other.get(CAMPAIGNS)).status == 404


async def test_an_address_shows_what_is_wanted_beside_what_was_told(world: ApiWorld) -> None:
    _, mine, _ = await world.two_tenants()
    await mine.post("/api/v2/ips", {"address": IP, "purpose": "marketing"})
    shown = (await mine.get(f"/api/v2/ips/{IP}")).body
    wanted = {"intake": "closed", "output": "paused", "cap": None, "held_until": None}
    assert (shown["wanted"], shown["told"]) == (wanted, None)
    until = DAY_1 + timedelta(hours=15)
    held = LimiterPaused(ip=IP, node=NODE, attempts=61, cap=50, until=until)
    await happens(world, SOS, f"ip-{IP}", held)
    shown = (await mine.get(f"/api/v2/ips/{IP}")).body
    assert shown["wanted"]["held_until"] == "2026-01-06T00:00:00Z"
    assert any(one.startswith("limiter:") for one in shown["warmup"]["waits_for"])


async def test_a_clock_that_was_set_is_visible_for_an_hour(world: ApiWorld) -> None:
    nobody = world.client()
    assert "clock" not in (await nobody.get("/healthz")).body
    stepped = ClockStepped(engine=EngineId("main"), by_s=4_000, at=DAY_1)
    await happens(world, None, "engine-main", stepped)
    said = (await nobody.get("/healthz")).body
    assert said["clock"] == (
        "it was set forward by 4,000 s; no cap is raised before 2026-01-05T10:00:00Z"
    )
    world.clock.at = DAY_1 + timedelta(hours=1)
    assert "clock" not in (await nobody.get("/healthz")).body


async def test_tenants_hear_nothing_of_each_others_limiter(world: ApiWorld) -> None:
    _, mine, other = await world.two_tenants()
    await mine.post("/api/v2/ips", {"address": IP, "purpose": "marketing"})
    held = LimiterPaused(ip=IP, node=NODE, attempts=61, cap=50, until=DAY_1)
    await happens(world, SOS, f"ip-{IP}", held)
    assert (await other.get(f"/api/v2/ips/{IP}")).status == 404
    assert ULIXAI not in str((await mine.get(f"/api/v2/ips/{IP}")).body)
