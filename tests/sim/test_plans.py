"""Warm-ups on plans of their own, and what results and people do to them, in a whole engine."""

from datetime import datetime, timedelta

from engine.commands.ip import RegisterIp, RequestWarmup
from engine.commands.ip_warmup import HoldWarmup, ResumeWarmup
from engine.events.ip import StageEntered, WarmupFinished
from engine.events.ip_warmup import WarmupPaused, WarmupResumed, WarmupSteppedBack
from engine.events.traffic import TrafficCounted
from engine.ids import Actor, NodeId
from engine.ports import New, Slice
from engine.projections.ips import IPS
from engine.rules.warmup import plans
from engine.values.levers import STOPPED, PerDay
from engine.values.plan import Plan
from engine.values.traffic import Counts
from tests.support.spec import ACME, IP, NODE, PURPOSE, day
from tests.support.world import MAIN, World, virtually

SHORT = plans.own([100, 300, 900], 2, active_per_day=1_000)


async def begun(plan: Plan) -> World:
    world = World()
    await world.let("act")
    await world.register_node()
    await world.ask(RegisterIp(ip=IP, node=NODE, purpose=PURPOSE, instance=MAIN, warmup="manual"))
    await world.ask(RequestWarmup(ip=IP, plan=plan))
    return world


async def stages(world: World) -> list[tuple[datetime, int, PerDay]]:
    return [
        (one.at, one.event.stage, one.event.vmta.levers.output)  # type: ignore[misc]
        for one in await world.story()
        if isinstance(one.event, StageEntered)
    ]


async def mail(world: World, at: datetime, counts: Counts) -> None:
    """As if an accounting file of that day had been read."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    counted = TrafficCounted(
        node=NodeId(NODE), file="f", end=1, day_tz="UTC", hours={hour: {IP: {"gmail": counts}}}
    )
    one = Slice(stream="traffic-test", tenant=ACME, events=[New(world.new_id(), counted)])
    await world.log.append([one], actor=Actor("engine"), cause="a test")


def test_a_plan_of_its_own_is_climbed_to_the_day_and_reaches_the_node() -> None:
    async def climbed() -> tuple[list[tuple[int, int]], list[object], int]:
        world = await begun(SHORT)
        await world.run(day(9))
        seen = [(at.day, stage) for at, stage, _ in await stages(world)]
        caps = [output for _, _, output in await stages(world)]
        return seen, list(caps), len(await world.happened(WarmupFinished))

    seen, caps, ends = virtually(climbed)
    assert seen == [(5, 1), (7, 2), (9, 3)]
    assert caps == [PerDay(100), PerDay(300), PerDay(900)]
    assert ends == 1


def test_a_ramp_has_a_new_cap_every_day() -> None:
    async def climbed() -> list[tuple[int, object]]:
        world = await begun(plans.own([100, 400], 2, interpolation="geometric"))
        await world.run(day(6))
        return [(at.day, output) for at, _, output in await stages(world)]

    caps = [PerDay(100), PerDay(158), PerDay(251), PerDay(400)]
    assert virtually(climbed) == list(zip((5, 6, 7, 8), caps, strict=True))


def test_a_hold_stops_the_ladder_and_a_restart_does_not_forget_it() -> None:
    async def held() -> list[tuple[int, int]]:
        world = await begun(SHORT)
        await world.run(day(2))
        await world.ask(HoldWarmup(ip=IP, reason="a new list"))
        await world.run(day(10), restarts=[day(4), day(8)])
        await world.ask(ResumeWarmup(ip=IP))
        await world.run(day(12))
        return [(at.day, stage) for at, stage, _ in await stages(world)]

    assert virtually(held) == [(5, 1), (15, 2)], "the midnight after it was resumed on the 14th"


def test_bad_results_step_back_and_the_node_is_told_the_lower_cap() -> None:
    async def stepped() -> tuple[list[tuple[datetime, int]], object]:
        world = await begun(SHORT)
        await world.run(day(3) + timedelta(hours=5))
        await mail(world, day(3), Counts(delivered=180, hard=20))
        await world.run(day(4) + timedelta(hours=1))
        steps = [
            (one.at, one.event.stage)
            for one in await world.story()
            if isinstance(one.event, WarmupSteppedBack)
        ]
        return steps, world.last.views.get(IPS, f"{ACME}/{IP}").told

    steps, told = virtually(stepped)
    assert [(at.day, at.hour, stage) for at, stage in steps] == [(8, 0, 1)]
    assert getattr(told, "output", None) == PerDay(100)


def test_awful_results_pause_the_queues_and_a_person_lets_it_go_on() -> None:
    async def paused() -> tuple[int, object, object, int]:
        world = await begun(SHORT)
        await world.run(day(1) + timedelta(hours=5))
        await mail(world, day(1), Counts(delivered=50, hard=50))
        await world.run(day(9))
        told = world.last.views.get(IPS, f"{ACME}/{IP}").told
        await world.ask(ResumeWarmup(ip=IP, reason="the list was cleaned"))
        await world.run(day(9) + timedelta(hours=2))
        after = world.last.views.get(IPS, f"{ACME}/{IP}").told
        pauses = len(await world.happened(WarmupPaused))
        return pauses, told, after, len(await world.happened(WarmupResumed))

    pauses, told, after, resumed = virtually(paused)
    assert (pauses, told, resumed) == (1, STOPPED, 1)
    assert getattr(after, "output", None) == PerDay(100)
