"""A page of events as Postgres sends it: one row that holds all of them."""

from datetime import UTC, datetime
from typing import Any, cast

import asyncpg
import msgspec
import pytest

from engine.events.effect import EffectStuck
from engine.store import paged
from tests.support.entries import event, event_id

KNOWN = b'{"type":"effect.stuck","key":"a","effect":"look"}'
UNKNOWN = b'{"type":"effect.from_the_future","speed":88}'


def page(*bodies: bytes) -> asyncpg.Record:
    """Event 1 and those that follow it."""
    places = range(1, len(bodies) + 1)
    columns: tuple[list[Any], ...] = (
        list(places),
        ["effect-a" for _ in places],
        list(places),
        [event_id(place) for place in places],
        ["2026-03-01T00:00:00.000007+00:00" for _ in places],
        [None for _ in places],
        ["engine" for _ in places],
        ["a test" for _ in places],
    )
    written = [msgspec.json.encode(column).decode() for column in columns]
    row = (len(bodies), len(bodies), *written, b",\n".join(bodies))
    return cast(asyncpg.Record, row)


def test_each_event_stands_at_its_own_place() -> None:
    first, second = paged.recorded(page(KNOWN, KNOWN.replace(b'"a"', b'"b"')))
    assert (first.position, second.position) == (1, 2)
    assert (first.event, second.event) == (event("a"), event("b"))
    assert first.at == datetime(2026, 3, 1, 0, 0, 0, 7, UTC)


def test_an_unknown_event_leaves_its_neighbours_where_they_are() -> None:
    found = paged.recorded(page(KNOWN, UNKNOWN, KNOWN.replace(b'"a"', b'"c"')))
    assert [(one.position, cast(EffectStuck, one.event).key) for one in found] == [
        (1, "a"),
        (3, "c"),
    ]


@pytest.mark.parametrize("cut", range(1, len(KNOWN)))
def test_a_body_that_is_cut_off_does_not_take_the_next_for_its_end(cut: int) -> None:
    with pytest.raises(msgspec.DecodeError):
        paged.recorded(page(KNOWN[:cut], KNOWN[cut:]))


@pytest.mark.parametrize("body", [KNOWN, UNKNOWN])
def test_a_body_that_is_two_events_is_refused(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError, match="2 bodies hold 3 values"):
        paged.recorded(page(KNOWN, body + b"," + body))


def test_an_empty_body_is_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        paged.recorded(page(KNOWN, b""))


def test_a_known_tag_with_fields_that_do_not_fit_is_a_bug_and_not_passed_over() -> None:
    with pytest.raises(msgspec.ValidationError):
        paged.recorded(page(KNOWN, b'{"type":"effect.stuck"}'))
