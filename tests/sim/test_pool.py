"""Two addresses of one pool and one of a rival, in a whole engine, when the lists name the two."""

import re

from engine.events.alert import AlertFired
from engine.events.effect import EffectStuck
from engine.events.tenant import PoolExhausted, PoolRefilled
from engine.rules.pmta_config import tenant_file
from tests.support.acme import BESIDE, acme
from tests.support.spec import ACME, IP, NODE, OTHER, RIVAL, ZEN, day
from tests.support.world import World, virtually

_MEMBERS = re.compile(r"<virtual-mta-pool (?P<pool>\S+)>(?P<members>.*?)</virtual-mta-pool>", re.S)


async def begun() -> World:
    world = await acme()
    for ip, tenant in ((IP, ACME), (BESIDE, ACME), (OTHER, RIVAL)):
        await world.warm_up(ip, tenant)
    await world.run(day(3))
    return world


def members(world: World) -> dict[str, list[str]]:
    """Of each pool of Acme, the VirtualMTAs that are dealt its mail."""
    text = world.node.host(NODE).files.get(ACME, "")
    return {
        found["pool"]: re.findall(r"virtual-mta (\S+)", found["members"])
        for found in _MEMBERS.finditer(text)
    }


def rates(world: World) -> dict[str, str]:
    return {name: one.rate for name, one in world.node.host(NODE).running.items()}


def test_others_of_the_pool_take_over_within_their_caps_until_none_is_left() -> None:
    ours, beside, rival = (
        tenant_file.vmta(ACME, IP), tenant_file.vmta(ACME, BESIDE), tenant_file.vmta(RIVAL, OTHER),
    )  # fmt: skip

    async def lived() -> World:
        world = await begun()
        (pool,) = members(world)
        assert members(world) == {pool: sorted([ours, beside])}
        before = rates(world)
        world.lists.list(IP, ZEN)
        await world.run(day(4))
        assert members(world) == {pool: [beside]}, "the other one is dealt all of it"
        assert rates(world)[beside] == before[beside], "at the cap that it has"
        assert not await world.happened(PoolExhausted)
        world.lists.list(BESIDE, ZEN)
        await world.run(day(5))
        assert members(world) == {}, "mail for it is refused, and no other pool takes it"
        assert world.node.host(NODE).still >= {ours, beside}
        assert rates(world)[rival] == before[rival]
        assert rival not in world.node.host(NODE).still
        return world

    world = virtually(lived)
    story = world.log_story
    exhausted = [one.event.purpose for one in story if isinstance(one.event, PoolExhausted)]
    assert exhausted == ["marketing"]
    assert not [one for one in story if isinstance(one.event, PoolRefilled | EffectStuck)]
    fired = [one.event for one in story if isinstance(one.event, AlertFired)]
    (alert,) = [one for one in fired if "pool_exhausted" in one.alert]
    assert alert.severity == "critical"
