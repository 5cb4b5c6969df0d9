"""What clients may rely on: how a change goes from node to node, and what stops it."""

from typing import Any

from msgspec.structs import replace

from engine.commands.authority import SetAuthority
from engine.commands.rollout import PlanRollout, ReportRollout, WatchRollout
from engine.events.rollout import RolloutApproved
from engine.events.tenant import OverlaySet
from engine.ids import IpAddr, NodeId
from engine.projections.rollouts import ROLLOUTS, Rollout
from engine.rules.pmta_config import tenant_file
from engine.rules.pmta_config.change_limit import Limit
from engine.values.authority import ENGINE, over_node, over_tenant
from tests.support import samples
from tests.support.api_world import SOS, ULIXAI, ApiWorld, Client
from tests.support.spec import NODE

PMTA = "/api/v2/powermta"
SECOND = NodeId("pmta-2")
FIRST_IP, OTHER_IP = "1.2.3.1", "1.2.3.101"


async def registered(world: ApiWorld, sos: Client, ip: str, node: str = NODE) -> None:
    new = {"address": ip, "purpose": "marketing", "warmup": "manual", "node": node}
    assert (await sos.post("/api/v2/ips", new)).status == 201
    await world.happens(SOS, ip, replace(samples.stage(2, ip=IpAddr(ip)), node=NodeId(node)))


async def acts(world: ApiWorld, *nodes: str) -> None:
    overs = (ENGINE, over_tenant(SOS), *(over_node(NodeId(one)) for one in nodes))
    for over in overs:
        await world.order(SetAuthority(over=over, mode="act", why="a test"))


def chosen(ip: str, n: int = 0) -> dict[str, str]:
    return {"name": f"v{n}", "ip": ip, "hostname": f"mail{n}.sos-mail.com"}


async def put(client: Client, *vmtas: Any, **more: Any) -> Any:
    body = {"virtual_mtas": list(vmtas)} | more
    return await client.ask("PUT", f"{PMTA}/config", body)


def file(world: ApiWorld, node: str = NODE) -> Rollout:
    return world.pump.views.get(ROLLOUTS, f"{node}/{SOS}")


async def rolled_out(world: ApiWorld, node: str = NODE, *, watch_s: int = 600) -> None:
    view = file(world, node)
    plan = PlanRollout(
        node=NodeId(node),
        tenant=SOS,
        vmtas=view.wanted,
        overlay=view.overlay,
        drained=view.drained,
        confirmed=view.choices.confirmed,
        followers=view.followers,
        watch_s=watch_s,
        share_max=Limit().share,
    )
    await world.order(plan, SOS)
    await world.order(ReportRollout(node=NodeId(node), tenant=SOS, answer="ran"), SOS)


async def looked(world: ApiWorld, node: str = NODE, *, well: bool = True) -> None:
    view = file(world, node)
    assert view.watch is not None
    running = tenant_file.expected(SOS, view.told) if well else ()
    look = WatchRollout(
        node=NodeId(node),
        tenant=SOS,
        version=view.version,
        look=view.watch.looks + 1,
        answer="seen",
        found=view.digest,
        running=running,
        started="2026-01-05 08:00:00",
    )
    await world.order(look, SOS)


async def stood(client: Client, node: str = NODE) -> Any:
    items = (await client.get(f"{PMTA}/nodes")).body["items"]
    (found,) = [one for one in items if one["name"] == node]
    return found["files"][0]


# --- the watch


async def test_what_is_watched_and_how_it_ended_is_shown(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    await registered(world, sos, FIRST_IP)
    await rolled_out(world)
    watch = (await stood(sos))["watch"]
    assert (watch["version"], watch["looks"]) == (1, 0)
    assert watch["since"] < watch["next_look"] < watch["until"]
    for _ in range(4):
        await looked(world)
    assert (await stood(sos))["watch"] is None
    (version,) = (await sos.get(f"{PMTA}/versions")).body["items"]
    assert version["watch"] == "stood"
    await put(sos, chosen(FIRST_IP))
    await rolled_out(world)
    await looked(world, well=False)
    (version, _) = (await sos.get(f"{PMTA}/versions")).body["items"]
    assert version["watch"] == "breached"
    assert "is not defined" in (await stood(sos))["breach"]


# --- too much at once


async def many(world: ApiWorld) -> tuple[Client, Client, list[dict[str, str]]]:
    """Twelve addresses that run what was chosen for them."""
    admin, sos, _ = await world.two_tenants()
    vmtas = []
    for n in range(1, 13):
        await registered(world, sos, f"1.2.3.{n}")
        vmtas.append(chosen(f"1.2.3.{n}", n))
    assert (await put(sos, *vmtas)).status == 202
    await rolled_out(world, watch_s=0)
    return admin, sos, vmtas


async def test_a_change_that_takes_much_away_waits_says_why_and_goes_once_approved(
    world: ApiWorld,
) -> None:
    admin, sos, vmtas = await many(world)
    said = await put(sos, *vmtas[:5])
    (finding,) = [one for one in said.body["findings"] if one["rule"] == "too_large"]
    assert (
        "7 of 12 VMTAs would take no more mail (1.2.3.10, 1.2.3.11, 1.2.3.12, and 4"
        in (finding["message"])
    )
    await rolled_out(world)
    waiting = (await stood(sos))["waiting"]
    assert (waiting["why"], waiting["choices"]) == ("too_large", 2)
    assert "/nodes/pmta-1/approve" in waiting["next"]
    assert file(world).wanted == file(world).told
    path = f"{PMTA}/nodes/{NODE}/approve"
    wrong = {"tenant": SOS, "version": 3, "reason": "meant"}
    assert (await admin.post(path, wrong)).problem[:2] == (409, "refused")
    approved = await admin.post(path, wrong | {"version": 2})
    assert approved.status == 202, approved.body
    assert approved.body["waiting"] is None
    assert isinstance((await world.events())[-2].event, RolloutApproved)
    await rolled_out(world)
    assert file(world).told[IpAddr("1.2.3.12")].levers.intake == "closed"


async def test_a_change_that_is_confirmed_goes_at_once(world: ApiWorld) -> None:
    admin, _, vmtas = await many(world)
    body = {"virtual_mtas": vmtas[:5], "confirm": True, "tenant": SOS}
    said = await admin.ask("PUT", f"{PMTA}/config", body)
    assert said.status == 202, said.body
    assert [one for one in said.body["findings"] if one["rule"] == "too_large"] == []
    await rolled_out(world)
    assert file(world).told[IpAddr("1.2.3.12")].levers.intake == "closed"


async def test_to_confirm_and_to_approve_needs_the_scope_deploy(world: ApiWorld) -> None:
    _, _, vmtas = await many(world)
    operator = await world.key(SOS, "read", "operate")
    assert (await put(operator, *vmtas[:5], confirm=True)).problem[:2] == (403, "forbidden")
    body = {"version": 1, "reason": "x"}
    path = f"{PMTA}/nodes/{NODE}/approve"
    assert (await operator.post(path, body)).problem[:2] == (403, "forbidden")


async def test_only_ones_own_file_is_approved(world: ApiWorld) -> None:
    await many(world)
    ulixai = await world.key(ULIXAI, "read", "deploy")
    path = f"{PMTA}/nodes/{NODE}/approve"
    said = await ulixai.post(path, {"version": 1, "reason": "x"})
    assert said.problem[:2] == (404, "not-found")


# --- one node first


async def two_nodes(world: ApiWorld) -> Client:
    _, sos, _ = await world.two_tenants()
    await world.node(SECOND)
    await acts(world, NODE, SECOND)
    await registered(world, sos, FIRST_IP)
    await registered(world, sos, OTHER_IP, SECOND)
    for node in (NODE, SECOND):
        await rolled_out(world, node, watch_s=0)
    return sos


async def test_of_two_nodes_one_goes_first_and_the_other_after_its_watch(world: ApiWorld) -> None:
    sos = await two_nodes(world)
    said = await put(sos, chosen(FIRST_IP, 1), chosen(OTHER_IP, 2))
    assert (said.body["canary"], said.body["waits"]) == (NODE, [SECOND])
    assert {one["node"]: "mail2" in one["text"] for one in said.body["files"]}[SECOND]
    waiting = (await stood(sos, SECOND))["waiting"]
    assert (waiting["why"], waiting["canary"]) == ("canary", NODE)
    assert (await stood(sos))["canary_for"] == [SECOND]
    assert not file(world, SECOND).due
    await rolled_out(world)
    for _ in range(3):
        await looked(world)
    assert not file(world, SECOND).due
    await looked(world)
    assert file(world, SECOND).due
    assert (await stood(sos, SECOND))["waiting"] is None
    (first, _) = (await sos.get(f"{PMTA}/versions?node={NODE}")).body["items"]
    assert (first["watch"], first["canary_for"]) == ("stood", [SECOND])


async def test_a_breach_on_the_first_node_stops_the_other(world: ApiWorld) -> None:
    sos = await two_nodes(world)
    await put(sos, chosen(FIRST_IP, 1), chosen(OTHER_IP, 2))
    await rolled_out(world)
    await looked(world, well=False)
    waiting = (await stood(sos, SECOND))["waiting"]
    assert waiting["why"] == "breached"
    assert "is not defined" in waiting["said"]
    assert not file(world, SECOND).due


async def test_who_must_not_wait_for_the_first_node_is_approved(world: ApiWorld) -> None:
    sos = await two_nodes(world)
    await put(sos, chosen(FIRST_IP, 1), chosen(OTHER_IP, 2))
    said = await sos.post(f"{PMTA}/nodes/{SECOND}/approve", {"version": 1, "reason": "now"})
    assert said.status == 202, said.body
    assert file(world, SECOND).due


async def test_a_change_that_only_lowers_waits_for_nobody(world: ApiWorld) -> None:
    sos = await two_nodes(world)
    both = [chosen(FIRST_IP, 1), chosen(OTHER_IP, 2)]
    await put(sos, *both)
    said = await put(sos, *(one | {"quota": "20/day"} for one in both))
    assert (said.body["canary"], said.body["waits"]) == (None, [])


async def test_a_node_on_which_the_engine_only_looks_is_no_first_one(world: ApiWorld) -> None:
    sos = await two_nodes(world)
    await world.order(SetAuthority(over=over_node(NODE), mode="observe", why="a test"))
    said = await put(sos, chosen(FIRST_IP, 1), chosen(OTHER_IP, 2))
    assert (said.body["canary"], said.body["waits"]) == (SECOND, [NODE])


async def test_the_same_request_is_the_same_even_if_another_node_would_go_first_now(
    world: ApiWorld,
) -> None:
    sos = await two_nodes(world)
    body = {"virtual_mtas": [chosen(FIRST_IP, 1), chosen(OTHER_IP, 2)]}
    key = {"Idempotency-Key": "once"}
    assert (await sos.ask("PUT", f"{PMTA}/config", body, headers=key)).status == 202
    await world.order(SetAuthority(over=over_node(NODE), mode="observe", why="a test"))
    again = await sos.ask("PUT", f"{PMTA}/config", body, headers=key)
    assert again.status == 200, again.body
    events = [one.event for one in await world.events() if isinstance(one.event, OverlaySet)]
    assert len(events) == 1
