"""What a start records of the nodes in its configuration."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from engine.app.first import Starter
from engine.config import Node
from engine.events.host import HostRegistered
from engine.ids import EngineId
from engine.projections.authorities import AUTHORITIES
from engine.values.authority import Mode, over_node
from tests.support.spec import DAY_1, NODE
from tests.support.world import World, virtually

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"


def test_a_hosts_key_is_kept_without_the_address_of_whoever_made_it() -> None:
    async def started() -> list[str]:
        world = World()
        engine = world.engine
        starter = Starter(engine.handler, engine.views, world.log, world.new_id)
        for comment in (" jane.doe@acme.example", "", "  root@mta-1 of July "):
            table = Node(host="192.0.2.1", host_key=KEY + comment)
            await starter.nodes({NODE: table}, EngineId("main"))
        return [one.host_key for one in await world.happened(HostRegistered)]

    assert virtually(started) == [KEY]


@pytest.mark.parametrize("wanted", ["act", "observe"])
def test_a_table_says_who_acts_on_a_new_node_and_a_known_ones_change_is_not_passed_over(
    wanted: Mode,
) -> None:
    other: Mode = "act" if wanted == "observe" else "observe"

    async def started() -> tuple[list[Mode], list[str]]:
        world = World()
        modes: list[Mode] = []
        with capture_logs() as said:
            for n, mode in enumerate((wanted, other), 1):
                engine = world.last  # whose views are folded
                starter = Starter(engine.handler, engine.views, world.log, world.new_id)
                table = Node(host="192.0.2.1", host_key=KEY, authority=mode)
                await starter.nodes({NODE: table}, EngineId("main"))
                await world.run(DAY_1 + timedelta(minutes=n))
                modes.append(world.last.views.get(AUTHORITIES, over_node(NODE)).mode)
        return modes, [one["event"] for one in said if one["event"] == "node.acts"]

    modes, said = virtually(started)
    assert modes == [wanted, wanted]
    assert said == (["node.acts"] if other == "observe" else [])
