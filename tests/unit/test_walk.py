"""Order, chain, versions and times of the log, walked from its beginning or from an anchor."""

from datetime import timedelta

import pytest

from engine.ids import Position, Version
from engine.store.admission import SET_BACK_MAX
from engine.store.digest import digest_of, first_break
from engine.store.entry import Entry
from engine.store.link import entry_of, link_of
from engine.store.walk import Walk
from tests.support.event_files import chain

ENTRIES = chain(30)


def rechained(entries: list[Entry]) -> list[Entry]:
    """With digests that follow from what is there now."""
    digest, found = bytes(32), list[Entry]()
    for entry in entries:
        digest = digest_of(entry, digest)
        found.append(entry._replace(digest=digest))
    return found


def walked(entries: list[Entry], walk: Walk | None = None) -> tuple[int, str] | None:
    wrong = (walk or Walk()).take([link_of(one) for one in entries])
    return wrong and (wrong.position, wrong.why)


def test_it_agrees_with_the_chain_as_it_is_written_down() -> None:
    assert walked(ENTRIES) is None
    assert first_break(ENTRIES) is None
    assert [entry_of(link_of(one)) for one in ENTRIES] == ENTRIES


@pytest.mark.parametrize("size", [1, 7, 30])
def test_it_goes_on_where_it_stood(size: int) -> None:
    walk = Walk()
    for start in range(0, len(ENTRIES), size):
        assert walked(ENTRIES[start : start + size], walk) is None
    assert (walk.position, walk.digest, walk.events) == (30, ENTRIES[-1].digest, 30)


def test_it_ends_before_what_is_wrong() -> None:
    walk = Walk()
    forged = [*ENTRIES[:9], ENTRIES[9]._replace(cause="forged"), *ENTRIES[10:]]
    assert walked(forged, walk) is not None
    assert (walk.position, walk.digest) == (9, ENTRIES[8].digest)


def test_an_event_that_comes_twice_or_is_missing_is_named() -> None:
    assert walked([*ENTRIES[:4], ENTRIES[3]]) == (5, "an event is missing: 4 comes after 4")
    assert walked(ENTRIES[1:]) == (1, "an event is missing: 2 comes after 0")


def test_a_missing_event_is_named_though_the_chain_was_made_to_fit() -> None:
    forged = rechained([*ENTRIES[:4], *ENTRIES[5:]])
    assert walked(forged) == (5, "an event is missing: 6 comes after 4")


@pytest.mark.parametrize(("version", "why"), [(1, "is 1, after 3"), (5, "is 5, after 3")])
def test_versions_of_a_stream_go_up_by_one(version: int, why: str) -> None:
    assert ENTRIES[4].version == 4
    forged = [*ENTRIES[:4], ENTRIES[4]._replace(version=Version(version)), *ENTRIES[5:]]
    assert walked(rechained(forged)) == (5, f"its version {why}")


def test_a_stream_begins_with_its_first_version() -> None:
    forged = [ENTRIES[0]._replace(version=Version(2)), *ENTRIES[1:]]
    assert walked(rechained(forged)) == (1, "its version is 2, after 0")


@pytest.mark.parametrize(
    ("back", "wrong"),
    [
        (timedelta(0), False),
        (timedelta(microseconds=1), True),
        (SET_BACK_MAX, True),
        (SET_BACK_MAX + timedelta(microseconds=1), False),
    ],
)
def test_time_goes_back_only_with_a_clock_that_was_wrong_by_much(
    back: timedelta, wrong: bool
) -> None:
    forged = [*ENTRIES[:4], *(one._replace(at=one.at - back) for one in ENTRIES[4:])]
    walk = Walk()
    found = walked(rechained(forged), walk)
    assert (found is not None) is wrong
    assert len(walk.notes()) == (back > SET_BACK_MAX)


def test_from_an_anchor_on_it_asks_for_what_came_before() -> None:
    walk = Walk(Position(10), ENTRIES[9].digest)
    assert walked(ENTRIES[10:], walk) is None
    assert walk.events == 20
    assert walk.earlier == {"effect-ä": (7, 11), "effect-b": (3, 12)}


def test_from_an_anchor_on_versions_go_up_from_the_first_that_is_met() -> None:
    walk = Walk(Position(10), ENTRIES[9].digest)
    forged = [*ENTRIES[10:14], ENTRIES[14]._replace(version=Version(99)), *ENTRIES[15:]]
    digest = ENTRIES[13].digest
    forged[4] = forged[4]._replace(digest=digest_of(forged[4], digest))
    assert ENTRIES[14].stream == "effect-b"
    assert walked(forged[:5], walk) == (15, "its version is 99, after 4")
