"""GET /ips/{id}/stats: what became of an address's messages, for whom it belongs to alone."""

from engine.events.traffic import TrafficCounted
from engine.ids import IpAddr
from engine.values.traffic import Counts, Said
from tests.support.api_world import SOS, ULIXAI, ApiWorld
from tests.support.spec import DAY_1, NODE

IP = IpAddr("1.2.3.4")
STATS = f"/api/v2/ips/{IP}/stats"
HOUR = DAY_1.replace(minute=0, second=0, microsecond=0)
COUNTED = TrafficCounted(
    node=NODE,
    file="acct.csv",
    end=9,
    day_tz="UTC",
    hours={HOUR: {IP: {"gmail": Counts(delivered=7, deferred=2, hard=1, block=2, soft=3,
                                       complaints=1)}}},
    jobs={IP: {"campaign-7": Counts(delivered=7)}},
    causes={IP: {"gmail": {"rate": 2}}},
    said=(Said(ip=IP, kind="unnamed", by="gmail", receiver="gmail", times=2, text="421 slow"),),
)  # fmt: skip


async def test_counts_by_window_and_provider(world: ApiWorld) -> None:
    _, mine, _ = await world.two_tenants()
    await mine.post("/api/v2/ips", {"address": IP, "purpose": "marketing"})
    await world.happens(SOS, IP, COUNTED)
    said = await mine.get(STATS)
    assert said.status == 200
    assert said.body["windows"]["24h"]["total"] == {
        "sent": 13, "delivered": 7, "deferred": 2, "bounced": 6, "hard": 1, "block": 2,
        "soft": 3, "other": 0, "complaints": 1, "remote": 0,
    }  # fmt: skip
    assert said.body["windows"]["7d"]["providers"]["gmail"]["delivered"] == 7
    assert next(iter(said.body["jobs"].values()))["campaign-7"]["delivered"] == 7
    assert [*said.body["causes"].values()] == [{"gmail": {"rate": 2}}]
    assert said.body["said"][0]["by"] == "gmail"


async def test_an_address_without_traffic_has_zeros_and_says_that_nothing_was_read(
    world: ApiWorld,
) -> None:
    _, mine, _ = await world.two_tenants()
    await mine.post("/api/v2/ips", {"address": IP, "purpose": "marketing"})
    said = await mine.get(STATS)
    assert (said.body["counted_at"], said.body["windows"]["90d"]["total"]["sent"]) == (None, 0)


async def test_another_tenants_traffic_is_not_there(world: ApiWorld) -> None:
    admin, mine, others = await world.two_tenants()
    await mine.post("/api/v2/ips", {"address": IP, "purpose": "marketing"})
    await world.happens(SOS, IP, COUNTED)
    await world.happens(ULIXAI, IP, COUNTED)
    assert (await others.get(STATS)).problem[:2] == (404, "not-found")
    assert (await admin.get(STATS)).body["windows"]["24h"]["total"]["delivered"] == 7


async def test_as_it_was_before_it_was_counted(world: ApiWorld) -> None:
    admin, mine, _ = await world.two_tenants()
    await mine.post("/api/v2/ips", {"address": IP, "purpose": "marketing"})
    before = world.length
    await world.happens(SOS, IP, COUNTED)
    then = await admin.get(f"{STATS}?as_of={before}")
    assert then.body["windows"]["24h"]["total"]["sent"] == 0
