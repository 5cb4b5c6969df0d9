"""The log over HTTP: which events, from where on, and what nobody learns by it."""

from datetime import datetime, timedelta

import pytest

from engine.events.ip import IpStopped
from engine.events.node import QueuesPaused
from engine.ids import Position
from tests.support import samples
from tests.support.api_world import SOS, ULIXAI, ApiWorld, Client
from tests.support.happenings import happens
from tests.support.spec import DAY_1, GUARDS, IP, NODE, PSBL, day
from tests.support.spec import OTHER as OTHER_IP

EVENTS = "/api/v2/events"


async def two_lives(world: ApiWorld) -> tuple[Client, Client, Client]:
    """Days 2 and 3 of an address each."""
    clients = await world.two_tenants()
    await happens(world, SOS, f"ip-{IP}", samples.registered(), at=day(2))
    await happens(world, ULIXAI, f"ip-{OTHER_IP}", samples.registered(ip=OTHER_IP))
    await happens(world, SOS, f"dns-{IP}", samples.pointed("mail1.acme.example"))
    await happens(world, SOS, f"dnsbl-{IP}", samples.looked())
    await happens(world, ULIXAI, f"dnsbl-{OTHER_IP}", samples.looked(ip=OTHER_IP))
    await happens(world, SOS, f"ip-{IP}", samples.stage(1), at=day(3))
    paused = QueuesPaused(node=NODE, ip=OTHER_IP, cycle=Position(9))
    await happens(world, ULIXAI, f"node-{NODE}", paused)
    return clients


async def types(client: Client, query: str) -> list[str]:
    said = await client.get(f"{EVENTS}?limit=500&{query}")
    assert said.status == 200, said.body
    return [one["type"] for one in said.body["items"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("type=ip.stage_entered", ["ip.stage_entered"]),
        ("type=ip.", ["ip.registered", "ip.registered", "ip.stage_entered"]),
        ("type=dns,ip.stage_entered", ["dns.fcrdns_looked", "ip.stage_entered"]),
        (f"ip={IP}", ["ip.registered", "dns.fcrdns_looked", "dnsbl.looked", "ip.stage_entered"]),
        (f"ip=::ffff:{IP}&type=ip.", ["ip.registered", "ip.stage_entered"]),
        (f"ip={IP}&type=dnsbl.looked", ["dnsbl.looked"]),
        ("tenant=ulixai&type=ip.,dnsbl.", ["ip.registered", "dnsbl.looked"]),
        (f"node={NODE}", ["host.registered", "node.queues_paused"]),
        (f"stream=dnsbl-{OTHER_IP}", ["dnsbl.looked"]),
        ("since=2026-01-07&type=ip.", ["ip.stage_entered"]),
        ("since=2026-01-07T09:00Z&type=ip.", ["ip.stage_entered"]),
        ("since=2026-01-06T10:00%2B01:00&type=ip.", ["ip.registered"] * 2 + ["ip.stage_entered"]),
        ("since=2d&type=ip.", ["ip.registered"] * 2 + ["ip.stage_entered"]),
        ("since=1h&type=ip.", ["ip.stage_entered"]),
        ("since=2027-01-01", []),
    ],
)
async def test_the_platform_asks_for_the_events_it_wants(
    world: ApiWorld, query: str, found: list[str]
) -> None:
    admin, _, _ = await two_lives(world)
    assert await types(admin, query) == found


async def test_what_happened_at_the_very_moment_is_since_it(world: ApiWorld) -> None:
    admin, sos, _ = await world.two_tenants()
    position = await happens(world, SOS, f"ip-{IP}", samples.registered(), at=day(2))
    at = (await admin.get(f"{EVENTS}?since={position}")).body["items"][0]["at"]
    assert await types(sos, f"since={at}") == ["ip.registered"]
    later = at.replace("1000Z", "1001Z")
    assert later != at
    assert await types(sos, f"since={later}") == []


async def test_the_platform_may_begin_at_a_position(world: ApiWorld) -> None:
    admin, sos, _ = await two_lives(world)
    end = world.length
    assert await types(admin, f"since={end}") == ["node.queues_paused"]
    assert await types(admin, f"since={end - 1}&after={end}") == []
    assert (await sos.get(f"{EVENTS}?since={end}")).problem == (422, "invalid", "$.since")


async def test_an_event_says_what_it_means(world: ApiWorld) -> None:
    _, sos, _ = await two_lives(world)
    (one,) = (await sos.get(f"{EVENTS}?type=ip.stage_entered")).body["items"]
    assert one["says"].startswith(f"{IP} starts to warm up at stage 1, 50 a day")


async def test_a_tenant_sees_its_own_events_by_every_filter(world: ApiWorld) -> None:
    _, sos, ulixai = await two_lives(world)
    assert await types(sos, f"ip={OTHER_IP}") == []
    assert await types(sos, f"stream=dnsbl-{OTHER_IP}") == []
    assert await types(sos, f"node={NODE}") == []
    assert await types(ulixai, f"node={NODE}") == ["node.queues_paused"]
    assert await types(sos, "type=host.,zone.,engine.") == []
    assert (await sos.get(f"{EVENTS}?tenant=ulixai")).problem[:2] == (403, "forbidden")
    assert await types(sos, "tenant=sos-expat&type=ip.") == ["ip.registered", "ip.stage_entered"]


@pytest.mark.parametrize(
    ("query", "field", "meant"),
    [
        ("type=ip.stoped", "$.type", "did you mean `ip.stopped`?"),
        ("type=cmd.", "$.type", "command."),
        ("type=ip.registered,dnsb.looked", "$.type", "dnsbl.looked"),
        ("typ=ip.", "$.typ", "did you mean `type`?"),
        ("ip=1.2.3", "$.ip", "1.2.3"),
        (f"ip={IP}&stream=ip-{IP}", "$.stream", "one of ip, stream"),
        ("tenant=sos-exppat", "$.tenant", "did you mean `sos-expat`?"),
        ("since=yesterday", "$.since", "2026-03-01T00:00Z"),
        ("since=2026-02-30", "$.since", "2026-02-30"),
        ("since=2026-03-01T00:00", "$.since", "2026-03-01T00:00Z"),
        ("after=x", "$.after", "next"),
    ],
)
async def test_a_filter_that_cannot_be_meant_says_what_was(
    world: ApiWorld, query: str, field: str, meant: str
) -> None:
    admin, _, _ = await world.two_tenants()
    said = await admin.get(f"{EVENTS}?{query}")
    assert (said.status, said.body["field"]) == (422, field)
    assert meant in said.body["detail"]


# --- cursors -------------------------------------------------------------------------------------


async def read_through(world: ApiWorld, client: Client, query: str) -> list[str]:
    """Page by page, while the other tenant is busy."""
    found: list[str] = []
    after, more = "", True
    while more:
        page = (await client.get(f"{EVENTS}?{query}&after={after}")).body
        found += [one["id"] for one in page["items"]]
        after, more = page["next"], page["more"]
        await happens(world, ULIXAI, f"dnsbl-{OTHER_IP}", samples.looked(ip=OTHER_IP))
    return found


@pytest.mark.parametrize("limit", [1, 2, 3, 500])
@pytest.mark.parametrize("query", ["", "type=ip.", f"ip={IP}"])
async def test_pages_give_each_event_once_and_in_order(
    world: ApiWorld, limit: int, query: str
) -> None:
    _, sos, _ = await two_lives(world)
    whole = [one["id"] for one in (await sos.get(f"{EVENTS}?limit=500&{query}")).body["items"]]
    assert await read_through(world, sos, f"limit={limit}&{query}") == whole == sorted(whole)


async def test_a_tenants_cursor_tells_nothing_of_the_others(world: ApiWorld) -> None:
    """It is the same however much the others do."""
    _, sos, _ = await two_lives(world)
    quiet = (await sos.get(f"{EVENTS}?limit=500")).body
    assert quiet["next"] == quiet["items"][-1]["id"]
    for _ in range(3):
        await happens(world, ULIXAI, f"dnsbl-{OTHER_IP}", samples.looked(ip=OTHER_IP))
    busy = (await sos.get(f"{EVENTS}?limit=500")).body
    assert busy == quiet
    assert (await sos.get(f"{EVENTS}?after={quiet['next']}")).body == {
        "items": [],
        "next": quiet["next"],
        "more": False,
    }


async def test_another_tenants_event_is_no_place_in_ones_own_log(world: ApiWorld) -> None:
    _, sos, ulixai = await two_lives(world)
    theirs = (await ulixai.get(f"{EVENTS}?limit=500")).body["next"]
    assert (await sos.get(f"{EVENTS}?after={theirs}")).problem == (422, "invalid", "$.after")
    nobodys = "00000000-0000-7000-8000-ffffffffffff"
    assert (await sos.get(f"{EVENTS}?after={nobodys}")).problem == (422, "invalid", "$.after")


async def test_a_page_that_found_nothing_goes_on_where_it_began(world: ApiWorld) -> None:
    """Now is another moment at the next page; what came between them is not lost."""
    _, sos, _ = await two_lives(world)
    nothing = (await sos.get(f"{EVENTS}?since=now")).body
    assert nothing["items"] == []
    assert nothing["next"].startswith("2026-01-07T09:00:00.")
    at = datetime.fromisoformat(nothing["next"])  # the clock may stand
    await happens(world, SOS, f"dnsbl-{IP}", samples.looked(), at=at - timedelta(milliseconds=1))
    page = (await sos.get(f"{EVENTS}?since=now&after={nothing['next']}")).body
    assert [one["at"] for one in page["items"]] == [nothing["next"]]
    empty = (await sos.get(f"{EVENTS}?type=ip.stopped")).body
    assert (empty["items"], empty["next"]) == ([], "")


async def test_the_platforms_filtered_page_moves_on_with_the_log(world: ApiWorld) -> None:
    admin, _, _ = await two_lives(world)
    page = (await admin.get(f"{EVENTS}?type=ip.stopped")).body
    assert page == {"items": [], "next": str(world.length), "more": False}


async def test_a_tenant_finds_no_position_within_an_event_either(world: ApiWorld) -> None:
    """The looks that a decision was made on stand there, and so do the cycles of wishes."""
    admin, sos, ulixai = await two_lives(world)
    (stage,) = (await sos.get(f"{EVENTS}?type=ip.stage_entered")).body["items"]
    assert stage["event"]["evidence"]["hostname"] == GUARDS.hostname
    assert not {"fcrdns", "lists"} & set(stage["event"]["evidence"])
    (paused,) = (await ulixai.get(f"{EVENTS}?type=node.")).body["items"]
    assert paused["event"] == {"type": "node.queues_paused", "node": NODE, "ip": OTHER_IP}
    (stage,) = (await admin.get(f"{EVENTS}?type=ip.stage_entered")).body["items"]
    assert stage["event"]["evidence"]["lists"] == GUARDS.lists


async def test_a_confirmed_listing_keeps_all_but_the_position_of_its_look(world: ApiWorld) -> None:
    _, sos, _ = await two_lives(world)
    await happens(world, SOS, f"ip-{IP}", samples.stopped(PSBL))
    (one,) = (await sos.get(f"{EVENTS}?type=ip.stopped")).body["items"]
    assert set(one["event"]) == {"type", *IpStopped.__struct_fields__} - {"looked"}


# --- the head ------------------------------------------------------------------------------------


async def test_the_head_of_the_log_is_shown_to_be_kept_elsewhere(world: ApiWorld) -> None:
    admin, sos, _ = await two_lives(world)
    tip = await world.log.tip()
    said = await admin.get("/api/v2/log/head")
    assert said.body == {
        "position": world.length,
        "digest": world.log.database.entries[-1].digest.hex(),
        "at": tip.at and tip.at.isoformat().replace("+00:00", "Z"),
        "epoch": 0,
    }
    await world.log.lead("another")
    await happens(world, SOS, f"dnsbl-{IP}", samples.looked(), at=DAY_1 + timedelta(days=9))
    moved = (await admin.get("/api/v2/log/head")).body
    assert (moved["position"], moved["epoch"]) == (said.body["position"] + 1, 1)
    assert moved["digest"] != said.body["digest"]
    reader = await world.key(None, "read")
    assert (await reader.get("/api/v2/log/head")).status == 200
    assert (await sos.get("/api/v2/log/head")).problem[:2] == (403, "forbidden")
