"""DELETE of an address, and what the API shows of a node and of its queues."""

from engine.events.ip_removal import IpRemoved, IpWithdrawn
from engine.events.node import NodeLooked, QueuesSeen
from engine.events.rollout import RolloutEnded, RolloutPlanned
from engine.ids import IpAddr
from engine.values.levers import STOPPED
from engine.values.node import Depth, Measures
from tests.contract.test_api import IP, IPS, NEW_IP
from tests.support.api_world import SOS, ApiWorld
from tests.support.spec import NODE, vmta

GIVEN_BACK = {"reason": "given back"}


async def test_a_removal_says_what_it_waits_for_until_it_is_done(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    await sos.post(IPS, {**NEW_IP, "hostname": "mail1.sos-mail.com"})
    said = await sos.ask("DELETE", f"{IPS}/{IP}", GIVEN_BACK)
    assert (said.status, said.body["removed"]) == (202, False)
    assert [why.split(":")[0] for why in said.body["waits_for"]] == ["intake", "queue"]
    assert (await sos.get(f"{IPS}/{IP}")).body["removal"] == "asked"
    again = await sos.ask("DELETE", f"{IPS}/{IP}", GIVEN_BACK)
    assert again.status == 202
    assert world.tags().count("ip.removal_asked") == 1


async def test_force_is_an_admins_and_names_the_count_of_what_waits(world: ApiWorld) -> None:
    admin, sos, _ = await world.two_tenants()
    await sos.post(IPS, NEW_IP)
    seen = QueuesSeen(node=NODE, depths={IpAddr(IP): Depth(waiting=42)})
    await world.happens(SOS, IP, seen)
    force = {"reason": "the host is gone", "force": True}
    assert (await sos.ask("DELETE", f"{IPS}/{IP}", force)).problem[:2] == (403, "forbidden")
    said = await admin.ask("DELETE", f"{IPS}/{IP}", {**force, "tenant": SOS})
    assert (said.status, said.body["removed"], said.body["waiting"]) == (200, True, 42)
    assert (await sos.get(f"{IPS}/{IP}")).status == 404
    assert (await sos.get(IPS)).body["items"] == []
    assert (await sos.ask("DELETE", f"{IPS}/{IP}", GIVEN_BACK)).status == 404


async def test_a_forced_removal_that_is_asked_twice_is_answered_as_it_was_done(
    world: ApiWorld,
) -> None:
    """What waited and which domains it had is blank by then, and the request is the same."""
    admin, sos, _ = await world.two_tenants()
    await sos.post("/api/v2/domains", {"domain": "sos-mail.com"})
    await sos.post(IPS, NEW_IP)
    await world.happens(SOS, IP, QueuesSeen(node=NODE, depths={IpAddr(IP): Depth(waiting=42)}))
    force = {"reason": "the host is gone", "force": True, "tenant": SOS}
    once = {"Idempotency-Key": "one"}
    first = await admin.ask("DELETE", f"{IPS}/{IP}", force, headers=once)
    length = world.length
    again = await admin.ask("DELETE", f"{IPS}/{IP}", force, headers=once)
    assert (first.status, again.status, world.length) == (200, 200, length)
    other = {**force, "reason": "another one"}
    said = await admin.ask("DELETE", f"{IPS}/{IP}", other, headers=once)
    assert said.problem[:2] == (422, "key-reused")


async def test_nobody_registers_what_another_tenants_file_on_the_node_still_holds(
    world: ApiWorld,
) -> None:
    _, sos, ulixai = await world.two_tenants()
    await sos.post(IPS, NEW_IP)
    ip = IpAddr(IP)
    planned = RolloutPlanned(node=NODE, vmtas={ip: vmta(STOPPED)}, digest="d", before="")
    await world.happens(
        SOS,
        IP,
        *(planned, RolloutEnded(node=NODE, ending="done")),
        *(IpWithdrawn(ip=ip, node=NODE, vmta=vmta(STOPPED)), IpRemoved(ip=ip, node=NODE)),
    )
    taken = await ulixai.post(IPS, NEW_IP)
    assert taken.problem == (409, "taken", "$.address")
    assert taken.body["detail"] == "this address is taken"
    gone = RolloutPlanned(node=NODE, vmtas={}, digest="", before="d")
    done = RolloutEnded(node=NODE, ending="done")
    await world.happens(SOS, IP, gone, done)
    assert (await ulixai.post(IPS, NEW_IP)).status == 201


async def test_an_address_shows_what_waits_and_its_node_how_it_does(world: ApiWorld) -> None:
    admin, sos, _ = await world.two_tenants()
    await sos.post(IPS, NEW_IP)
    assert (await sos.get(f"{IPS}/{IP}")).body["queue"] is None
    depth = Depth(waiting=42, kb=1.5, connections=2, failing=1, error="ETIMEDOUT")
    await world.happens(SOS, IP, QueuesSeen(node=NODE, depths={IpAddr(IP): depth}))
    shown = (await sos.get(f"{IPS}/{IP}")).body["queue"]
    assert (shown["waiting"], shown["failing"], shown["error"]) == (42, 1, "ETIMEDOUT")
    measures = Measures(waiting=42, load=0.5, disks={"/var": 60})
    await world.happens(None, IP, NodeLooked(node=NODE, paused=(), measures=measures))
    for path in ("/api/v2/powermta/nodes", "/api/v2/nodes"):
        (node,) = (await admin.get(path)).body["items"]
        assert node["measures"]["disks"] == {"/var": 60}
        assert node["measures"]["load"] == 0.5
