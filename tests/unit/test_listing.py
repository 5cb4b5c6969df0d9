"""What the lists say of one address, look after look."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ids import Zone
from engine.rules import listing
from engine.rules.listing import Standing, heard
from engine.values.verdict import Answer, Proof, Verdict

ZEN, PSBL = Zone("zen.spamhaus.org"), Zone("psbl.surriel.com")
DAY_1 = datetime(2026, 11, 2, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CLEAN, HIT = Answer("clean"), Answer("listed", codes=("127.0.0.2",))
OTHER_HIT = Answer("listed", codes=("127.0.0.4",))
NOTHING = [
    Answer("refused"),
    Answer("unanswered"),
    Answer("clean", proof="unproved"),
    Answer("listed", proof="unproved", codes=("127.0.0.2",)),
    Answer("refused", proof="unproved"),
]


def after(*answers: Answer, every: timedelta = HOUR) -> Standing:
    """What ZEN's standing is after these, the first on day 1 at nine."""
    standings: dict[Zone, Standing] = {}
    for n, answer in enumerate(answers):
        standings = heard(standings, {ZEN: answer}, DAY_1 + n * every)
    return standings.get(ZEN, listing.NEW)


def test_one_hit_is_doubtful_and_a_second_in_a_row_confirms_it() -> None:
    assert listing.doubtful({ZEN: after(HIT)}) == (ZEN,)
    assert listing.confirmed({ZEN: after(HIT)}) == ()
    assert listing.doubtful({ZEN: after(HIT, HIT)}) == ()
    assert listing.confirmed({ZEN: after(HIT, HIT)}) == (ZEN,)
    assert listing.confirmed({ZEN: after(HIT, HIT, HIT)}) == (ZEN,)


def test_a_hit_that_the_second_look_denies_was_none() -> None:
    assert after(HIT, CLEAN) == Standing(
        clean_since=DAY_1 + HOUR, last_at=DAY_1 + HOUR, last="clean"
    )
    assert listing.confirmed({ZEN: after(HIT, CLEAN, HIT)}) == ()


def test_a_row_of_hits_keeps_when_it_began_and_the_last_codes() -> None:
    assert after(CLEAN, HIT, OTHER_HIT) == Standing(
        hits=2,
        first_hit_at=DAY_1 + HOUR,
        codes=("127.0.0.4",),
        last_at=DAY_1 + 2 * HOUR,
        last="listed",
    )


@pytest.mark.parametrize("nothing", NOTHING)
def test_what_does_not_count_leaves_standing_what_was_known(nothing: Answer) -> None:
    assert after(nothing) == listing.NEW
    assert after(HIT, nothing) == after(HIT)
    assert after(CLEAN, nothing) == after(CLEAN)
    assert listing.confirmed({ZEN: after(HIT, nothing, HIT)}) == (ZEN,)


def test_a_zone_in_suspicion_is_heard() -> None:
    suspected = Answer("listed", proof="suspected", codes=("127.0.0.2",))
    assert listing.confirmed({ZEN: after(suspected, suspected)}) == (ZEN,)


def test_listed_now_is_what_the_last_definite_answer_says() -> None:
    standings = {ZEN: after(HIT, Answer("unanswered")), PSBL: after(HIT, HIT, CLEAN)}
    assert listing.listed_now(standings) == (ZEN,)


def test_each_zone_stands_by_itself_and_zones_come_in_order() -> None:
    first = heard({}, {ZEN: HIT, PSBL: CLEAN}, DAY_1)
    then = heard(first, {PSBL: HIT}, DAY_1 + HOUR)
    assert then[ZEN] == first[ZEN]
    assert listing.listed_now(then) == (PSBL, ZEN)
    assert first[PSBL].last == "clean", "what was before is not changed"


@pytest.mark.parametrize(
    ("answers", "every", "cleared"),
    [
        ([], DAY, False),
        ([CLEAN], DAY, False),
        ([HIT, CLEAN], DAY, False),
        ([HIT, CLEAN, CLEAN], DAY, True),
        ([HIT, CLEAN, CLEAN], DAY - timedelta(seconds=1), False),
        ([HIT, CLEAN, CLEAN, CLEAN], DAY / 2, True),
        ([HIT, CLEAN, HIT, CLEAN], DAY, False),
        ([HIT, CLEAN, HIT, CLEAN, CLEAN], DAY, True),
        ([HIT, CLEAN, *NOTHING, CLEAN], DAY / 6, True),
        ([HIT, CLEAN, *NOTHING], DAY, False),
        ([CLEAN, CLEAN, HIT], DAY, False),
    ],
)
def test_a_listing_is_over_after_two_clean_looks_a_day_apart_and_none_between_contradicts(
    answers: list[Answer], every: timedelta, cleared: bool
) -> None:
    assert listing.cleared(after(*answers, every=every)) is cleared


verdicts: st.SearchStrategy[Verdict] = st.sampled_from(["clean", "listed", "refused", "unanswered"])
proofs: st.SearchStrategy[Proof] = st.sampled_from(["proved", "unproved", "suspected"])
looks = st.lists(st.builds(Answer, verdicts, proofs), max_size=12)


@given(looks)
def test_only_answers_that_count_move_it(answers: list[Answer]) -> None:
    """The looks that do not count may as well not have been; their moments alone have passed."""
    standings: dict[Zone, Standing] = {}
    only: dict[Zone, Standing] = {}
    for n, answer in enumerate(answers):
        at = DAY_1 + n * HOUR
        standings = heard(standings, {ZEN: answer}, at)
        if answer.counts:
            only = heard(only, {ZEN: answer}, at)
    assert standings == only


@given(looks)
def test_hits_are_the_length_of_the_last_run_of_hits(answers: list[Answer]) -> None:
    said = "".join("h" if one.verdict == "listed" else "c" for one in answers if one.counts)
    assert after(*answers).hits == len(said) - len(said.rstrip("h"))


@given(looks)
def test_no_zone_is_doubtful_and_confirmed_nor_listed_and_cleared(answers: list[Answer]) -> None:
    standings = {ZEN: after(*answers, every=DAY)}
    doubtful, confirmed = listing.doubtful(standings), listing.confirmed(standings)
    assert not set(doubtful) & set(confirmed)
    assert set(doubtful) | set(confirmed) == set(listing.listed_now(standings))
    assert not (listing.cleared(standings[ZEN]) and listing.listed_now(standings))
