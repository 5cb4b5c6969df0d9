"""A rollout is blamed for what mail came to after it, by accounting, and for nothing older."""

from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.events import Event
from engine.events.rollout import RolloutEnded
from engine.events.traffic import TrafficCounted
from engine.ids import IpAddr
from engine.projections.projection import first
from engine.projections.rollout_mail import BEFORE, ROLLOUT_MAIL, RolloutMail
from engine.rules.accounting import Owner, Owners, Records, Since, Tally
from engine.rules.rates.risen import risen
from engine.rules.replies import Replies
from engine.rules.rollout_watch import evidence, in_words
from engine.values.traffic import Counts, Refused
from tests.support.accounting import HEADER, line
from tests.support.spec import ACME, DAY_1, IP, NODE, RIVAL, record

AT = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
SENDER = IpAddr("192.0.2.10")
FINE, SPIKE = Counts(delivered=200), Counts(delivered=20, hard=40)


# --- what is counted


def at(seconds: int) -> str:
    return f"{AT + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S+0000}"


def refused(text: str) -> dict[str, Refused]:
    owners = Owners({ACME: Owner(ACME), RIVAL: Owner(RIVAL)}, lambda ip: ())
    since = {ACME: Since(3, AT)}
    tally = Tally(owners, Replies(), now=int(AT.timestamp()) + 3600, since=since)
    for block in Records().feed((HEADER + text).encode()):
        tally.add(block)
    return {str(tenant): one for tenant, one in tally.refused().items()}


def test_refusals_count_from_two_minutes_after_the_rollout_on() -> None:
    """Until then open connections keep the old settings, and clocks differ."""
    older = line("b", at=at(-60)) + line("b", at=at(120)) + line("t", at=at(0))
    assert refused(older) == {ACME: Refused(3, Counts())}
    later = line("b", at=at(121)) + line("t", at=at(300)) + line("t", at=at(301))
    assert refused(older + later) == {ACME: Refused(3, Counts(other=1, deferred=2))}


def test_deliveries_and_other_tenants_refusals_are_none_of_them() -> None:
    others = line(at=at(300)) + line("b", at=at(300), vmta="rival--192-0-2-10")
    assert refused(others) == {ACME: Refused(3, Counts())}


# --- what is known of it


def counted(counts: Counts, later: Counts | None = None, version: int = 1) -> TrafficCounted:
    hours = {DAY_1: {IP: {"gmail": counts}}}
    after = None if later is None else Refused(version, later)
    return TrafficCounted(node=NODE, file="f", end=1, day_tz="UTC", hours=hours, refused=after)


def known(*events: tuple[Event, datetime]) -> RolloutMail:
    key = f"{NODE}/{ACME}"
    folds = [record(n, event, at=when) for n, (event, when) in enumerate(events, 1)]
    return reduce(ROLLOUT_MAIL.evolve, folds, first(ROLLOUT_MAIL, key))


DONE = RolloutEnded(node=NODE, ending="done")
FAILED = RolloutEnded(node=NODE, ending="failed")


def test_what_was_counted_before_the_rollout_is_what_it_is_compared_with() -> None:
    view = known((counted(FINE), DAY_1), (counted(FINE), DAY_1), (DONE, DAY_1))
    assert (view.version, view.before, view.after) == (1, FINE + FINE, Counts())
    assert known((counted(FINE), DAY_1), (DONE, DAY_1 + 2 * BEFORE)).before == Counts()
    assert known((counted(FINE), DAY_1), (FAILED, DAY_1)).version == 0


def test_of_a_piece_that_spans_the_rollout_older_refusals_count_before_it() -> None:
    whole = Counts(delivered=100, deferred=9, hard=10, block=8, soft=7, other=6)
    later = Counts(deferred=4, hard=5, block=3, soft=2, other=1)
    view = known((DONE, DAY_1), (counted(whole, later), DAY_1))
    assert view.before == Counts(deferred=5, hard=5, block=5, soft=5, other=5)
    assert view.after == later + Counts(delivered=100)


def test_what_another_version_is_blamed_for_is_not_this_ones() -> None:
    view = known((DONE, DAY_1), (DONE, DAY_1), (counted(SPIKE, SPIKE, version=1), DAY_1))
    assert view.after == Counts()
    assert known((DONE, DAY_1), (counted(SPIKE), DAY_1)).after == Counts()


# --- what it proves


def signs(before: Counts, after: Counts) -> list[str]:
    return [one.signal for one in risen(before, after)]


@pytest.mark.parametrize(
    ("after", "found"),
    [
        (SPIKE, ["bounce"]),
        (Counts(delivered=20, block=40), ["block"]),
        (Counts(delivered=20, deferred=80), ["deferral"]),
        (Counts(delivered=20, hard=40, block=40), ["bounce", "block"]),
        (Counts(hard=4), []),  # too few to prove anything
        (Counts(delivered=20, soft=40, other=40), []),  # of the receiver's own making
        (Counts(delivered=97, hard=3), []),
    ],
)
def test_only_a_rate_that_is_proved_too_high_speaks_against_a_rollout(
    after: Counts, found: list[str]
) -> None:
    assert signs(FINE, after) == found


def test_what_a_warm_up_bears_is_not_blamed_on_a_rollout_though_it_is_more() -> None:
    before, after = Counts(delivered=100_000), Counts(delivered=2000, hard=60)
    assert signs(before, after) == []
    assert signs(before, after + Counts(hard=140)) == ["bounce"]


def test_what_went_as_badly_before_is_not_blamed_on_it() -> None:
    assert signs(Counts(delivered=100, hard=200), SPIKE) == []
    assert signs(Counts(delivered=8, hard=2), SPIKE) == []  # it may have been so before
    assert signs(Counts(), SPIKE) == []  # nobody knows how it was


@settings(max_examples=200)
@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 5))
def test_the_same_mail_again_proves_nothing(delivered: int, hard: int, times: int) -> None:
    before = Counts(delivered=delivered * times, hard=hard * times)
    assert signs(before, Counts(delivered=delivered, hard=hard)) == []


def test_the_evidence_is_told_in_words() -> None:
    (found,) = evidence((), (), (), failing=(None, None), mail=(FINE, SPIKE))
    assert in_words(found) == "40 of 60 messages bounced hard since, and 0 of 200 before"
