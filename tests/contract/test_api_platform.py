"""What the platform's own people and machines ask: nodes, authority, the log, health."""

import asyncio
from datetime import timedelta

import pytest

from engine.api.deps import UnderWay
from engine.effects import LookAtNode
from engine.ids import IpAddr, NodeId, Position
from engine.projections.authorities import AUTHORITIES
from tests.support.api_world import SOS, ApiWorld, Client, Said
from tests.support.samples import looked
from tests.support.spec import DAY_1

EVENTS = "/api/v2/events"
NEW_NODE = {"name": "pmta-7", "host": "pmta7.example.net", "host_key": "ssh-ed25519 AAAAC3Nz"}


async def test_a_node_is_registered_with_the_right_to_act_there(world: ApiWorld) -> None:
    admin = await world.admin()
    made = await admin.post("/api/v2/nodes", NEW_NODE)
    assert made.status == 201
    assert (made.body["port"], made.body["config_dir"]) == (22, "/etc/pmta")
    assert made.body["authority"] == "act"
    assert (await admin.get("/api/v2/nodes")).body["items"] == [made.body]


async def test_a_changed_host_key_does_not_let_the_engine_act_where_it_was_told_to_observe(
    world: ApiWorld,
) -> None:
    admin = await world.admin()
    await admin.post("/api/v2/nodes", NEW_NODE | {"authority": "observe"})
    changed = await admin.post("/api/v2/nodes", NEW_NODE | {"host_key": "ssh-ed25519 BBBB"})
    assert (changed.body["host_key"], changed.body["authority"]) == ("ssh-ed25519 BBBB", "observe")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "PMTA 7"),
        ("host", "a b"),
        ("host", "-oProxyCommand=x"),
        ("port", 0),
        ("user", "root; reboot"),
        ("host_key", "AAAA"),
        ("config_dir", "etc/pmta"),
        ("pmta", "/usr/sbin/pmta $(reboot)"),
    ],
)
async def test_a_nodes_field_that_could_be_mistaken_for_a_command_is_refused(
    world: ApiWorld, field: str, value: object
) -> None:
    admin = await world.admin()
    said = await admin.post("/api/v2/nodes", NEW_NODE | {field: value})
    assert said.problem == (422, "invalid", f"$.{field}")
    assert "host.registered" not in world.tags()


async def test_authority_is_set_over_what_exists_with_a_reason(world: ApiWorld) -> None:
    admin, sos, _ = await world.two_tenants()
    wish = {"mode": "observe", "why": "handover"}
    for over in ("engine", "node-pmta-1", "tenant-sos-expat"):
        said = await admin.ask("PUT", f"/api/v2/authority/{over}", wish)
        assert (said.status, said.body["mode"]) == (200, "observe"), over
        assert world.pump.views.get(AUTHORITIES, over).mode == "observe"
    assert (await admin.get("/api/v2/tenants/sos-expat")).body["authority"] == "observe"
    for over in ("tenant-nobody", "node-x", "all"):
        said = await admin.ask("PUT", f"/api/v2/authority/{over}", wish)
        assert said.problem[:2] == (404, "not-found"), over
    assert (await sos.ask("PUT", "/api/v2/authority/tenant-sos-expat", wish)).status == 403


async def test_the_agenda_shows_what_is_under_way_and_next(world: ApiWorld) -> None:
    look = LookAtNode(tenant=None, node=NodeId("pmta-1"), cycle=Position(4))
    world.under_way = UnderWay([look], [look], DAY_1 + timedelta(minutes=1))
    said = await (await world.admin()).get("/api/v2/agenda")
    assert [one["target"] for one in said.body["running"]] == ["node/pmta-1"]
    assert said.body["next_wake"] == "2026-01-05T09:01:00Z"


# --- the log -------------------------------------------------------------------------------------


async def test_the_platform_reads_the_whole_log_by_position(world: ApiWorld) -> None:
    admin, _, _ = await world.two_tenants()
    first = (await admin.get(f"{EVENTS}?limit=2")).body
    assert [one["position"] for one in first["items"]] == [1, 2]
    assert (first["next"], first["more"]) == ("2", True)
    rest = (await admin.get(f"{EVENTS}?after={first['next']}&limit=500")).body
    assert [one["position"] for one in rest["items"]] == list(range(3, world.length + 1))
    assert (rest["next"], rest["more"]) == (str(world.length), False)
    assert rest["items"][-1]["type"] == rest["items"][-1]["event"]["type"] == "command.completed"


async def test_a_tenant_reads_its_own_events_and_learns_no_position(world: ApiWorld) -> None:
    admin, sos, _ = await world.two_tenants()
    await sos.post("/api/v2/ips", {"address": "1.2.3.4", "purpose": "marketing"})
    for n in range(3):
        await admin.ask("PUT", "/api/v2/authority/engine", {"mode": "observe", "why": str(n)})
    found: list[str] = []
    after, more = "", True
    while more:
        page = (await sos.get(f"{EVENTS}?limit=1&after={after}")).body
        assert all(one["tenant"] == SOS and "position" not in one for one in page["items"])
        found += [one["type"] for one in page["items"]]
        after, more = page["next"], page["more"]
    assert found == ["tenant.created", "key.issued", "ip.registered", "command.completed"]
    assert not after.isdigit()
    assert (await sos.get(f"{EVENTS}?after=3")).problem == (422, "invalid", "$.after")


async def test_a_look_made_for_several_tenants_names_nobody_elses_address(
    world: ApiWorld,
) -> None:
    admin, sos, _ = await world.two_tenants()
    ip = IpAddr("1.2.3.4")
    await world.happens(SOS, ip, looked(ip=ip), cause="dnsbl.look_up/5.6.7.8/41/1")
    seen = (await sos.get(f"{EVENTS}?limit=500")).body["items"][-1]
    assert seen["type"] == "dnsbl.looked"
    assert "5.6.7.8" not in str(seen)
    everything = (await admin.get(f"{EVENTS}?limit=500")).body["items"]
    assert everything[-1]["cause"] == "dnsbl.look_up/5.6.7.8/41/1"


async def test_a_long_poll_is_answered_by_the_next_event_and_is_no_open_request(
    world: ApiWorld,
) -> None:
    _, sos, ulixai = await world.two_tenants()
    end = (await sos.get(f"{EVENTS}?limit=500")).body["next"]
    waiting = asyncio.create_task(sos.get(f"{EVENTS}?after={end}&wait=30"))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    assert world.requests.idle
    await ulixai.post("/api/v2/ips", {"address": "5.6.7.8", "purpose": "news"})
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await sos.post("/api/v2/ips", {"address": "1.2.3.4", "purpose": "marketing"})
    async with asyncio.timeout(5):
        said = await waiting
    assert [one["type"] for one in said.body["items"]] == ["ip.registered", "command.completed"]
    assert world.requests.idle


async def test_a_long_poll_ends_when_nothing_happens(world: ApiWorld) -> None:
    admin = await world.admin()
    said = await admin.get(f"{EVENTS}?after={world.length}&wait=1")
    assert said.body == {"items": [], "next": str(world.length), "more": False}
    assert (await admin.get(f"{EVENTS}?wait=31")).problem == (422, "invalid", "$.wait")


async def test_a_long_poll_does_not_hold_up_the_engines_end(world: ApiWorld) -> None:
    admin = await world.admin()
    waiting = asyncio.create_task(admin.get(f"{EVENTS}?after={world.length}&wait=30"))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    world.requests.end()
    async with asyncio.timeout(5):
        said = await waiting
    assert said.body == {"items": [], "next": str(world.length), "more": False}


# --- health --------------------------------------------------------------------------------------


async def test_an_engine_is_ready_only_when_it_leads_and_has_folded_the_log(
    world: ApiWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.two_tenants()
    nobody = world.client()
    ready = await nobody.get("/readyz")
    assert ready.body == {"status": "ready"}, "and nobody hears how much the tenants do"
    monkeypatch.setattr("engine.api.health.FOLDED_WITHIN_S", 0.05)
    world.leads = False
    assert "does not lead" in str(await _not_ready(nobody))
    world.leads, world.pump.lags = True, True
    behind = await _not_ready(nobody)
    assert behind.body["reasons"] == ["the log is not folded to its head yet"]
    world.pump.lags, world.pump.log_away_since = False, DAY_1
    assert "away since 2026-01-05T09:00:00Z" in str(await _not_ready(nobody))
    world.pump.log_away_since, world.log.away = None, True
    assert "does not answer" in str(await _not_ready(nobody))
    assert (await nobody.get("/healthz")).status == 200
    world.log.away = False
    assert (await nobody.get("/readyz")).status == 200


async def test_an_engine_that_should_be_started_again_says_why(world: ApiWorld) -> None:
    nobody = world.client()
    assert (await nobody.get("/healthz")).body["status"] == "ok"
    world.unwell = ("the pump has ended no pass since the last look",)
    said = await nobody.get("/healthz")
    assert (said.status, said.body["reasons"]) == (503, list(world.unwell))


async def test_metrics_say_whether_the_engine_is_ready(world: ApiWorld) -> None:
    world.leads = False
    said = await world.client().get("/metrics")
    assert (said.status, said.body) == (200, b"email_engine_ready 0\n")


async def _not_ready(client: Client) -> Said:
    said = await client.get("/readyz")
    assert said.status == 503
    return said


async def test_metrics_need_no_key_on_this_machine_but_one_through_a_proxy(
    world: ApiWorld,
) -> None:
    nobody, admin, tenant = world.client(), await world.admin(), await world.key(SOS, "read")
    local = await nobody.get("/metrics")
    assert (local.status, local.body) == (200, b"email_engine_ready 1\n")
    assert local.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    proxied = {"X-Forwarded-For": "198.51.100.9"}
    assert (await nobody.get("/metrics", headers=proxied)).status == 401
    assert (await tenant.get("/metrics", headers=proxied)).status == 403
    assert (await admin.get("/metrics", headers=proxied)).status == 200
