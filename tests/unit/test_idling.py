"""What becomes of an address that sends nothing for days."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given as each
from hypothesis import settings
from hypothesis import strategies as st

from engine.commands.ip_warmup import RewarmIp
from engine.deciders.ip import DECIDER
from engine.effects import Dispatch
from engine.errors import Rejected
from engine.events.effect import EffectRefused
from engine.events.ip import RetirementStepped
from engine.events.ip_suspension import IpSuspended, SuspensionEnded
from engine.events.ip_warmup import RewarmBegan, WarmupPaused, WarmupResumed
from engine.events.traffic import TrafficCounted
from engine.ids import EffectKey
from engine.projections.idling import ASK_AGAIN
from engine.reactors.idling import idling
from engine.rules import ladder, lifecycle, timing
from engine.rules.days import midnight
from engine.rules.warmup import start
from engine.rules.warmup.plans import DEFAULT_PLAN
from engine.values.levers import STOPPED, Levers
from engine.values.phase import Phase
from engine.values.target import Target
from engine.values.traffic import Counts
from tests.support.sample_values import RESULTS
from tests.support.samples import finished, registered, retiring, stage, stopped
from tests.support.spec import IP, NODE, DeciderSpec, ReactorSpec, day, vmta

ADDRESS = DeciderSpec(DECIDER)
WATCH = ReactorSpec(idling({NODE}))
ACTIVE: list[Any] = [registered(), *(stage(n) for n in range(1, 7)), finished()]


def mail(n: int, delivered: int, **others: int) -> tuple[datetime, TrafficCounted]:
    """Of that day."""
    hours = {day(n): {IP: {"gmail": Counts(delivered=delivered, **others)}}}
    counted = TrafficCounted(node=NODE, file="f", end=n, day_tz="UTC", hours=hours)
    return day(n), counted


def rewarmed(to: int, idle_days: int, n: int, volume: int = 4_000) -> tuple[datetime, RewarmBegan]:
    return day(n), RewarmBegan(
        ip=IP, node=NODE, stage=to, vmta=vmta(ladder.levers(to)), idle_days=idle_days,
        last=day(n - idle_days).date(), volume=volume, read=day(n),
    )  # fmt: skip


def asked(given: Sequence[Any], at: datetime) -> list[tuple[int, int]]:
    """Idle days and volume."""
    commands = [one.command for one in WATCH.effects(given, at) if isinstance(one, Dispatch)]
    return [(one.idle_days, one.volume) for one in commands if isinstance(one, RewarmIp)]


def due(n: int) -> datetime:
    """On that day, once the accounting of the day before can have been read."""
    return midnight(day(n).date(), "UTC") + 2 * timing.ACCOUNTING_WAIT


SENT: list[Any] = [*ACTIVE, *(mail(n, 4_000) for n in range(1, 8))]  # last on day 7


def test_a_week_without_mail_changes_nothing_and_the_eighth_day_asks() -> None:
    assert asked(SENT, day(14)) == []
    assert WATCH.wakes(SENT, day(14)) == due(15)
    assert asked(SENT, due(15)) == [(8, 4_000)]


def test_then_it_is_asked_again_when_less_is_left_of_it() -> None:
    half = [*SENT, rewarmed(4, 8, 15)]
    assert WATCH.wakes(half, day(16)) == due(22)
    assert asked(half, due(22)) == [(15, 4_000)]
    quarter = [*half, rewarmed(3, 15, 22)]
    assert asked(quarter, due(38)) == [(31, 4_000)]
    anew = [*quarter, rewarmed(1, 31, 38)]
    assert (asked(anew, day(99)), WATCH.wakes(anew, day(99))) == ([], None)


def test_late_rows_that_lower_what_it_sustained_ask_for_no_other_step() -> None:
    half = [*ACTIVE, mail(1, 4_000), mail(7, 4_000), rewarmed(4, 8, 15)]
    late = [*half, *(mail(n, 10) for n in range(2, 7))]
    assert asked(late, day(16)) == []


def test_a_warm_up_that_starts_anew_has_sustained_nothing_yet() -> None:
    given = [*SENT, stopped(), (day(20), stage(1)), (day(21), stage(2))]
    assert asked(given, due(28)) == [(8, 0)]


def test_mail_that_goes_out_begins_the_count_anew() -> None:
    again = [*SENT, mail(13, 10)]
    assert asked(again, due(15)) == []
    assert WATCH.wakes(again, due(15)) == due(21)
    lower = [*SENT, rewarmed(4, 8, 15), *(mail(n, 1_400) for n in range(16, 23))]
    assert asked(lower, due(29)) == []
    assert asked(lower, due(30)) == [(8, 1_400)], "half of it may be lost once more"


def test_what_was_only_put_off_or_bounced_is_no_delivery() -> None:
    tried = [*SENT, mail(14, 0, deferred=900, block=30)]
    assert asked(tried, due(15)) == [(8, 4_000)]


def test_one_that_never_sent_since_it_started_counts_from_its_start() -> None:
    begun = [registered(), (day(3), stage(1)), (day(4), stage(2))]
    assert asked(begun, due(10)) == []
    assert asked(begun, due(11)) == [(8, 0)]
    first = [registered(), (day(3), stage(1))]
    assert asked(first, day(99)) == [], "there is nothing under the first stage"


@pytest.mark.parametrize(
    "ends",
    [
        stopped(),
        retiring("steps", ladder.levers(3)),
        WarmupPaused(ip=IP, node=NODE, vmta=vmta(STOPPED), results=RESULTS),
    ],
)
def test_what_may_not_send_is_not_idle(ends: Any) -> None:
    assert asked([*SENT, ends], day(60)) == []


def test_after_a_pause_its_idle_days_begin_anew() -> None:
    pause = WarmupPaused(ip=IP, node=NODE, vmta=vmta(STOPPED), results=RESULTS)
    again = WarmupResumed(ip=IP, node=NODE, vmta=stage(3).vmta, by="person")
    given = [registered(), stage(1), stage(2), stage(3), mail(1, 400), pause, (day(20), again)]
    assert asked(given, day(21)) == []
    assert asked(given, due(28)) == [(8, 400)]


def test_where_no_traffic_is_counted_silence_says_nothing() -> None:
    deaf = ReactorSpec(idling(()))
    assert deaf.effects(SENT, day(60)) == []


def test_a_refusal_is_asked_again_some_hours_later() -> None:
    refused = EffectRefused(
        key=EffectKey("k"), effect="command.dispatch", target=Target("ip", IP), why="not read"
    )
    given = [*SENT, (due(15), refused)]
    assert asked(given, due(15)) == []
    assert WATCH.wakes(given, due(15)) == due(15) + ASK_AGAIN
    assert asked(given, due(15) + ASK_AGAIN) == [(8, 4_000)]


def test_what_it_sustained_is_the_median_of_the_last_days_with_mail() -> None:
    given = [*ACTIVE, *(mail(n, one) for n, one in enumerate((9, 9, 9, 50, 60, 8_000), 1))]
    assert asked(given, day(60)) == [(8, 9)]
    seven = [*given, mail(7, 70), mail(8, 80), mail(9, 90), mail(10, 95)]
    assert asked(seven, day(60)) == [(8, 80)]


# --- the address ---------------------------------------------------------------------------------


def rewarm(days: int, *, volume: int = 4_000, read: datetime | None = None) -> RewarmIp:
    last = day(1).date()
    return RewarmIp(
        ip=IP, since=last, idle_days=days, last=last, volume=volume, read=read or day(1 + days)
    )


@pytest.mark.parametrize(
    ("days", "volume", "to"),
    [
        (8, 4_000, 4),  # half of it: 1,500 is the highest cap within 2,000
        (14, 10_000, 5),
        (15, 4_000, 3),  # a quarter of it
        (30, 4_000, 3),
        (31, 4_000, 1),
        (120, 10_000, 1),
        (8, 0, 1),
    ],
)
def test_an_active_address_falls_as_the_table_says(days: int, volume: int, to: int) -> None:
    command = rewarm(days, volume=volume)
    began = RewarmBegan(
        ip=IP, node=NODE, stage=to, vmta=vmta(ladder.levers(to)), idle_days=days,
        last=day(1).date(), volume=volume, read=day(1 + days),
    )  # fmt: skip
    state = DECIDER.initial
    for event in ACTIVE:
        state = DECIDER.evolve(state, event)
    assert list(DECIDER.decide(state, command, day(1 + days))) == [began]
    after = DECIDER.evolve(state, began)
    assert (after.place, after.stage) == (lifecycle.WARMING, to)
    assert not list(DECIDER.decide(after, command, day(1 + days))), "once"


def test_a_warm_up_never_rises_by_it() -> None:
    third = [registered(), stage(1), stage(2), stage(3)]
    ADDRESS.decides(given=third, when=rewarm(8, volume=100_000), then=[])
    ADDRESS.decides(given=third, when=rewarm(8, volume=1_000), then=[])


@pytest.mark.parametrize("read", [day(8), day(1)])
def test_mail_that_was_not_counted_yet_is_no_idleness(read: datetime) -> None:
    why = Rejected(
        f"whether {IP} was idle is not known: the accounting of {NODE} is not read up to now"
    )
    ADDRESS.decides(given=ACTIVE, when=rewarm(8, read=read), then=why)


def test_and_nothing_is_believed_where_the_accounting_is_silent() -> None:
    last = day(1).date()
    unread = RewarmIp(ip=IP, since=last, idle_days=31, last=last, volume=4_000)
    why = Rejected(
        f"whether {IP} was idle is not known: the accounting of {NODE} is not read up to now"
    )
    ADDRESS.decides(given=ACTIVE, when=unread, then=why)


@pytest.mark.parametrize(
    "still", [stopped(), retiring("at_once", Levers("closed", STOPPED.output))]
)
def test_what_sends_nothing_for_another_reason_is_left_alone(still: Any) -> None:
    ADDRESS.decides(given=[*ACTIVE, still], when=rewarm(31), then=[])


@settings(max_examples=300)
@each(st.integers(0, 20_000), st.integers(0, 120), st.integers(0, 120))
def test_the_longer_it_idles_the_lower_it_starts(volume: int, days: int, more: int) -> None:
    stages = [start.after_idling(volume, n, DEFAULT_PLAN) for n in (days, days + more)]
    assert 1 <= stages[1] <= stages[0] <= DEFAULT_PLAN.stages


@settings(max_examples=300)
@each(st.integers(200, 20_000), st.integers(8, 120))
def test_it_starts_under_what_is_left_of_what_it_sustained(volume: int, days: int) -> None:
    cap = DEFAULT_PLAN.caps[start.after_idling(volume, days, DEFAULT_PLAN) - 1]
    left = volume * start.idle(days).percent // 100
    assert cap <= max(left, DEFAULT_PLAN.caps[0])


def test_the_watch_asks_on_every_day_on_which_the_table_has_another_line() -> None:
    left = [start.idle(n).percent for n in range(121)]
    changes = tuple(n for n in range(1, 121) if left[n] != left[n - 1])
    assert changes == start.IDLE_STEPS


# --- while its tenant is suspended ---------------------------------------------------------------


def test_while_it_is_suspended_it_is_not_idle_and_afterwards_its_days_begin_anew() -> None:
    off = IpSuspended(ip=IP, node=NODE, vmta=vmta(STOPPED), reason="unpaid")
    on = SuspensionEnded(ip=IP, node=NODE, vmta=vmta(ladder.active()), phase=Phase.ACTIVE, stage=0)
    given = [*SENT, (day(9), off)]
    assert asked(given, day(60)) == []
    assert asked([*given, (day(40), on)], day(47)) == []
    assert asked([*given, (day(40), on)], due(48)) == [(8, 4_000)]


def test_one_that_retires_is_not_idle_while_it_falls() -> None:
    step = RetirementStepped(ip=IP, node=NODE, vmta=stage(3).vmta, step=1)
    given = [*SENT, retiring("steps", ladder.active()), step]
    assert asked(given, day(60)) == []
