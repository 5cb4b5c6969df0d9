"""Warm-ups through bad luck and odd hours, in a whole engine: what must hold whatever happens."""

import asyncio
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from engine.commands.ip import RetireIp
from engine.events.alert import AlertFired
from engine.events.effect import EffectStuck
from engine.events.ip import IpRested, IpStopped, MonitoringBegan, StageEntered
from engine.events.tenant import PoolExhausted, ReviewBegan
from engine.ids import IpAddr
from engine.projections.ips import IPS
from engine.projections.servers import SERVERS
from engine.rules.pmta_config import tenant_file
from engine.values.levers import PerDay
from engine.values.server import ServerRow
from tests.support.acme import BESIDE, acme
from tests.support.spec import ACME, IP, NODE, OTHER, RIVAL, ZEN, day
from tests.support.world import MAIN, World, virtually

pytestmark = pytest.mark.sim

VMTA = tenant_file.vmta(ACME, IP)
MIDNIGHT = day(8) - timedelta(hours=9)  # the second stage begins
SOON = timedelta(hours=2)  # what is due, and MailWizz's round after it


async def sending(*more: IpAddr) -> World:
    world = await acme()
    for ip in (IP, *more):
        await world.warm_up(ip)
    await world.run(day(3))
    return world


async def off(world: World, until: datetime) -> None:
    """The engine does not run meanwhile; the world goes on."""
    await asyncio.sleep((until - world.clock.now()).total_seconds())


async def stages(world: World, ip: IpAddr = IP) -> list[tuple[datetime, int]]:
    return [
        (one.at, one.event.stage)
        for one in await world.story()
        if isinstance(one.event, StageEntered) and one.event.ip == ip
    ]


def row(world: World, number: int = 1) -> ServerRow:
    return list(world.mailwizz.rows_of[MAIN].values())[number - 1]


def alerts(fired: list[AlertFired], name: str) -> list[str]:
    return [str(one.alert) for one in fired if f"/{name}/" in one.alert]


def test_one_that_is_burnt_in_the_last_hour_of_a_stage_does_not_enter_the_next() -> None:
    async def lived() -> World:
        world = await sending()
        await world.run(MIDNIGHT - timedelta(hours=5))
        world.lists.list(IP, ZEN)
        await world.run(MIDNIGHT + SOON)
        return world

    world = virtually(lived)
    (stop,) = [one.at for one in world.log_story if isinstance(one.event, IpStopped)]
    assert timedelta() < MIDNIGHT - stop < timedelta(hours=5), "on the day that ends"
    entered = [one.event.stage for one in world.log_story if isinstance(one.event, StageEntered)]
    assert entered == [1]
    assert world.node.host(NODE).still == {VMTA}
    assert not row(world).on


def test_a_mailwizz_that_was_away_for_two_days_is_told_what_holds_now_and_people_heard_once() -> (
    None
):
    async def lived() -> tuple[World, list[int]]:
        world = await sending()
        await world.run(day(6))
        world.mailwizz.down.add(MAIN)
        await world.run(day(8))
        seen = [row(world).daily]
        world.mailwizz.down.clear()
        await world.run(day(8) + SOON)
        return world, [*seen, row(world).daily]

    world, daily = virtually(lived)
    assert daily == [50, 200]
    told = world.last.views.get(IPS, f"{ACME}/{IP}").told
    assert getattr(told, "output", None) == PerDay(200), "PowerMTA waits for nobody"
    fired = [one.event for one in world.log_story if isinstance(one.event, AlertFired)]
    assert len(alerts(fired, "mailwizz_silent")) == 1
    assert not [one for one in world.log_story if isinstance(one.event, EffectStuck)]


def test_of_two_rows_with_its_hostname_none_is_touched_until_one_is_left() -> None:
    async def lived() -> tuple[list[ServerRow], list[str], str, int]:
        world = await acme()
        twin = world.mailwizz.add(MAIN, row(world).hostname, daily=900)
        await world.warm_up()
        await world.run(day(3))
        before = list(world.mailwizz.rows_of[MAIN].values())
        fired = alerts(await world.happened(AlertFired), "no_server")
        text = next(one.text for one in world.messenger.messages.values() if "server" in one.text)
        del world.mailwizz.rows_of[MAIN][twin]
        await world.run(day(3) + SOON)
        return before, fired, text, row(world).daily

    before, fired, text, daily = virtually(lived)
    assert [one.daily for one in before if one.hostname == before[0].hostname] == [0, 900]
    assert len(fired) == 1
    assert daily == 50
    assert text


def test_a_quota_edited_by_hand_is_set_back_when_higher_and_kept_when_lower() -> None:
    async def edited() -> list[int]:
        world = await sending()
        rows, seen = world.mailwizz.rows_of[MAIN], []
        for n, daily in enumerate((5_000, 20, 0), start=1):
            number = row(world).server_id
            rows[number] = replace(rows[number], daily=daily)
            await world.run(day(3) + n * SOON)
            seen.append(row(world).daily)
        return seen

    assert virtually(edited) == [50, 20, 50], "0 is unlimited, and so the highest of all"


def test_a_pool_of_two_that_are_rested_at_once_is_exhausted_and_says_so() -> None:
    async def lived() -> World:
        world = await sending(BESIDE)
        world.node.host(NODE).depths = {}
        for ip in (IP, BESIDE):
            await world.ask(RetireIp(ip=ip, how="at_once"))
        await world.run(day(3) + SOON)
        return world

    world = virtually(lived)
    story = [one.event for one in world.log_story]
    assert [one.purpose for one in story if isinstance(one, PoolExhausted)] == ["marketing"]
    fired = [one for one in story if isinstance(one, AlertFired)]
    assert len(alerts(fired, "pool_exhausted")) == 1
    assert {one.ip for one in story if isinstance(one, IpRested)} == {IP, BESIDE}
    assert "<virtual-mta-pool" not in world.node.host(NODE).files[ACME]
    assert not [one for one in story if isinstance(one, EffectStuck | ReviewBegan)]


def test_all_of_a_tenant_listed_at_once_are_stopped_reviewed_and_nobody_elses_is() -> None:
    async def lived() -> World:
        world = await sending(BESIDE)
        await world.warm_up(OTHER, RIVAL)
        await world.run(day(3) + SOON)
        for ip in (IP, BESIDE):
            world.lists.list(ip, ZEN)
        await world.run(day(3) + 4 * SOON)
        return world

    world = virtually(lived)
    story = [one.event for one in world.log_story]
    assert {one.ip for one in story if isinstance(one, IpStopped)} == {IP, BESIDE}
    assert len([one for one in story if isinstance(one, ReviewBegan)]) == 1
    assert len([one for one in story if isinstance(one, PoolExhausted)]) == 1
    assert world.node.host(NODE).still == {VMTA, tenant_file.vmta(ACME, BESIDE)}
    assert tenant_file.vmta(RIVAL, OTHER) in world.node.host(NODE).running
    theirs = world.last.views.get(SERVERS, f"{RIVAL}/{OTHER}")
    assert getattr(theirs.row, "on", False)
    assert not [one for one in story if isinstance(one, EffectStuck)]


@pytest.mark.parametrize(
    ("asleep", "entered"),
    [
        (day(2), [1, 8]),  # within a stage: its days counted, for the node kept its levers
        (day(6), [1, 9]),  # over a midnight that begins one: it begins when the engine is back
    ],
)
def test_three_days_off_cost_a_warm_up_no_more_than_they_held_up(
    asleep: datetime, entered: list[int]
) -> None:
    async def lived() -> list[int]:
        world = await acme()
        await world.warm_up()
        await world.run(asleep)
        await off(world, asleep + timedelta(days=3))
        await world.run(day(9) + timedelta(hours=2))
        return [(at.date() - day(1).date()).days + 1 for at, _ in await stages(world)]

    assert virtually(lived) == entered


def test_off_while_it_rests_and_is_watched_it_goes_on_when_the_engine_is_back() -> None:
    async def lived() -> list[tuple[type[object], int]]:
        world = await sending()
        world.node.host(NODE).depths = {}
        await world.ask(RetireIp(ip=IP, how="at_once"))
        await world.run(day(3) + SOON)
        await off(world, day(36))
        await world.run(day(36) + SOON)
        await off(world, day(43) - SOON)
        await world.run(day(43) + SOON)
        return [
            (type(one.event), (one.at.date() - day(1).date()).days + 1)
            for one in await world.story()
            if isinstance(one.event, IpRested | MonitoringBegan | StageEntered)
        ]

    assert virtually(lived) == [
        (StageEntered, 1), (IpRested, 3), (MonitoringBegan, 36), (StageEntered, 43),
    ]  # fmt: skip


def test_what_was_listed_while_the_engine_was_off_does_not_start_on_the_looks_before() -> None:
    async def lived() -> list[int]:
        world = await sending()
        world.node.host(NODE).depths = {}
        await world.ask(RetireIp(ip=IP, how="at_once"))
        await world.run(day(3) + SOON)
        await off(world, day(34))
        await world.run(day(34) + SOON)
        world.lists.list(IP, ZEN)
        await off(world, day(50))
        await world.run(day(50) + SOON)
        return [stage for _, stage in await stages(world)]

    assert virtually(lived) == [1]


def test_what_was_listed_while_the_engine_was_off_is_stopped_when_it_is_back() -> None:
    async def lived() -> tuple[list[timedelta], set[str]]:
        world = await sending()
        await world.run(day(6))
        world.lists.list(IP, ZEN)
        back = day(9)
        await off(world, back)
        await world.run(back + SOON)
        stops = [one.at - back for one in await world.story() if isinstance(one.event, IpStopped)]
        assert [stage for _, stage in await stages(world)] == [1], "no raise on the looks before"
        return stops, world.node.host(NODE).still

    (took,), still = virtually(lived)
    assert took < timedelta(minutes=10)
    assert still == {VMTA}
