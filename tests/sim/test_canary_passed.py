"""The only address of the node that goes first is withdrawn before its file was written."""

import pytest

from engine.commands.ip import RegisterIp
from engine.commands.ip_removal import RemoveIp
from engine.commands.tenant import CreateTenant, SetOverlay
from engine.events.rollout import CanaryPassed, RolloutWatched
from engine.ids import IpAddr, NodeId
from engine.projections.rollouts import ROLLOUTS
from engine.values.overlay import Chosen
from tests.support.spec import ACME, HOSTNAME, IP, NODE, OTHER, PURPOSE, day
from tests.support.world import MAIN, World, virtually

pytestmark = pytest.mark.sim
SECOND, THIRD = NodeId("pmta-2"), NodeId("pmta-3")
LAST = IpAddr("203.0.113.9")
NODES = {IP: NODE, OTHER: SECOND, LAST: THIRD}


def test_those_that_waited_for_it_are_tried_one_after_the_other_without_a_person() -> None:
    async def story() -> World:
        world = World()
        await world.let("act")
        create = CreateTenant(
            slug=ACME, name="A", brand_domain="a.example", sending_domain_base="b.example"
        )
        await world.ask(create)
        for ip, node in NODES.items():
            await world.register_node(node)
            await world.let("act", f"node-{node}")
            register = RegisterIp(ip=ip, node=node, purpose=PURPOSE, instance=MAIN, warmup="manual")
            await world.ask(register)
        await world.run(day(1) + (day(2) - day(1)) / 24)
        assert not world.node.host(NODE).files
        chosen = {ip: Chosen(f"mta-{node}", HOSTNAME) for ip, node in NODES.items()}
        await world.ask(
            SetOverlay(slug=ACME, virtual_mtas=chosen, nodes=NODES, ready=tuple(NODES.values()))
        )
        await world.ask(RemoveIp(ip=IP, reason="given back", force=True, left=0))
        await world.run(day(2))
        return world

    world = virtually(story)
    passed = [one.event for one in world.log_story if isinstance(one.event, CanaryPassed)]
    assert passed == [CanaryPassed(node=NODE, overlay=1, followers=(SECOND, THIRD))]
    states = {
        node: world.last.views.get(ROLLOUTS, f"{node}/{ACME}").state for node in NODES.values()
    }
    assert states == dict.fromkeys(NODES.values(), "told")
    for node in (SECOND, THIRD):
        assert HOSTNAME in world.node.host(node).files[ACME]
    ends = [one.event for one in world.log_story if isinstance(one.event, RolloutWatched)]
    assert [(one.node, one.followers) for one in ends if one.over] == [
        (SECOND, (THIRD,)),
        (THIRD, ()),
    ], "one after the other"
    assert ACME not in world.node.host(NODE).files
