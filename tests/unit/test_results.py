"""When the results of a warm-up are judged, and what is asked for then."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from engine.commands.ip_warmup import JudgeWarmup
from engine.deciders.ip import DECIDER
from engine.effects import Deploy, Dispatch
from engine.events.ip import IpEvent
from engine.events.ip_warmup import WarmupHeld, WarmupPaused, WarmupResumed, WarmupSteppedBack
from engine.events.traffic import TrafficCounted
from engine.projections.results import Warming
from engine.reactors.mailwizz import MAILWIZZ
from engine.reactors.results import results
from engine.reactors.rollout import ROLLOUT
from engine.rules.days import midnight
from engine.values.levers import STOPPED
from engine.values.traffic import Counts
from tests.support.samples import finished, registered, stage, stopped
from tests.support.spec import DAY_1, IP, NODE, OTHER, ReactorSpec, day, vmta

RESULTS = ReactorSpec(results(()))
FINE = Counts(delivered=195, hard=5)
BAD = Counts(delivered=180, hard=20)  # proved above 5 %, and not above 10 %
AWFUL = Counts(delivered=100, hard=100)
WARM: list[Any] = [registered(), stage(1), (day(1), stage(2))]


def mail(at: datetime, counts: Counts, provider: str = "gmail", ip: Any = IP) -> tuple[Any, Any]:
    hour = at.replace(minute=0)
    counted = TrafficCounted(
        node=NODE, file="acct.csv", end=1, day_tz="UTC", hours={hour: {ip: {provider: counts}}}
    )
    return at, counted


def judgements(given: Sequence[Any], at: datetime) -> list[JudgeWarmup]:
    effects = RESULTS.effects(given, at)
    commands = [one.command for one in effects if isinstance(one, Dispatch)]
    return [one for one in commands if isinstance(one, JudgeWarmup)]


def lived(*counts: Counts, days: int) -> list[tuple[datetime, IpEvent]]:
    """What decider and reactor make of it together, a day after the other from stage 3 on."""
    story: list[Any] = [*WARM, stage(3)]
    state = DECIDER.initial
    for event in story:
        state = DECIDER.evolve(state, event[1] if isinstance(event, tuple) else event)
    happened: list[tuple[datetime, IpEvent]] = []
    for n in range(1, days + 1):
        if n <= len(counts):
            story.append(mail(day(n), counts[n - 1]))
        now = midnight(day(n + 1).date(), "UTC")
        for _ in range(3):
            asked = judgements(story, now)
            events = [event for one in asked for event in DECIDER.decide(state, one, now)]
            assert len(events) == len(asked), "what is asked for is done, or it would be stuck"
            for event in events:
                state = DECIDER.evolve(state, event)
                story.append((now, event))
                happened.append((now, event))
    return happened


def test_bad_results_are_judged_when_the_day_is_over_and_not_before() -> None:
    given = [*WARM, mail(DAY_1, BAD)]
    assert judgements(given, DAY_1 + timedelta(hours=14)) == []
    assert RESULTS.wakes(given, DAY_1 + timedelta(hours=14)) == midnight(day(2).date(), "UTC")
    (asked,) = judgements(given, midnight(day(2).date(), "UTC"))
    assert (asked.stage, asked.results.kind) == (2, "step_back")
    (rate, *_) = asked.results.rates
    assert (rate.provider, rate.count, rate.of) == ("gmail", 20, 200)


def test_good_results_ask_for_nothing() -> None:
    given = [*WARM, mail(DAY_1, FINE)]
    assert RESULTS.effects(given, day(2)) == []
    assert RESULTS.wakes(given, day(2)) == midnight(day(3).date(), "UTC")


def test_without_mail_there_is_nothing_to_judge() -> None:
    assert RESULTS.effects(WARM, day(9)) == []
    assert RESULTS.wakes(WARM, day(9)) is None


def test_what_does_not_warm_up_is_not_judged() -> None:
    for ended in (finished(), stopped()):
        assert RESULTS.effects([*WARM, mail(DAY_1, AWFUL), ended], day(2)) == []
    assert RESULTS.effects([registered(), mail(DAY_1, AWFUL)], day(2)) == []


def test_the_day_is_the_tenants() -> None:
    """23:30 UTC on the 5th is the 6th in Paris."""
    late = datetime(2026, 1, 5, 23, 30, tzinfo=UTC)
    paris = [registered(day_tz="Europe/Paris"), stage(1), stage(2), mail(late, BAD)]
    view: Warming = RESULTS.view(paris)
    assert list(view.by_day) == [date(2026, 1, 6)]
    assert judgements(paris, midnight(date(2026, 1, 7), "Europe/Paris"))


def test_late_rows_count_for_their_own_day_and_another_address_for_itself() -> None:
    late = mail(DAY_1, BAD)
    view: Warming = RESULTS.view([*WARM, mail(DAY_1, FINE), (day(3), late[1])])
    assert view.by_day == {DAY_1.date(): {"gmail": FINE + BAD}}
    other = mail(DAY_1, AWFUL, ip=OTHER)[1]
    both = TrafficCounted(
        node=NODE, file="f", end=2, day_tz="UTC",
        hours={DAY_1: {IP: {"gmail": FINE}, OTHER: other.hours[DAY_1][OTHER]}},
    )  # fmt: skip
    assert RESULTS.view([*WARM, both]).by_day == {DAY_1.date(): {"gmail": FINE}}
    later = DAY_1 + timedelta(hours=1)
    hours = {DAY_1: {IP: {"gmail": FINE}}, later: {OTHER: {"gmail": AWFUL}}}
    apart = TrafficCounted(node=NODE, file="f", end=2, day_tz="UTC", hours=hours)
    assert RESULTS.view([*WARM, apart]).by_day == {DAY_1.date(): {"gmail": FINE}}


def test_a_warm_up_that_starts_anew_is_not_judged_by_the_one_before() -> None:
    listed = [*WARM, mail(DAY_1, AWFUL), (day(2), stopped())]
    view: Warming = RESULTS.view(listed)
    assert view.by_day == {}
    anew = [*listed, (day(5), stage(1))]
    assert judgements(anew, day(6)) == []
    late = (day(5), mail(day(1), AWFUL)[1])
    assert judgements([*anew, late], day(6)) == [], "rows that come late, of a day before"
    assert judgements([*anew, mail(day(5), AWFUL)], day(6)) != []


def test_a_month_is_kept_and_not_more() -> None:
    given = [*WARM, *(mail(day(n), FINE) for n in range(1, 60))]
    view: Warming = RESULTS.view(given)
    assert min(view.by_day) == (day(59) - timedelta(days=30)).date()


def test_one_bad_day_steps_back_once_and_the_new_cap_is_judged_by_itself() -> None:
    happened = lived(BAD, FINE, FINE, FINE, days=9)
    (step, on) = happened
    assert isinstance(step[1], WarmupSteppedBack)
    assert (step[0], step[1].stage, step[1].by) == (midnight(day(2).date(), "UTC"), 2, "results")
    assert isinstance(on[1], WarmupResumed)
    assert on[0] == midnight(day(4).date(), "UTC"), "two good days at the lower cap"


def test_bad_days_on_and_on_step_back_to_the_first_stage_and_hold_there() -> None:
    happened = [event for _, event in lived(*[BAD] * 8, days=9)]
    steps = [event.stage for event in happened if isinstance(event, WarmupSteppedBack)]
    assert steps == [2, 1]
    assert not any(isinstance(event, WarmupResumed) for event in happened)
    assert happened[-1] == happened[1], "at stage 1, held since the step back, nothing is left"


def test_a_bad_first_stage_is_held() -> None:
    given = [registered(), stage(1), mail(DAY_1, BAD)]
    (asked,) = judgements(given, day(2))
    held = WarmupHeld(ip=IP, by="results", results=asked.results)
    assert judgements([*given, (day(2), held)], day(3)) == []


def test_awful_results_pause_until_a_person_resumes_and_count_no_more_then() -> None:
    ((_, pause),) = lived(AWFUL, FINE, FINE, FINE, FINE, days=8)
    assert isinstance(pause, WarmupPaused)
    again = WarmupResumed(ip=IP, node=NODE, vmta=stage(2).vmta, by="person")
    given = [*WARM, mail(DAY_1, AWFUL), (day(2), pause), (day(3), again)]
    assert judgements(given, day(4)) == []
    assert judgements([*given, mail(day(3), AWFUL)], day(4)) != []


def test_a_pause_by_results_is_a_stop_and_waits_for_nobody() -> None:
    """For no company of the same file; and MailWizz is off 10 s after PowerMTA at the latest."""
    (asked,) = judgements([*WARM, mail(DAY_1, AWFUL)], day(2))
    pause = WarmupPaused(ip=IP, node=NODE, vmta=vmta(STOPPED), results=asked.results)
    files, servers = ReactorSpec(ROLLOUT), ReactorSpec(MAILWIZZ)
    stopping = [(day(2), stage(1)), (day(2), pause)]
    assert [type(one) for one in files.effects(stopping, day(2))] == [Deploy]
    raising = [(day(2), stage(1)), (day(2), stage(2))]
    assert files.effects(raising, day(2)) == [], "it waits for company"
    assert servers.view([registered(), *stopping]).after == day(2) + timedelta(seconds=10)
