"""One of two tenants on a node is suspended for a week, in a whole engine."""

from functools import cache
from typing import Any

from msgspec.structs import replace

from engine.commands.ip_suspension import EndSuspension, SuspendIp
from engine.commands.tenant import CreateTenant
from engine.commands.tenant_suspension import ResumeTenant, SuspendTenant
from engine.events import Event, Recorded
from engine.events.effect import EffectRefused, EffectStuck
from engine.events.ip import StageEntered
from engine.ids import IpAddr, TenantId
from engine.projections.ips import IPS
from engine.values.levers import STOPPED
from engine.values.phase import Phase
from tests.support import apart
from tests.support.spec import ACME, IP, NODE, OTHER, RIVAL, day
from tests.support.world import MAIN, World, virtually

WHY = "an unpaid invoice"
ROWS = {IP: "mail1.acme.example", OTHER: "mail1.rival.example"}


async def begun() -> World:
    world = World()
    await world.let("act")
    await world.register_node()
    for slug in (ACME, RIVAL):
        create = CreateTenant(
            slug=slug, name=slug, brand_domain=f"{slug}.example",
            sending_domain_base=f"mail.{slug}.example",
        )  # fmt: skip
        await world.ask(create, slug)
    await world.warm_up(IP, ACME)
    await world.warm_up(OTHER, RIVAL)
    return world


def lever(world: World, ip: IpAddr) -> tuple[bool, bool]:
    """Whether its queues stand still, and whether MailWizz sends there."""
    name = f"{ACME if ip == IP else RIVAL}--{ip.replace('.', '-')}"
    rows = world.mailwizz.rows_of[MAIN].values()
    on = next(one.on for one in rows if one.hostname == ROWS[ip])
    return name in world.node.host(NODE).still, on


def switched_off(world: World, ip: IpAddr) -> None:
    """By a person, in MailWizz's pages."""
    rows = world.mailwizz.rows_of[MAIN]
    (number,) = (number for number, one in rows.items() if one.hostname == ROWS[ip])
    rows[number] = replace(rows[number], status="disabled")


@cache
def lived(*, suspends: bool, by_hand: bool = False) -> tuple[World, list[Any]]:
    async def main() -> tuple[World, list[Any]]:
        world = await begun()
        seen: list[Any] = []
        await world.run(day(4))
        seen.append((lever(world, IP), lever(world, OTHER)))
        if by_hand:
            switched_off(world, IP)
            await world.run(day(5))
        if suspends:
            await world.ask(SuspendTenant(slug=ACME, reason=WHY))
            await world.ask(SuspendIp(ip=IP, reason=WHY))
        await world.run(day(11))
        seen.append((lever(world, IP), lever(world, OTHER)))
        seen.append(world.last.views.get(IPS, f"{ACME}/{IP}"))
        if suspends:
            await world.ask(ResumeTenant(slug=ACME, reason="paid"))
            await world.ask(EndSuspension(ip=IP))
        await world.run(day(12))
        seen.append((lever(world, IP), lever(world, OTHER)))
        return world, seen

    return virtually(main)


def of(world: World, tenant: TenantId) -> list[Recorded[Event]]:
    return [one for one in world.log_story if one.tenant == tenant]


def test_its_queues_stand_still_and_its_server_is_off_until_it_is_resumed() -> None:
    world, seen = lived(suspends=True)
    sends, stands = (False, True), (True, False)
    before, during, row, after = seen
    assert (before, during, after) == ((sends, sends), (stands, sends), (sends, sends))
    assert (row.phase, row.stage, row.vmta.levers, row.suspended) == (
        Phase.WARMING,
        1,
        STOPPED,
        True,
    )
    stages = [one.event.stage for one in of(world, ACME) if isinstance(one.event, StageEntered)]
    assert stages == [1], "no day counted while it lasted"
    assert not [
        one for one in world.log_story if isinstance(one.event, EffectStuck | EffectRefused)
    ]


def test_a_server_that_a_person_had_switched_off_stays_off() -> None:
    _, seen = lived(suspends=True, by_hand=True)
    assert seen[-1] == ((False, False), (False, True))


def test_the_other_tenant_lives_as_if_nothing_had_happened() -> None:
    (held, _), (free, _) = lived(suspends=True), lived(suspends=False)
    assert apart.of(held.log_story, RIVAL) == apart.of(free.log_story, RIVAL)
