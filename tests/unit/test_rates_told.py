"""Bounces, complaints and blocks above their lines: told when proved, shown when only crossed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.effects import NoteRate
from engine.events.traffic import RateSeen, TrafficCounted
from engine.projections.alerts import ALERTS, Alert
from engine.projections.projection import first
from engine.reactors.alert_text import message
from engine.reactors.rates import RATES
from engine.rules.rates import crossing
from engine.values.crossing import Crossing, Told
from engine.values.traffic import Counts
from tests.support.samples import registered
from tests.support.spec import DAY_1, IP, NODE, ReactorSpec, record

EYE = ReactorSpec(RATES)
HOUR = datetime(2026, 1, 5, 8, tzinfo=UTC)


def standing(signal: Told, count: int, of: int, before: Crossing) -> Crossing:
    return crossing.standing(crossing.LINES[signal], count, of, before)


TOLD = st.sampled_from(sorted(crossing.LINES))


@pytest.mark.parametrize(
    ("signal", "count", "of", "told"),
    [
        ("complaint", 1, 50, "crossed"),  # one complaint in fifty mails is information
        ("complaint", 1, 1_000, "ok"),  # on the line is not over it
        ("complaint", 1, 999, "crossed"),
        ("complaint", 6, 1_000, "proved"),
        ("complaint", 4, 1_000, "crossed"),
        ("bounce", 1, 10, "ok"),  # too few to say anything
        ("bounce", 2, 20, "crossed"),
        ("bounce", 50, 1_000, "ok"),
        ("bounce", 74, 1_000, "proved"),
        ("bounce", 60, 1_000, "crossed"),
        ("bounce", 4, 4, "ok"),
        ("bounce", 0, 0, "ok"),
        ("block", 20, 100, "ok"),
        ("block", 21, 100, "crossed"),
        ("block", 35, 100, "proved"),
    ],
)
def test_what_is_proved_and_what_is_only_above_the_line(
    signal: Told, count: int, of: int, told: Crossing
) -> None:
    assert standing(signal, count, of, "ok") == told


def test_a_rate_is_over_until_it_is_clearly_below() -> None:
    assert standing("bounce", 45, 1_000, "proved") == "proved"
    assert standing("bounce", 41, 1_000, "crossed") == "crossed"
    assert standing("bounce", 39, 1_000, "proved") == "ok"
    assert standing("complaint", 0, 10, "crossed") == "ok"


@given(TOLD, st.integers(0, 400), st.integers(1, 4_000))
def test_one_more_never_makes_a_rate_look_better(signal: Told, count: int, of: int) -> None:
    order = ["ok", "crossed", "proved"]
    one, more = (standing(signal, n, of, "ok") for n in (min(count, of), min(count + 1, of)))
    assert order.index(more) >= order.index(one)


@given(TOLD, st.integers(0, 400), st.integers(1, 4_000))
def test_what_is_proved_lies_above_the_line(signal: Told, count: int, of: int) -> None:
    if standing(signal, min(count, of), of, "ok") == "proved":
        assert min(count, of) / of > crossing.LINES[signal].threshold


def mail(
    hard: int = 0, complaints: int = 0, delivered: int = 0, hours: int = 0, block: int = 0
) -> TrafficCounted:
    counts = Counts(delivered=delivered, hard=hard, complaints=complaints, block=block)
    at = HOUR + timedelta(hours=hours)
    return TrafficCounted(
        node=NODE, file="f", end=1, day_tz="UTC", hours={at: {IP: {"yahoo": counts}}}
    )


def seen(signal: Told, now: Crossing, count: int = 0, of: int = 0) -> RateSeen:
    return RateSeen(
        ip=IP, signal=signal, standing=now, count=count, of=of, threshold=0.05, chance=0.5
    )


def test_each_crossing_is_written_down_once() -> None:
    bad = mail(hard=200, delivered=800)
    (note,) = EYE.effects([registered(), bad])
    assert isinstance(note, NoteRate)
    assert (note.signal, note.standing, note.count, note.of) == ("bounce", "proved", 200, 1_000)
    told = [registered(), bad, seen("bounce", "proved")]
    assert EYE.effects(told) == []
    good = mail(delivered=9_000, hours=24)
    (over,) = EYE.effects([*told, (DAY_1 + timedelta(days=1), good)])
    assert isinstance(over, NoteRate)
    assert over.standing == "ok"
    assert over.key != note.key


def test_blocks_are_counted_over_the_last_two_days_with_mail_alone() -> None:
    days = [
        (DAY_1 + timedelta(days=n), mail(delivered=500, block=500 * (n == 0), hours=24 * n))
        for n in range(3)
    ]
    story = [registered(), *days]
    assert [one.signal for one in EYE.effects(story[:2]) if isinstance(one, NoteRate)] == ["block"]
    (note,) = EYE.effects(story[:3])
    assert isinstance(note, NoteRate)
    assert (note.standing, note.count, note.of) == ("proved", 500, 1_500)
    assert EYE.effects(story) == [], "the third day leaves the first behind"


def test_what_receivers_reject_is_an_alert_that_names_two_days() -> None:
    rate = seen("block", "proved", 500, 1_500)
    view = ALERTS.evolve(first(ALERTS, f"acme/deliveries_rejected/{IP}"), record(1, rate))
    text = message(view)
    assert "WARNING Deliveries rejected: blocks over 5 %" in text
    assert "500 of 1,500 in two days with mail (33 %)" in text
    over = ALERTS.evolve(view, record(2, seen("block", "ok", 1, 1_500)))
    assert not over.firing


def test_bounces_and_complaints_are_two_things() -> None:
    both = EYE.effects([registered(), mail(hard=200, complaints=20, delivered=800)])
    assert {one.target for one in both} == {
        ("traffic", f"{IP}/bounce"),
        ("traffic", f"{IP}/complaint"),
    }


def view(name: str, *events: RateSeen) -> Alert:
    found = first(ALERTS, f"acme/{name}/{IP}")
    for n, event in enumerate(events, start=1):
        recorded = record(n, event)
        assert ALERTS.keys(recorded) == (found.key,)
        found = ALERTS.evolve(found, recorded)
    return found


def test_proved_complaints_are_critical_and_bounces_a_warning() -> None:
    assert view("complaint_rate", seen("complaint", "proved")).severity == "critical"
    assert view("bounce_rate", seen("bounce", "proved")).severity == "warning"


def test_what_only_crossed_is_information_until_it_is_proved() -> None:
    crossed = view("bounce_rate", seen("bounce", "crossed", 2, 20))
    assert (crossed.severity, crossed.firing) == ("info", True)
    assert "2 of 20 in seven days with mail (10 %)" in message(crossed)
    proved = view("bounce_rate", seen("bounce", "crossed"), seen("bounce", "proved"))
    assert (proved.severity, proved.episode) == ("warning", 2), "a message of its own"
    over = view("bounce_rate", seen("bounce", "proved"), seen("bounce", "ok"))
    assert not over.firing
