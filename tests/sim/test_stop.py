"""A listing: believed when confirmed, stopped at once, and past whatever is under way."""

from datetime import datetime, timedelta

import pytest

from engine.events.ip import IpStopped, StageEntered
from engine.events.node import QueuesPaused
from engine.ids import IpAddr, Zone
from engine.ports import DnsFailure
from engine.rules.pmta_config import tenant_file
from tests.support.spec import ACME, DAY_1, IP, NODE, OTHER, PSBL, RIVAL, ZEN, day
from tests.support.world import MAIN, World, virtually

VMTA = tenant_file.vmta(ACME, IP)


async def sending(world: World) -> World:
    await world.let("act")
    await world.register_node()
    await world.warm_up()
    await world.warm_up(OTHER, RIVAL)
    await world.run(day(3))
    return world


async def when(world: World, kind: type[object]) -> list[datetime]:
    return [one.at for one in await world.story() if isinstance(one.event, kind)]


def test_a_listing_is_confirmed_and_stopped_within_minutes_of_the_look() -> None:
    async def stopped() -> tuple[timedelta, set[str], str]:
        world = await sending(World())
        world.lists.list(IP, PSBL)
        await world.run(day(4))
        hits = [
            one.at
            for one in await world.story()
            if getattr(one.event, "answers", {}).get(PSBL)
            and one.event.answers[PSBL].verdict == "listed"  # type: ignore[union-attr]
        ]
        (paused, *_) = await when(world, QueuesPaused)
        status = next(iter(world.mailwizz.rows_of[MAIN].values())).status
        return paused - hits[0], world.node.host(NODE).still, status

    took, still, status = virtually(stopped)
    assert timedelta(minutes=5) <= took < timedelta(minutes=6)
    assert still == {VMTA}
    assert status == "disabled"


@pytest.mark.parametrize(
    "trouble",
    [DnsFailure("no answer"), DnsFailure("SERVFAIL"), DnsFailure("REFUSED", refused=True)],
)
def test_silence_and_refusal_stop_nobody_and_clear_nobody(trouble: DnsFailure) -> None:
    async def stops() -> int:
        world = await sending(World())
        for zone in (ZEN, PSBL):
            world.lists.fails[zone] = trouble
        await world.run(day(5))
        return len(await world.happened(IpStopped))

    assert virtually(stops) == 0


def test_a_list_that_lists_everybody_stops_nobody() -> None:
    async def stops() -> int:
        world = await sending(World())
        world.lists.always[PSBL] = ("127.0.0.2",)
        await world.run(day(5))
        return len(await world.happened(IpStopped))

    assert virtually(stops) == 0


def test_a_stop_overtakes_a_rollout_under_way_and_holds_after_its_reload() -> None:
    async def order() -> tuple[list[str], set[str]]:
        world = World()
        world.node.takes_s = 400.0
        await sending(world)
        world.node.done.clear()
        # the hit is confirmed while the rollout of the second stage is under way
        world.lists.list(IP, PSBL)
        await world.run(day(8) + timedelta(hours=1))
        host = world.node.host(NODE)
        return [what for _, _, what in world.node.done], host.still

    done, still = virtually(order)
    assert still == {VMTA}
    assert any(what.startswith("pause") for what in done)


def test_a_pause_outlives_the_reload_of_another_tenant() -> None:
    async def still() -> set[str]:
        world = await sending(World())
        world.lists.list(IP, PSBL)
        await world.run(day(4))
        assert world.node.reload_clears_pauses
        await world.run(day(8) + timedelta(hours=1))  # the rival's second stage was deployed
        return world.node.host(NODE).still

    assert virtually(still) == {VMTA}


def test_a_restart_of_powermta_is_noticed_and_the_pause_pulled_again() -> None:
    async def still() -> set[str]:
        world = await sending(World())
        world.lists.list(IP, PSBL)
        await world.run(day(4))
        world.node.restart(NODE)
        await world.run(day(4) + timedelta(hours=2))
        return world.node.host(NODE).still

    assert virtually(still) == {VMTA}


def test_a_stubborn_node_is_asked_until_it_obeys_and_people_hear_of_it() -> None:
    async def seen() -> tuple[set[str], str]:
        world = await sending(World())
        world.node.stubborn = 3
        world.lists.list(IP, PSBL)
        await world.run(day(4))
        texts = [one.text for one in world.messenger.messages.values()]
        (text,) = [one for one in texts if "IP blacklisted" in one]
        return world.node.host(NODE).still, text

    still, text = virtually(seen)
    assert still == {VMTA}
    assert "queues paused at" in text


def test_clean_again_it_returns_with_its_queues_running_and_its_server_on() -> None:
    async def back() -> tuple[list[int], set[str], str]:
        world = await sending(World())
        world.lists.list(IP, PSBL)
        await world.run(day(6))
        world.lists.clear(IP, PSBL)
        await world.run(day(9))
        stages = [one.stage for one in await world.happened(StageEntered) if one.ip == IP]
        status = world.mailwizz.rows_of[MAIN]
        return stages, world.node.host(NODE).still, next(iter(status.values())).status

    stages, still, status = virtually(back)
    assert stages == [1, 1]
    assert still == set()
    assert status == "active"


def test_a_listed_address_cannot_be_talked_into_sending() -> None:
    async def stages() -> int:
        world = await sending(World())
        world.lists.list(IP, Zone("zen.spamhaus.org"), "127.0.0.2")
        await world.run(day(30))
        return len([one for one in await world.happened(StageEntered) if one.ip == IP])

    assert virtually(stages) == 1
    assert isinstance(IpAddr("203.0.113.7"), str)
    assert day(2) > DAY_1
