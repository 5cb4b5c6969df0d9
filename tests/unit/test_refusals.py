"""Addresses from which nobody brings a good key: counted one by one, and not for ever."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.api.problems import Problem
from engine.api.refusals import Refusals
from tests.support.spec import DAY_1


def let_in(refusals: Refusals, address: str, now: datetime = DAY_1) -> bool:
    """Whether it heard 401, and not to come again later."""
    try:
        refusals.count(address, now)
    except Problem as refused:
        assert refused.status == 429
        return False
    return True


def test_each_address_is_counted_by_itself() -> None:
    refusals = Refusals(1)
    asked = ("192.0.2.1", "192.0.2.2", "192.0.2.1", "", "")
    assert [let_in(refusals, one) for one in asked] == [True, True, False, True, False]


def test_a_network_of_ipv6_is_one_address() -> None:
    refusals = Refusals(1)
    asked = ("2001:db8::1", "2001:db8::2", "2001:db8:0:0:ffff::", "2001:db8:0:1::1", "fe80::1%eth0")
    assert [let_in(refusals, one) for one in asked] == [True, False, False, True, True]


def test_nought_is_any_number() -> None:
    refusals = Refusals(0)
    assert all(let_in(refusals, "192.0.2.1") for _ in range(100))


def test_who_was_not_heard_of_for_longest_is_forgotten_first() -> None:
    refusals = Refusals(1, most=2)
    for one in ("192.0.2.1", "192.0.2.2", "192.0.2.1", "192.0.2.3"):
        let_in(refusals, one)  # the third leaves out .2, which was heard of before .1
    assert not let_in(refusals, "192.0.2.1")
    assert let_in(refusals, "192.0.2.2")


def test_the_memory_is_bounded_whoever_comes() -> None:
    refusals = Refusals(1, most=5)
    for n in range(200):
        let_in(refusals, f"192.0.2.{n}")
    assert len(refusals._seen) == 5


@pytest.mark.parametrize(("per_minute", "wait"), [(1, "60"), (3, "20"), (60, "1"), (600, "1")])
def test_it_is_said_when_to_come_again(per_minute: int, wait: str) -> None:
    refusals = Refusals(per_minute)
    for _ in range(per_minute):
        refusals.count("192.0.2.1", DAY_1)
    with pytest.raises(Problem) as refused:
        refusals.count("192.0.2.1", DAY_1)
    assert refused.value.headers["Retry-After"] == wait
    assert let_in(refusals, "192.0.2.1", DAY_1 + timedelta(seconds=int(wait)))


@settings(max_examples=200)
@given(st.integers(1, 20), st.lists(st.integers(0, 30), max_size=60))
def test_no_minute_has_more_than_two_minutes_worth(per_minute: int, pauses: list[int]) -> None:
    """A full bucket, and what comes into it meanwhile; who waits as told is let in."""
    refusals, now, passed = Refusals(per_minute), DAY_1, list[datetime]()
    for pause in pauses:
        now += timedelta(seconds=pause)
        if let_in(refusals, "192.0.2.1", now):
            passed.append(now)
    for one in passed:
        within = [at for at in passed if one <= at < one + timedelta(minutes=1)]
        assert len(within) <= 2 * per_minute
