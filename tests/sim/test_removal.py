"""An address is given back, and another tenant gets it, with MailWizz's server and all."""

from engine.commands.ip_removal import RemoveIp
from engine.events.effect import EffectRefused, EffectStuck
from engine.events.ip import IpRegistered, StageEntered
from engine.events.ip_removal import IpRemoved, IpWithdrawn
from engine.events.rollout import RolloutEnded, RolloutPlanned
from engine.events.server import ServerClaimed, ServerReleased, ServerTold
from engine.ids import IpAddr, TenantId
from engine.projections.ips import IPS
from engine.rules.pmta_config import tenant_file
from engine.values.node import Depth
from tests.support.spec import ACME, IP, NODE, OTHER, RIVAL, day
from tests.support.world import World, virtually

VMTA = tenant_file.vmta(ACME, IP)


def test_an_address_goes_when_its_mail_is_out_and_comes_back_with_another_tenant() -> None:
    async def story() -> World:
        world = World()
        await world.let("act")
        await world.register_node()
        await world.warm_up()
        host = world.node.host(NODE)
        host.depths = {VMTA: Depth(waiting=300)}
        await world.run(day(3))
        await world.ask(RemoveIp(ip=IP, reason="given back"))
        await world.run(day(12))
        assert VMTA in host.running, "what waits is never bounced, however long it takes"
        assert not await world.happened(IpWithdrawn)
        host.depths = {}
        await world.run(day(13))
        await world.warm_up(IP, RIVAL)
        await world.run(day(16))
        return world

    world = virtually(story)
    host = world.node.host(NODE)
    order = [
        (type(one.event), one.tenant)
        for one in world.log_story
        if isinstance(
            one.event,
            IpRegistered | IpWithdrawn | IpRemoved | ServerReleased | ServerClaimed,
        )
    ]
    assert [kind for kind, tenant in order if tenant == ACME] == [
        *(IpRegistered, ServerClaimed, IpWithdrawn, ServerReleased, IpRemoved)
    ]
    assert [kind for kind, tenant in order if tenant == RIVAL] == [IpRegistered, ServerClaimed]
    assert tenant_file.vmta(RIVAL, IP) in host.running
    assert VMTA not in host.running
    starts = [one.tenant for one in world.log_story if isinstance(one.event, StageEntered)]
    assert starts == [ACME, RIVAL]
    told = [one for one in world.log_story if isinstance(one.event, ServerTold)]
    assert (told[-1].tenant, told[-1].event.row.on) == (RIVAL, True)  # type: ignore[union-attr]
    views = world.last.views
    assert views.get(IPS, f"{ACME}/{IP}").ip == ""
    assert views.get(IPS, f"{RIVAL}/{IP}").ip == IP
    ended = [one.event.ending for one in world.log_story if isinstance(one.event, RolloutEnded)]
    assert set(ended) == {"done"}


def test_a_dead_node_keeps_nobody_from_being_removed_by_force() -> None:
    async def story() -> World:
        world = World()
        await world.let("act")
        await world.register_node()
        await world.warm_up()
        await world.run(day(3))
        world.node.deaf = 10**6
        world.node.faults = ["drop before"] * 1000
        await world.ask(RemoveIp(ip=IP, reason="the host burnt down", force=True, left=300))
        await world.run(day(4))
        return world

    world = virtually(story)
    assert world.last.views.get(IPS, f"{ACME}/{IP}").ip == ""
    (gone,) = [one.event for one in world.log_story if isinstance(one.event, IpRemoved)]
    assert (gone.forced, gone.left) == (True, 300)
    assert [one for one in world.log_story if isinstance(one.event, ServerReleased)]


def test_nobody_elses_vmta_gets_an_address_that_a_file_on_the_node_still_holds() -> None:
    """Whoever let it be registered: the file of its former owner is not replaced for a day."""

    async def story() -> World:
        world = World()
        await world.let("act")
        await world.register_node()
        await world.warm_up()
        await world.warm_up(OTHER, RIVAL)
        await world.run(day(3))
        await world.let("observe", f"tenant-{ACME}")
        await world.ask(RemoveIp(ip=IP, reason="in a hurry", force=True))
        await world.warm_up(IP, RIVAL)
        await world.run(day(4))
        assert VMTA in world.node.host(NODE).running
        await world.let("act", f"tenant-{ACME}")
        await world.run(day(5))
        return world

    world = virtually(story)
    told: dict[TenantId | None, set[IpAddr]] = {}
    planned: dict[TenantId | None, set[IpAddr]] = {}
    for one in world.log_story:
        who, event = one.tenant, one.event
        if isinstance(event, RolloutPlanned):
            planned[who] = {*event.vmtas}
            others = [*told.items(), *planned.items()]
            held = {ip for other, ips in others if other != who for ip in ips}
            assert not held & planned[who], "two VMTAs with one address"
        elif isinstance(event, RolloutEnded):
            ended = planned.pop(who)
            told[who] = ended if event.ending == "done" else told.get(who, set())
    waits = [one.event for one in world.log_story if isinstance(one.event, EffectRefused)]
    assert any(f"{IP} cannot be rendered on {NODE} yet" in one.why for one in waits)
    running = world.node.host(NODE).running
    assert VMTA not in running
    assert {tenant_file.vmta(RIVAL, ip) for ip in (IP, OTHER)} <= set(running)
    assert not [one for one in world.log_story if isinstance(one.event, EffectStuck)]
