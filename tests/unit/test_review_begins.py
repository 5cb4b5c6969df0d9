"""A review or a suspension that begins while somebody's order is on its way."""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.commands import Command
from engine.commands.ip import AdvanceStage, RegisterIp, RequestWarmup, StartWarmup
from engine.commands.ip_cap import LimitCap
from engine.commands.ip_listing import ReleaseStop
from engine.commands.ip_pause import ResumeIp
from engine.commands.ip_warmup import ResumeWarmup, SkipStage
from engine.commands.tenant import BeginReview, CreateTenant, EndReview, SetCapacity
from engine.commands.tenant_suspension import SuspendTenant
from engine.events import Event
from engine.events.ip import IP as IPS
from engine.events.ip_cap import CapLimited
from engine.events.ip_pause import IpPaused
from engine.events.ip_warmup import WarmupHeld
from engine.events.tenant import TENANT, ReviewBegan
from engine.events.tenant_suspension import TenantSuspended
from engine.ids import Version
from engine.ports import New, Slice
from engine.runtime.command_handler import DECIDERS
from engine.values.levers import STOPPED, Levers, PerDay
from tests.support.samples import DAYS, registered, stage, stopped
from tests.support.spec import ACME, GUARDS, IP, NODE, OTHER, PURPOSE, ZEN, vmta
from tests.support.world import OPERATOR, World, virtually


class Order(NamedTuple):
    """That lets more be sent, and what an address must have lived through for it."""

    given: Sequence[Event]
    command: Command


YESTERDAY = date(2026, 1, 4)
PAUSED = IpPaused(ip=IP, node=NODE, vmta=vmta(STOPPED), reason="odd")
LIMITED = CapLimited(
    ip=IP, node=NODE, vmta=vmta(Levers("open", PerDay(30))), limit=30, quota=30, wanted=50
)
ORDERS = (
    Order([registered("manual")], RequestWarmup(ip=IP)),
    Order([registered()], StartWarmup(ip=IP, guards=GUARDS)),
    Order([registered(), stage(1)], AdvanceStage(ip=IP, stage=2, days=DAYS)),
    Order([registered(), stage(1), WarmupHeld(ip=IP, by="person")], ResumeWarmup(ip=IP)),
    Order(
        [registered(), stage(1)],
        SkipStage(ip=IP, stage=2, entered=YESTERDAY, guards=GUARDS, reason="moved"),
    ),
    Order(
        [registered(), stage(1), stopped(ZEN)],
        ReleaseStop(ip=IP, suspected=(ZEN,), reason="the list has trouble"),
    ),
    Order([registered(), stage(1), PAUSED], ResumeIp(ip=IP)),
    Order([registered(), stage(1), LIMITED], LimitCap(ip=IP, limit=None, quota=None, wanted=50)),
)
NAMES = [type(one.command).__name__ for one in ORDERS]
REVIEW = BeginReview(slug=ACME, why="listings", ips=(IP,), addresses=(IP,))
SUSPEND = SuspendTenant(slug=ACME, reason="unpaid")


async def lived(given: Sequence[Event]) -> World:
    world = World()
    await world.ask(
        CreateTenant(slug=ACME, name="A", brand_domain="a.example", sending_domain_base="s.example")
    )
    events = [New(world.new_id(), event) for event in given]
    await world.log.append(
        [Slice(stream=IPS.stream(IP), tenant=ACME, events=events, expected=Version(0))],
        actor=OPERATOR,
        cause="a test",
    )
    return world


async def later(world: World, seconds: float, command: Command) -> None:
    await asyncio.sleep(seconds)
    await world.ask(command)


def test_each_order_that_lets_more_be_sent_is_tried_here() -> None:
    tried = {type(one.command) for one in ORDERS}
    assert tried == {kind for kind in DECIDERS if kind.rises} | {LimitCap}


@pytest.mark.parametrize("order", ORDERS, ids=NAMES)
def test_each_of_them_is_accepted_where_nothing_bars_it(order: Order) -> None:
    async def story() -> str:
        return (await (await lived(order.given)).ask(order.command)).outcome

    assert virtually(story) == "accepted"


@settings(max_examples=150, deadline=None)
@given(
    order=st.sampled_from(ORDERS),
    bar=st.sampled_from([REVIEW, SUSPEND]),
    milliseconds=st.integers(0, 8),
    seed=st.integers(0, 1_000),
)
def test_whenever_it_begins_nothing_rises_after_it(
    order: Order, bar: Command, milliseconds: int, seed: int
) -> None:
    """What reached the log before it stands; what reached it after was refused."""

    async def story() -> tuple[str, list[Event]]:
        world = await lived(order.given)
        asked = asyncio.create_task(world.ask(order.command))
        await later(world, milliseconds / 1_000, bar)
        answer = await asked
        return answer.outcome, [one.event for one in await world.story()]

    outcome, events = virtually(story, seed)
    (began,) = [n for n, one in enumerate(events) if isinstance(one, ReviewBegan | TenantSuspended)]
    after = [one for one in events[began + 1 :] if getattr(one, "ip", None) == IP]
    assert after == [], "it rose although nothing may"
    before = len([one for one in events[:began] if getattr(one, "ip", None) == IP])
    assert (outcome == "accepted") == (before > len(order.given))


def test_a_quota_takes_away_in_review_too() -> None:
    async def story() -> str:
        world = await lived([registered(), stage(1)])
        await world.ask(REVIEW)
        return (await world.ask(LimitCap(ip=IP, limit=20, quota=20, wanted=50))).outcome

    assert virtually(story) == "accepted"


def test_one_that_begins_between_the_look_and_the_append_refuses_what_was_allowed() -> None:
    """Both are read at the same moment, and the review is written first."""
    order, seen = ORDERS[0], set()
    for seed in range(20):

        async def story() -> str:
            world = await lived(order.given)
            asked, _ = await asyncio.gather(world.ask(order.command), world.ask(REVIEW))
            return f"{asked.outcome}: {asked.why}"

        seen.add(virtually(story, seed))
    assert len(seen) <= 2
    assert any("acme is in review" in one for one in seen)


def test_what_else_happens_to_the_tenant_meanwhile_only_makes_it_look_again() -> None:
    order = ORDERS[0]

    async def story() -> str:
        world = await lived(order.given)
        plan = SetCapacity(slug=ACME, rotation="off")
        asked, _ = await asyncio.gather(world.ask(order.command), world.ask(plan))
        return asked.outcome

    assert {virtually(story, seed) for seed in range(10)} == {"accepted"}


def test_what_a_newer_engine_wrote_of_the_tenant_may_bar_it_so_nothing_rises() -> None:
    async def story() -> tuple[str, str]:
        world = await lived(ORDERS[0].given)
        entries = world.log.database.streams[TENANT.stream(ACME)]
        future = b'{"type":"tenant.of_the_future","slug":"acme"}'
        entries.append(entries[-1]._replace(body=future, version=Version(2)))
        refused = await world.ask(ORDERS[0].command)
        return refused.outcome, refused.why

    outcome, why = virtually(story)
    assert outcome == "rejected"
    assert "tenant-acme holds an event 'tenant.of_the_future'" in why


def test_who_was_free_a_moment_ago_is_looked_at_again_after_the_review_began() -> None:
    async def story() -> list[str]:
        world = await lived(ORDERS[0].given)
        await world.ask(RegisterIp(ip=OTHER, node=NODE, purpose=PURPOSE, warmup="manual"))
        free = await world.ask(RequestWarmup(ip=IP))
        await world.ask(REVIEW)
        barred = await world.ask(RequestWarmup(ip=OTHER))
        await world.ask(EndReview(slug=ACME, reason="cleaned", addresses=(IP, OTHER)))
        return [one.outcome for one in (free, barred, await world.ask(RequestWarmup(ip=OTHER)))]

    assert virtually(story) == ["accepted", "rejected", "accepted"]
