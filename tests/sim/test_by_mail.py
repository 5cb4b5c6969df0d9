"""Stages by what was delivered, in a whole engine that reads a node's accounting files."""

import asyncio
from datetime import datetime, timedelta

from engine.commands.ip import RegisterIp, RequestWarmup
from engine.events.ip import StageEntered, WarmupFinished
from engine.rules.warmup import plans
from engine.values.evidence import Days
from engine.values.traffic import Source
from engine.values.tuning import Tuning
from tests.support.accounting import HEADER, line
from tests.support.spec import ACME, IP, NODE, PURPOSE, day
from tests.support.world import MAIN, World, virtually

PLAN = plans.own([100, 300, 900], 2, active_per_day=1_000)
COUNTED = Tuning(
    node_look_every=timedelta(hours=1),
    accounting={NODE: Source(directory="/var/log/pmta/moved")},
    accounting_every=timedelta(hours=1),
)
VMTA = f"{ACME}--{IP.replace('.', '-')}"


async def begun() -> World:
    world = World(tuning=COUNTED)
    await world.let("act")
    await world.register_node()
    await world.ask(RegisterIp(ip=IP, node=NODE, purpose=PURPOSE, instance=MAIN, warmup="manual"))
    await world.ask(RequestWarmup(ip=IP, plan=PLAN))
    return world


def delivered(world: World, at: datetime, number: int) -> None:
    """PowerMTA moves a file of so many deliveries into place."""
    row = line(at=f"{at:%Y-%m-%d %H:%M:%S}+0000", vmta=VMTA, source=IP)
    world.files.files[f"acct-{at:%Y-%m-%dT%H%M}.csv"] = (HEADER + row * number).encode()


async def lived(world: World, numbers: list[int]) -> list[tuple[int, int]]:
    """So many deliveries at noon of each day; the days on which stages began, and which."""
    for n, number in enumerate(numbers, start=1):
        noon = day(n) + timedelta(hours=3)
        await world.run(noon + timedelta(minutes=1))
        if number:
            delivered(world, noon, number)
    await world.run(day(len(numbers) + 1))
    return [
        (one.at.day, one.event.stage)
        for one in await world.story()
        if isinstance(one.event, StageEntered)
    ]


def test_a_clean_address_with_steady_traffic_follows_the_ladder_to_the_day() -> None:
    async def climbed() -> tuple[list[tuple[int, int]], list[Days], int]:
        world = await begun()
        seen = await lived(world, [90, 90, 250, 250, 800, 800])
        why = [one.evidence for one in await world.happened(StageEntered)]
        days = [one for one in why if isinstance(one, Days)]
        return seen, days, len(await world.happened(WarmupFinished))

    seen, days, ends = virtually(climbed)
    assert seen == [(5, 1), (7, 2), (9, 3)]
    assert {(one.counted, one.needed, one.counted_by) for one in days} == {(2, 2, "delivered")}
    assert ends == 1


def test_an_address_that_sends_nothing_does_not_advance() -> None:
    async def idle() -> list[tuple[int, int]]:
        return await lived(await begun(), [0] * 8)

    assert virtually(idle) == [(5, 1)]


def test_a_gap_moves_the_stage_and_a_file_that_comes_late_counts_for_its_day() -> None:
    async def late() -> list[tuple[int, int]]:
        world = await begun()
        await lived(world, [90, 0, 0])
        delivered(world, day(2), 90)  # the node was away; now its file of day 2 is there
        return await lived_on(world, day(5))

    async def lived_on(world: World, until: datetime) -> list[tuple[int, int]]:
        await world.run(until)
        return [(one.stage, int(one.evidence.counted)) for one in await world.happened(StageEntered)
                if isinstance(one.evidence, Days)]  # fmt: skip

    assert virtually(late) == [(2, 2)]


async def away(world: World, days: int, numbers: list[int]) -> list[tuple[int, int]]:
    """The engine is off for so many days while so many deliveries of each go out."""
    await world.run(day(1) + timedelta(hours=1))
    for n, number in enumerate(numbers, start=2):
        if number:
            delivered(world, day(n) + timedelta(hours=3), number)
    await asyncio.sleep(days * 86_400)
    await world.run(day(days + 6))
    return [
        (one.at.day, one.event.stage)
        for one in await world.story()
        if isinstance(one.event, StageEntered)
    ]


def test_ten_days_off_catch_up_by_one_stage_to_what_the_mail_of_those_days_allows() -> None:
    """Not to the calendar: by that it would have finished.  The next stage needs days of its own,
    on which its cap was told, and mail for them.
    """

    async def back() -> tuple[list[tuple[int, int]], int]:
        world = await begun()
        return await away(world, 10, [90] * 10), len(await world.happened(WarmupFinished))

    assert virtually(back) == ([(5, 1), (15, 2)], 0)
