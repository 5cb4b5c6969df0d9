"""Two tenants on one node, one of them in trouble: to the other it is as if it were alone."""

from engine.commands.ip_suspension import SuspendIp
from engine.commands.tenant import CreateTenant
from engine.commands.tenant_suspension import SuspendTenant
from engine.events.effect import EffectRefused, EffectStuck
from engine.events.ip import IpStopped, StageEntered
from engine.events.node import PauseFailed
from engine.events.rollout import RolloutEnded, RolloutUnknown
from engine.events.server import ServerFailed
from engine.ids import NodeId, TenantId
from engine.ports import Fence, NodeFile, NodeRefused, NodeSilent
from engine.values.levers import PerDay
from tests.support import apart
from tests.support.fake_node import FakeNode
from tests.support.fake_resolver import SERVER_FAILED
from tests.support.spec import ACME, IP, OTHER, PSBL, RIVAL, ZEN, day
from tests.support.world import MAIN, World, virtually


class Troubled(FakeNode):
    """What the first tenant wants of it goes wrong, each time in another way."""

    tries = 0

    async def apply(self, node: NodeId, file: NodeFile, *, before: str, fence: Fence) -> None:
        if file.tenant == ACME:
            self.tries += 1
            if self.tries % 4 == 1:
                raise NodeRefused(f"{node}: disk full")
            if self.tries % 4 == 2:
                raise NodeSilent(f"{node}: connection lost")
        await super().apply(node, file, before=before, fence=fence)
        if file.tenant == ACME and self.tries % 4 == 3:
            raise NodeSilent(f"{node}: connection lost afterwards")

    async def pause(self, node: NodeId, vmta: str) -> None:
        self.tries += 1
        if vmta.startswith(ACME) and self.tries % 3:
            raise NodeSilent(f"{node}: connection lost")
        await super().pause(node, vmta)


async def joins(world: World, slug: TenantId) -> None:
    create = CreateTenant(
        slug=slug, name=slug, brand_domain=f"{slug}.example",
        sending_domain_base=f"mail.{slug}.example",
    )  # fmt: skip
    await world.ask(create, slug)
    await world.warm_up(IP if slug == ACME else OTHER, slug)


def lived(*, troubled: bool) -> World:
    async def main() -> World:
        world = World()
        world.node = Troubled()
        world.restart()
        await world.let("act")
        await world.register_node()
        if troubled:
            await joins(world, ACME)
        await joins(world, RIVAL)
        await world.run(day(3))
        if troubled:
            for zone in (PSBL, ZEN):
                world.lists.list(IP, zone)
            world.lists.fails["mail1.acme.example"] = SERVER_FAILED
        await world.run(day(6))
        if troubled:
            world.lists.clear(IP, PSBL)
            rows = world.mailwizz.rows_of[MAIN]
            (number,) = (n for n, one in rows.items() if one.hostname == "mail1.acme.example")
            del rows[number]
        await world.run(day(9))
        if troubled:
            await world.ask(SuspendTenant(slug=ACME, reason="enough"))
            await world.ask(SuspendIp(ip=IP, reason="enough"))
        await world.run(day(12))
        return world

    return virtually(main)


def test_nothing_that_befalls_one_tenant_is_to_be_seen_in_the_life_of_the_other() -> None:
    beside, alone = lived(troubled=True), lived(troubled=False)
    ours, theirs = apart.of(beside.log_story, RIVAL), apart.of(alone.log_story, RIVAL)
    assert set(ours) == set(theirs)
    for stream, happened in theirs.items():
        assert ours[stream] == happened, stream

    kinds = {type(one.event) for one in beside.log_story if one.tenant == ACME}
    trouble = {IpStopped, RolloutEnded, RolloutUnknown, PauseFailed}
    assert trouble <= kinds, "there was trouble enough"
    stages = [one.event for one in alone.log_story if isinstance(one.event, StageEntered)]
    outputs = [one.vmta.levers.output for one in stages]
    assert outputs == [PerDay(50), PerDay(200)], "and a life to be seen"
    stuck = [one.event for one in alone.log_story if isinstance(one.event, EffectStuck)]
    assert not stuck
    assert ServerFailed not in {type(one.event) for one in alone.log_story}
    assert EffectRefused not in {type(one.event) for one in alone.log_story}
