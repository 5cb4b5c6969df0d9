"""One address from registration to the end of its warm-up, and what the world was told."""

from datetime import timedelta

import pytest

from engine.events.alert import AlertFired
from engine.events.ip import StageEntered, WarmupFinished
from engine.ids import IpAddr
from engine.projections.ips import IPS
from engine.rules.dnsbl import question
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.values.levers import PerDay
from engine.values.phase import Phase
from tests.support.spec import ACME, DAY_1, IP, NODE, day
from tests.support.world import MAIN, World, virtually

KEY = f"{ACME}/{IP}"


async def warmed(world: World, *, restarts: int = 0) -> World:
    await world.let("act")
    await world.register_node()
    await world.warm_up()
    every = (day(45) - DAY_1) / (restarts + 1)
    awkward = timedelta(seconds=31)  # in the middle of a rollout
    stops = [DAY_1 + awkward, *(DAY_1 + every * n + awkward for n in range(1, restarts))]
    await world.run(day(45), restarts=stops if restarts else ())
    return world


@pytest.mark.parametrize("restarts", [0, 9])
def test_the_ladder_is_climbed_to_the_day(restarts: int) -> None:
    async def climbed() -> World:
        return await warmed(World(), restarts=restarts)

    world = virtually(climbed)
    stages = [
        (one.at.date(), one.event.stage, one.event.vmta.levers.output)
        for one in world.log_story
        if isinstance(one.event, StageEntered)
    ]
    caps = (50, 200, 500, 1500, 5000, 10_000)
    assert stages == [(day(1 + 7 * n).date(), n + 1, PerDay(cap)) for n, cap in enumerate(caps)]
    assert sum(isinstance(one.event, WarmupFinished) for one in world.log_story) == 1
    assert world.last.views.get(IPS, KEY).phase is Phase.ACTIVE


def test_each_cap_reaches_the_node_and_mailwizz() -> None:
    async def told() -> tuple[list[str], list[tuple[int, int]]]:
        world = World()
        changes: list[tuple[int, int]] = []
        world.mailwizz.on_change(
            lambda where, before, after: changes.append((after.daily, after.hourly))
        )
        await warmed(world)
        swaps = [what for _, _, what in world.node.done if what.startswith("swap")]
        return swaps, changes

    swaps, changes = virtually(told)
    assert len(swaps) == 6, "ACTIVE sends what the last stage sent, so no file changes"
    assert changes == [(50, 10), (200, 40), (500, 100), (1500, 300), (5000, 1000), (10_000, 2000)]


def test_people_hear_of_each_stage_and_that_it_has_finished() -> None:
    async def texts() -> list[str]:
        return [one.text for one in (await warmed(World())).messenger.messages.values()]

    told = virtually(texts)
    titles = ["Warm-up started", *["Warm-up stage reached"] * 5, "Warm-up finished"]
    assert len(told) == len(titles)
    for text, title in zip(told, titles, strict=True):
        assert title in text
        assert IP in text


def test_an_address_without_reverse_dns_waits_and_starts_once_it_has_one() -> None:
    async def started() -> tuple[int, str]:
        world = World()
        await world.let("act")
        await world.register_node()
        names = world.lists.names.pop(IP)
        await world.warm_up()
        await world.run(day(3))
        before = len(await world.happened(StageEntered))
        world.lists.names[IP] = names
        await world.run(day(3) + timedelta(minutes=20))
        (entered,) = await world.happened(StageEntered)
        return before, entered.vmta.hostname

    assert virtually(started) == (0, "mail1.acme.example")


def test_a_node_that_was_never_told_lets_no_stage_pass() -> None:
    async def stages() -> list[int]:
        world = World()
        await world.let("act", "engine", f"tenant-{ACME}")
        await world.register_node()
        await world.warm_up()
        await world.run(day(30))
        return [one.stage for one in await world.happened(StageEntered)]

    assert virtually(stages) == [1], "days count on which the node was told"


def test_a_missing_delivery_server_is_told_and_the_address_warms_up() -> None:
    async def seen() -> tuple[int, set[str]]:
        world = World()
        await world.let("act")
        await world.register_node()
        world.mailwizz.rows_of[MAIN].clear()
        await world.warm_up()
        await world.run(day(2))
        fired = {str(one.alert) for one in await world.happened(AlertFired)}
        return len(await world.happened(StageEntered)), fired

    assert virtually(seen) == (1, {f"acme/no_server/{IP}#1", f"acme/warmup_stage/{IP}#1"})


def test_an_ipv6_address_lives_the_same_life() -> None:
    ip = IpAddr("2001:db8::7")

    async def stages() -> list[int]:
        world = World()
        await world.let("act")
        await world.register_node()
        world.lists.names[ip] = ("mail6.acme.example",)
        world.lists.v6["mail6.acme.example"] = (ip,)
        world.mailwizz.add(MAIN, "mail6.acme.example")
        for zone in DEFAULT:  # the test entry of RFC 5782 5 for IPv6
            world.lists.v4[question(IpAddr("::ffff:7f00:2"), zone)] = ("127.0.0.2",)
        await world.warm_up(ip)
        await world.run(day(9))
        assert "acme--2001-db8--7" in world.node.host(NODE).running
        return [one.stage for one in await world.happened(StageEntered)]

    assert virtually(stages) == [1, 2]
