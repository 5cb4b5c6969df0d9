"""Which cap was in force on a day, by what was told."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules import caps_told
from engine.rules.caps_told import By, Told
from tests.support.spec import DAY_1, day

MORNING = datetime.fromisoformat("2026-01-05T00:00:00+00:00")
BEGUN = MORNING + timedelta(minutes=1)  # a stage, at the midnight of day 1
FIRST = date(2026, 1, 5)
NEXT = date(2026, 1, 6)


def node(cap: int | None, at: datetime = DAY_1) -> Told:
    return Told("node", at, cap)


def server(cap: int | None, at: datetime = DAY_1) -> Told:
    return Told("server", at, cap)


def pause(cap: int | None, at: datetime = DAY_1) -> Told:
    return Told("pause", at, cap)


@pytest.mark.parametrize(
    ("told", "first", "next_"),
    [
        ([], None, None),
        ([node(50)], 50, 50),
        ([node(50), server(40)], 40, 40),
        ([node(50), server(60)], 50, 50),
        ([node(50), server(None)], 50, 50),
        ([server(None)], None, None),
        ([node(0)], None, None),  # told to stand still
        ([node(50), node(30, day(2))], 50, 30),
        ([node(50), node(80, day(2))], 50, 50),  # raised in the day: the lower held till then
        ([node(50), pause(0, day(2)), pause(None, day(2))], 50, None),
        ([node(50), pause(0)], None, None),
        ([node(50, day(2))], None, 50),
    ],
)
def test_the_lowest_that_anybody_was_told_is_in_force(
    told: list[Told], first: int | None, next_: int | None
) -> None:
    assert caps_told.in_force(told, BEGUN, FIRST, "UTC") == first
    assert caps_told.in_force(told, BEGUN, NEXT, "UTC") == next_


def test_on_a_stages_first_day_the_cap_of_the_stage_before_counts_until_another_is_told() -> None:
    before = [node(50, DAY_1 - timedelta(days=3)), server(50, DAY_1 - timedelta(days=3))]
    assert caps_told.in_force(before, BEGUN, FIRST, "UTC") == 50
    told = [*before, node(200)]
    assert caps_told.in_force(told, BEGUN, FIRST, "UTC") == 50, "MailWizz still has the lower one"
    assert caps_told.in_force([*told, server(200)], BEGUN, FIRST, "UTC") == 200


def test_what_stood_still_before_a_stage_began_says_nothing_once_it_was_told() -> None:
    stopped = [node(0, DAY_1 - timedelta(days=3))]
    assert caps_told.in_force(stopped, BEGUN, FIRST, "UTC") is None
    assert caps_told.in_force([*stopped, node(50)], BEGUN, FIRST, "UTC") == 50


def test_what_was_told_earlier_on_the_day_a_stage_began_belongs_to_the_stage_before() -> None:
    """Late evidence may end a stage at noon."""
    noon = MORNING + timedelta(hours=12)
    told = [node(50, MORNING + timedelta(hours=1)), node(200, noon + timedelta(minutes=1))]
    assert caps_told.in_force(told, noon, FIRST, "UTC") == 200


def test_a_pause_of_the_day_before_it_was_resumed_takes_that_day_with_it() -> None:
    paused = [node(50), pause(0, DAY_1 - timedelta(days=2)), pause(None)]
    assert caps_told.in_force(paused, BEGUN, FIRST, "UTC") is None
    assert caps_told.in_force(paused, BEGUN, NEXT, "UTC") == 50


def test_the_day_is_the_tenants() -> None:
    late = datetime.fromisoformat("2026-01-05T23:30:00+00:00")  # the 6th in Paris
    told = [node(50), node(30, late)]
    assert caps_told.in_force(told, BEGUN, FIRST, "UTC") == 30
    assert caps_told.in_force(told, BEGUN, FIRST, "Europe/Paris") == 50


def test_what_says_the_same_again_is_not_kept() -> None:
    told = caps_told.heard((), node(50))
    assert caps_told.heard(told, node(50, day(2))) == told
    both = caps_told.heard(told, server(50))
    assert [one.by for one in both] == ["node", "server"]
    assert caps_told.heard(both, node(50, day(3))) == both
    assert caps_told.heard(both, node(60, day(3)))[-1] == node(60, day(3))


tellings = st.lists(
    st.builds(
        Told,
        st.sampled_from(["node", "server", "pause"]),
        st.integers(0, 20 * 24).map(lambda hours: MORNING + timedelta(hours=hours)),
        st.one_of(st.none(), st.integers(0, 500)),
    ),
    max_size=30,
).map(lambda told: sorted(told, key=lambda one: one.at))


def told_all(told: list[Told]) -> tuple[Told, ...]:
    kept: tuple[Told, ...] = ()
    for one in told:
        kept = caps_told.heard(kept, one)
    return kept


@given(tellings, st.integers(0, 20), st.integers(0, 20))
def test_what_is_let_go_changes_no_day_of_the_stage(
    told: list[Told], begins: int, later: int
) -> None:
    begun = MORNING + timedelta(days=begins, minutes=3)
    day_ = (begun + timedelta(days=later)).date()
    kept = caps_told.since(told_all(told), begun)
    assert caps_told.in_force(kept, begun, day_, "UTC") == caps_told.in_force(
        told, begun, day_, "UTC"
    )


@given(tellings, st.integers(0, 20), st.sampled_from(["node", "server"]), st.integers(1, 500))
def test_another_word_never_raises_what_is_in_force_on_a_later_day(
    told: list[Told], which: int, by: By, cap: int
) -> None:
    day_ = FIRST + timedelta(days=which + 1)
    noon = MORNING + timedelta(days=which + 1, hours=12)
    more = sorted([*told, Told(by, noon, cap)], key=lambda one: one.at)
    before = caps_told.in_force(told, BEGUN, day_, "UTC")
    after = caps_told.in_force(more, BEGUN, day_, "UTC")
    assert before is None or after is None or after <= before
