"""When a stage is over where the node's traffic is counted: by what was delivered."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from engine.commands.ip import AdvanceStage
from engine.commands.ip_warmup import JudgeWarmup
from engine.effects import Dispatch
from engine.events.ip import WarmupRequested
from engine.events.ip_cap import CapLimited
from engine.events.ip_warmup import WarmupHeld, WarmupPaused, WarmupResumed, WarmupSteppedBack
from engine.events.server import ServerTold
from engine.events.traffic import TrafficCounted
from engine.ids import ServerId
from engine.reactors.reactor import Agenda
from engine.reactors.results import results
from engine.reactors.stage_days import ends
from engine.reactors.warmup import life
from engine.rules import ladder, timing
from engine.rules.days import midnight
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.rules.warmup import plans
from engine.values.evidence import Days
from engine.values.levers import STOPPED, Levers, PerDay
from engine.values.results import Results
from engine.values.server import ServerRow, ServerWish
from engine.values.traffic import Counts
from tests.support.sample_values import RESULTS as FOUND
from tests.support.samples import finished, looked, pointed, registered, stage, stopped, told
from tests.support.spec import DAY_1, HOSTNAME, IP, NODE, ReactorSpec, day, vmta

BY_MAIL = ReactorSpec(results((NODE,)))
FULL, BIT = Counts(delivered=50), Counts(delivered=3)
WARM: list[Any] = [registered(), stage(1), told(ladder.levers(1))]
FAR = day(60)


def mail(n: int, counts: Counts = FULL, read: datetime | None = None) -> tuple[datetime, Any]:
    """Of day ``n``, and counted on it unless said otherwise."""
    at = day(n)
    counted = TrafficCounted(
        node=NODE, file="a.csv", end=1, day_tz="UTC",
        hours={at.replace(minute=0): {IP: {"gmail": counts}}},
    )  # fmt: skip
    return read or at, counted


def night(n: int) -> datetime:
    """The midnight at which day ``n`` begins."""
    return midnight(day(n).date(), "UTC")


def early(n: int) -> tuple[datetime, Any]:
    """The first mail of day ``n``, counted ten minutes after midnight."""
    hours = {night(n): {IP: {"gmail": Counts(delivered=1)}}}
    counted = TrafficCounted(node=NODE, file="a.csv", end=2, day_tz="UTC", hours=hours)
    return night(n) + timedelta(minutes=10), counted


def agenda(given: Sequence[Any], at: datetime) -> Agenda:
    return BY_MAIL.reactor.react(BY_MAIL.view(given), at)


def advances(given: Sequence[Any], at: datetime) -> list[AdvanceStage]:
    commands = [one.command for one in agenda(given, at).effects if isinstance(one, Dispatch)]
    return [one for one in commands if isinstance(one, AdvanceStage)]


def first(given: Sequence[Any], until: datetime = FAR) -> tuple[datetime, Days] | None:
    """When it asks for the next stage if nothing more happens, by what evidence."""
    at = max(one[0] if isinstance(one, tuple) else DAY_1 for one in given)
    while at <= until:
        if found := advances(given, at):
            return at, found[0].days
        wake = agenda(given, at).wake_at
        if wake is None:
            return None
        assert wake > at
        at = wake
    return None


WEEK = [mail(n) for n in range(1, 8)]


def test_steady_traffic_ends_a_stage_to_the_day_once_the_last_day_is_accounted_for() -> None:
    given = [*WARM, *WEEK, early(8)]
    (step,) = advances(given, night(8) + timedelta(minutes=10))
    assert (step.stage, step.ip) == (2, IP)
    assert step.days == Days(
        first=DAY_1.date(), counted=7, needed=4, counted_by="delivered", accounting="read"
    )


def test_the_accounting_of_the_last_day_is_waited_for_but_not_for_ever() -> None:
    given = [*WARM, *WEEK]
    assert advances(given, night(8)) == []
    found = first(given)
    assert found is not None
    assert found[0] == night(8) + timing.ACCOUNTING_WAIT
    assert found[1].accounting == "waited", "and the event says so"


def test_before_its_days_are_over_no_stage_ends_however_much_went_out() -> None:
    assert advances([*WARM, *WEEK[:6], early(7)], night(7) + timedelta(hours=1)) == []


def test_four_days_with_mail_are_enough_and_three_are_not() -> None:
    four = [*WARM, *(mail(n) for n in (1, 3, 5, 7))]
    found = first(four)
    assert found is not None
    assert (found[0].date(), found[1].counted) == (day(8).date(), 4)
    assert first([*WARM, *(mail(n) for n in (1, 3, 5))]) is None


def test_a_day_without_delivery_never_counts() -> None:
    nothing = [mail(n, Counts(hard=5)) for n in range(1, 31)]
    assert first([*WARM, *nothing]) is None


def test_a_stage_that_lacked_a_day_ends_after_the_first_later_one_that_counts() -> None:
    given = [*WARM, *WEEK[:3], mail(10)]
    found = first(given)
    assert found is not None
    assert found[0].date() == day(11).date()


@pytest.mark.parametrize(
    ("counts", "counts_so"),
    [
        (Counts(delivered=5, deferred=30), True),  # a tenth of the cap
        (Counts(delivered=4, deferred=30), False),
        (Counts(delivered=4), True),  # nothing was put off: there was no more
        (Counts(delivered=4, held=1), False),  # a whole queue was: who knows how much waits
    ],
)
def test_a_day_counts_by_the_cap_or_because_there_was_no_more(
    counts: Counts, counts_so: bool
) -> None:
    given = [*WARM, *(mail(n, counts) for n in range(1, 8))]
    assert (first(given) is not None) is counts_so


def test_the_fill_is_measured_against_the_lower_of_what_powermta_and_mailwizz_were_told() -> None:
    row = ServerRow(ServerId(3), HOSTNAME, "active", 30, 6)
    lower = ServerTold(ip=IP, wish=ServerWish(on=True, daily=30), row=row)
    days = [mail(n, Counts(delivered=3, deferred=9)) for n in range(1, 8)]
    assert first([*WARM, *days]) is None
    assert first([*WARM, lower, *days]) is not None
    off = replace(lower, wish=replace(lower.wish, on=False))
    assert first([*WARM, off, *days]) is None, "one that is off lets nothing out, and caps nothing"


def test_a_node_that_was_told_nothing_lets_no_day_count() -> None:
    assert first([registered(), stage(1), *WEEK]) is None
    late = [registered(), stage(1), *WEEK[:4], (day(5), told(ladder.levers(1))), *WEEK[4:]]
    assert first(late) is None, "only days 5, 6 and 7 had a cap"


def test_late_evidence_counts_for_its_own_day_and_ends_the_stage_when_it_comes() -> None:
    noon = day(12)
    given = [*WARM, *WEEK[:3], mail(6, read=noon)]
    assert first([*WARM, *WEEK[:3]]) is None
    (step,) = advances(given, noon)
    assert step.days.counted == 4
    # and the days of the stage before are none of the next one
    anew = [*given, (noon, stage(2)), (noon, told(ladder.levers(2))), mail(7, read=day(13))]
    assert BY_MAIL.view(anew).mail.by_day == {}


def test_however_late_it_comes_there_is_one_advance_a_day() -> None:
    plan = plans.own([100, 300, 900], 1)
    begun = [registered(), WarmupRequested(ip=IP, plan=plan), stage(1)]
    given = [*begun, told(ladder.levers(1)), mail(1), early(2)]
    at = night(2) + timedelta(minutes=10)
    (step,) = advances(given, at)
    assert step.days.needed == 1
    after = [*given, (at, stage(2)), (at, told(ladder.levers(2))), mail(2, Counts(delivered=90))]
    assert advances(after, at + timedelta(hours=20)) == []
    assert first(after)[0] == night(3) + timing.ACCOUNTING_WAIT  # type: ignore[index]


def test_the_finished_day_is_judged_before_the_stage_advances() -> None:
    bad = mail(7, Counts(delivered=150, hard=50))
    given = [*WARM, *WEEK[:6], bad, early(8)]
    (effect,) = agenda(given, night(8) + timedelta(minutes=10)).effects
    assert isinstance(effect, Dispatch)
    assert isinstance(effect.command, JudgeWarmup)


def test_what_holds_it_keeps_its_stage_whatever_was_delivered() -> None:
    held = WarmupHeld(ip=IP, by="person", reason="a new list")
    given = [*WARM, *WEEK[:6], (day(6), held), WEEK[6], early(8)]
    assert first(given) is None
    again = WarmupResumed(ip=IP, node=NODE, vmta=stage(1).vmta, by="person")
    resumed = [*given, (day(9), again)]
    assert advances(resumed, day(9)) == []
    found = first(resumed)
    assert found is not None
    assert found[0].date() == day(10).date(), "the midnight after"


def test_days_on_which_it_was_paused_do_not_count() -> None:
    results_: Results = FOUND
    pause = WarmupPaused(ip=IP, node=NODE, vmta=vmta(STOPPED), results=results_)
    again = WarmupResumed(ip=IP, node=NODE, vmta=stage(1).vmta, by="person")
    given = [*WARM, *WEEK[:3], (day(4), pause), (day(5), again), mail(4), mail(5), mail(6)]
    found = BY_MAIL.view(given).mail.each("UTC", day(9).date())
    assert sorted(found) == [date(2026, 1, n) for n in (5, 6, 7, 10)]


def test_days_on_which_the_node_was_told_to_stand_still_do_not_count() -> None:
    """As after a stop by a list that was released within the day."""
    given = [*WARM, *WEEK[:4], (day(5), told(STOPPED)), (day(5), told(ladder.levers(1))), WEEK[4]]
    found = BY_MAIL.view(given).mail.each("UTC", day(9).date())
    assert sorted(found) == [date(2026, 1, n) for n in range(5, 9)]


def test_the_day_that_is_not_over_says_nothing_yet() -> None:
    view = BY_MAIL.view([*WARM, *WEEK[:3], mail(9)])
    assert ends(view, day(9).date()) is None
    assert ends(view, day(10).date()) == day(10).date()


def test_after_a_step_back_the_days_begin_anew() -> None:
    back = WarmupSteppedBack(ip=IP, node=NODE, stage=1, vmta=stage(1).vmta, by="person")
    up = [*WARM, stage(2), told(ladder.levers(2)), *WEEK[:4], (day(5), back)]
    assert BY_MAIL.view(up).mail.by_day == {}
    assert first([*up, *(mail(n) for n in range(5, 9))]) is not None
    assert first([*up, *(mail(n) for n in range(5, 8))]) is None


def test_where_no_traffic_is_counted_this_reactor_ends_no_stage() -> None:
    elsewhere = ReactorSpec(results(()))
    given = [*WARM, *WEEK, early(8)]
    assert elsewhere.effects(given, night(8) + timedelta(hours=1)) == []


def test_where_it_is_counted_being_told_ends_no_stage() -> None:
    given = [registered(), pointed(HOSTNAME), looked(), stage(1), told(ladder.levers(1))]

    def asked(spec: ReactorSpec[Any]) -> list[object]:
        effects = spec.effects(given, day(9))
        return [one.command for one in effects if isinstance(one, Dispatch)]

    assert [type(one) for one in asked(ReactorSpec(life(DEFAULT)))] == [AdvanceStage]
    assert asked(ReactorSpec(life(DEFAULT, (NODE,)))) == []


def test_what_does_not_warm_up_gets_no_stage() -> None:
    for ended in (finished(), stopped()):
        assert first([*WARM, *WEEK, (day(8), ended)]) is None


def test_rows_dated_ahead_do_not_say_that_the_day_was_read() -> None:
    """A node whose clock is ahead by an hour."""
    ahead = (night(8) - timedelta(minutes=20), early(8)[1])
    given = [*WARM, *WEEK, ahead]
    assert advances(given, night(8) + timedelta(minutes=1)) == []


# --- the strict rule, and the quota --------------------------------------------------------------


def test_by_the_strict_rule_only_days_that_delivered_nine_tenths_of_the_cap_count() -> None:
    """Named when the plan is given; 45 of 50 are exactly nine tenths, and not more."""
    strict = replace(plans.DEFAULT_PLAN, day_rule="delivered_90")
    asked = WarmupRequested(ip=IP, plan=strict)
    few = [registered(), asked, replace(stage(1), plan=strict), told(ladder.levers(1))]
    nearly = [*few, *(mail(n, Counts(delivered=45)) for n in range(1, 8)), early(8)]
    assert moves(nearly) is None
    more = [*few, *(mail(n, Counts(delivered=46)) for n in range(1, 8)), early(8)]
    assert moves(more) == night(8)
    loose = [*WARM, *(mail(n, Counts(delivered=45)) for n in range(1, 8)), early(8)]
    assert moves(loose) == night(8)


def test_what_its_quota_holds_down_does_not_climb_on_a_cap_that_was_never_told() -> None:
    low = CapLimited(
        ip=IP, node=NODE, vmta=vmta(Levers("open", PerDay(20))), limit=20, quota=40, wanted=100
    )
    clamped = [*WARM, low, *(mail(n, Counts(delivered=20)) for n in range(1, 12)), early(12)]
    assert moves(clamped) is None
    freed = replace(low, vmta=stage(1).vmta, limit=None, quota=None)
    again = [*clamped, (night(12), freed), *(mail(n) for n in range(12, 18))]
    assert moves([*again, mail(18), early(19)]) == night(19), "the days before had another cap"


def moves(given: Sequence[Any]) -> datetime | None:
    """The midnight at which the stage is over."""
    view = BY_MAIL.view(given)
    over = ends(view, day(40).date())
    return None if over is None else midnight(over, "UTC")
