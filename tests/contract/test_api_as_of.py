"""How things stood: every list and every single thing, as of a moment or a position."""

from datetime import UTC, datetime

import pytest

from engine.api import moments
from engine.events.ip import IpRegistered
from engine.ids import parse_ip
from engine.values.levers import STOPPED
from engine.values.vmta import Vmta
from tests.support.api_world import SOS, TENANTS, ULIXAI, ApiWorld, Client
from tests.support.spec import IP, NODE, OTHER

API = "/api/v2"
LISTS = (
    *("ips", "tenants", "alerts", "blacklists", "effects", "audit", "rollouts", "servers"),
    *("nodes", "blacklists/zones", "keys"),
)
PLATFORMS = ("nodes", "keys")


def to(world: ApiWorld, moment: str) -> None:
    world.clock.at = datetime.fromisoformat(moment)


async def two_addresses(world: ApiWorld) -> tuple[Client, Client, Client]:
    """One on the 10th, another on the 20th at noon; it is the 25th."""
    clients = await world.two_tenants()
    to(world, "2026-01-10T12:00:00+00:00")
    await register(clients[1], IP)
    to(world, "2026-01-20T12:00:00+00:00")
    await register(clients[1], OTHER)
    to(world, "2026-01-25T00:00:00+00:00")
    return clients


async def register(client: Client, ip: str) -> None:
    made = await client.post(
        f"{API}/ips", {"address": public(ip), "purpose": "marketing", "node": NODE}
    )
    assert made.status == 201, made.body


def public(ip: str) -> str:
    """The world takes no addresses that are for documentation."""
    return f"1.2.3.{ip.rpartition('.')[2]}"


async def addresses(client: Client, as_of: str) -> list[str]:
    found = await client.get(f"{API}/ips?as_of={as_of}")
    assert found.status == 200, found.body
    return [one["address"] for one in found.body["items"]]


BOTH = [public(IP), public(OTHER)]


@pytest.mark.parametrize(
    ("as_of", "there"),
    [
        ("2026-01-15T00:00Z", 1),
        ("2026-01-15", 1),
        ("2026-01-10", 0),
        ("2026-01-10T12:00Z", 0),
        ("2026-01-10T12:00:01Z", 1),
        ("2026-01-10t13:01%2B01:00", 1),
        ("2026-01-10T14:00%2B02:00", 0),
        ("2026-01-20T12:00:00.5Z", 2),
        ("2026-01-24T23:59:59.999999Z", 2),
        ("1999-12-31", 0),
    ],
)
async def test_addresses_are_listed_as_they_were_at_a_moment(
    world: ApiWorld, as_of: str, there: int
) -> None:
    admin, ours, theirs = await two_addresses(world)
    assert await addresses(ours, as_of) == BOTH[:there]
    assert await addresses(admin, as_of) == BOTH[:there]
    assert await addresses(theirs, as_of) == []


async def test_a_tenant_never_sees_what_another_had(world: ApiWorld) -> None:
    admin, ours, theirs = await two_addresses(world)
    for name in LISTS:
        if name == "blacklists/zones":
            continue  # what the lists are is nobody's own
        for client in (ours, theirs):
            found = await client.get(f"{API}/{name}?as_of=2026-01-21")
            if name in PLATFORMS:
                assert found.status == 403
                continue
            whose = {one.get("tenant", one.get("slug")) for one in found.body["items"]}
            assert whose <= {SOS if client is ours else ULIXAI}, name
    refused = await ours.get(f"{API}/ips?as_of=2026-01-21&tenant={ULIXAI}")
    assert refused.problem == (403, "forbidden", None)
    assert await addresses(admin, f"2026-01-21&tenant={ULIXAI}") == []
    assert await addresses(admin, f"2026-01-21&tenant={SOS}") == BOTH


@pytest.mark.parametrize("name", LISTS)
async def test_as_of_now_is_what_stands_now(world: ApiWorld, name: str) -> None:
    admin, ours, _ = await two_addresses(world)
    for client in (admin,) if name in PLATFORMS else (admin, ours):
        now = await client.get(f"{API}/{name}")
        then = await client.get(f"{API}/{name}?as_of=2026-01-25")
        assert then.body == now.body
        assert "X-As-Of" not in now.headers
        assert then.headers["X-As-Of"] == "2026-01-25T00:00:00.000000Z"


async def test_pages_and_filters_are_those_of_that_moment(world: ApiWorld) -> None:
    _, ours, _ = await two_addresses(world)
    first = await ours.get(f"{API}/ips?as_of=2026-01-21&limit=1")
    second = await ours.get(f"{API}/ips?as_of=2026-01-21&limit=1&after={first.body['next']}")
    assert [one["address"] for page in (first, second) for one in page.body["items"]] == BOTH
    assert await addresses(ours, "2026-01-21&phase=STANDBY") == BOTH
    assert await addresses(ours, "2026-01-21&phase=ACTIVE") == []


async def test_the_platform_may_name_a_position(world: ApiWorld) -> None:
    admin, _, _ = await two_addresses(world)
    at = next(one.position for one in await world.events() if one.stream == f"ip-{public(OTHER)}")
    before = await admin.get(f"{API}/ips?as_of={at - 1}")
    assert [one["address"] for one in before.body["items"]] == BOTH[:1]
    assert before.headers["X-As-Of-Position"] == str(at - 1)
    after = await admin.get(f"{API}/ips?as_of={at}")
    assert [one["address"] for one in after.body["items"]] == BOTH
    assert after.headers["X-As-Of"].startswith("2026-01-20T12:00:00.0")
    assert await addresses(admin, "0") == []
    beyond = await admin.get(f"{API}/ips?as_of={world.length + 1}")
    assert beyond.problem == (422, "invalid", "$.as_of")
    assert str(world.length) in beyond.body["detail"]


async def test_a_tenant_counts_no_positions(world: ApiWorld) -> None:
    _, ours, _ = await two_addresses(world)
    assert (await ours.get(f"{API}/ips?as_of=7")).problem == (422, "invalid", "$.as_of")
    found = await ours.get(f"{API}/ips?as_of=2026-01-21")
    assert "X-As-Of" in found.headers
    assert "X-As-Of-Position" not in found.headers


@pytest.mark.parametrize(
    ("as_of", "says"),
    [
        ("2026-01-25T00:01Z", "yet to come: it is 2026-01-25T00:00:00"),
        ("2999-01-01", "yet to come"),
        ("yesterday", "2026-03-01T00:00Z"),
        ("2026-02-30", "day is out of range"),
        ("2026-01-21T00:00+01:00", "a + is %2B"),
        ("2026-01-21T25:00Z", "hour must be"),
        ("2026-01-21T00:00", "write 2026"),
        ("-5", "is no moment"),
    ],
)
async def test_what_is_no_moment_of_the_past_is_refused_with_a_reason(
    world: ApiWorld, as_of: str, says: str
) -> None:
    admin, ours, _ = await two_addresses(world)
    for client in (admin, ours):
        refused = await client.get(f"{API}/ips?as_of={as_of}")
        assert refused.problem == (422, "invalid", "$.as_of")
        assert says in refused.body["detail"]


async def test_one_address_is_shown_as_it_was(world: ApiWorld) -> None:
    admin, ours, theirs = await two_addresses(world)
    ip = f"{API}/ips/{public(IP)}"
    for client in (admin, ours):
        assert (await client.get(f"{ip}?as_of=2026-01-09")).status == 404
        then = await client.get(f"{ip}?as_of=2026-01-11")
        assert then.body == (await client.get(ip)).body
        assert then.headers["X-As-Of"] == "2026-01-11T00:00:00.000000Z"
    assert (await theirs.get(f"{ip}?as_of=2026-01-11")).status == 404
    to(world, "2026-01-26T00:00:00+00:00")
    reason = {"reason": "leaked password"}
    assert (await ours.post(f"{ip}/quarantine", reason)).status == 200
    assert (await ours.get(ip)).body["reason"] == "quarantined"
    assert (await ours.get(f"{ip}?as_of=2026-01-25")).body["reason"] == "new"


async def test_an_address_that_changed_hands_was_its_former_owners_then(world: ApiWorld) -> None:
    admin, ours, theirs = await two_addresses(world)
    ip = public(IP)
    closed = Vmta("news", "", STOPPED)
    again = IpRegistered(ip=parse_ip(ip), node=NODE, vmta=closed, warmup="manual", day_tz="UTC")
    await world.happens(ULIXAI, ip, again)
    shown = await admin.get(f"{API}/ips/{ip}")
    assert (shown.body["tenant"], shown.body["purpose"]) == (ULIXAI, "news")
    then = await admin.get(f"{API}/ips/{ip}?as_of=2026-01-24")
    assert (then.body["tenant"], then.body["purpose"]) == (SOS, "marketing")
    assert (await ours.get(f"{API}/ips/{ip}?as_of=2026-01-24")).status == 200
    assert (await theirs.get(f"{API}/ips/{ip}?as_of=2026-01-24")).status == 404


async def test_a_tenant_and_the_engines_authority_over_it_are_shown_as_they_were(
    world: ApiWorld,
) -> None:
    admin, ours, _ = await world.two_tenants()
    to(world, "2026-01-10T00:00:00+00:00")
    changed = await admin.ask("PATCH", f"{API}/tenants/{SOS}", {"name": "Renamed"})
    assert changed.status == 200
    observe = {"mode": "observe", "why": "a test"}
    assert (await admin.ask("PUT", f"{API}/authority/tenant-{SOS}", observe)).status == 200
    assert (await admin.ask("PUT", f"{API}/authority/node-{NODE}", observe)).status == 200
    to(world, "2026-01-25T00:00:00+00:00")
    for client in (admin, ours):
        now = (await client.get(f"{API}/tenants/{SOS}")).body
        then = (await client.get(f"{API}/tenants/{SOS}?as_of=2026-01-09")).body
        assert (now["name"], now["authority"]) == ("Renamed", "observe")
        assert (then["name"], then["authority"]) == (TENANTS[0]["name"], "act")
        listed = (await client.get(f"{API}/tenants?as_of=2026-01-09")).body["items"][0]
        assert listed == {name: said for name, said in then.items() if name != "quota_use"}
    (node,) = (await admin.get(f"{API}/nodes?as_of={moments.written(day(9))}")).body["items"]
    assert node["name"] == NODE
    assert node["authority"] == "observe", "it was never let act"
    assert (await ours.get(f"{API}/tenants/{SOS}?as_of=2026-01-01")).status == 404


def day(number: int) -> datetime:
    return datetime(2026, 1, number, tzinfo=UTC)


@pytest.mark.parametrize("path", ["agenda", "log/head", "views", "events"])
async def test_what_has_no_past_says_so(world: ApiWorld, path: str) -> None:
    admin = await world.admin()
    refused = await admin.get(f"{API}/{path}?as_of=2026-01-05T09:00Z")
    assert refused.status == 422
    assert "as_of" in refused.body["detail"]


async def test_the_past_does_not_change_when_more_happens(world: ApiWorld) -> None:
    _, ours, _ = await two_addresses(world)
    before = [await ours.get(f"{API}/{name}?as_of=2026-01-21") for name in ("ips", "audit")]
    to(world, "2026-01-26T00:00:00+00:00")
    await register(ours, "203.0.113.77")
    after = [await ours.get(f"{API}/{name}?as_of=2026-01-21") for name in ("ips", "audit")]
    assert [one.body for one in before] == [one.body for one in after]
    assert len((await ours.get(f"{API}/ips")).body["items"]) == 3
