"""How much of a file one rollout takes away unasked."""

import pytest

from engine.ids import IpAddr
from engine.rules.pmta_config.change_limit import Limit, too_large
from engine.values.levers import STOPPED, Levers, PerDay
from engine.values.overlay import Chosen
from engine.values.vmta import Vmta

OPEN, CLOSED = Levers("open", PerDay(50)), Levers("closed", PerDay(50))
DEFAULT = Limit()
Vmtas = dict[IpAddr, Vmta]


def ip(n: int) -> IpAddr:
    return IpAddr(f"192.0.2.{n}")


def file(count: int, *, levers: Levers = OPEN, purpose: str = "marketing", name: str = "") -> Vmtas:
    chosen = {n: Chosen(f"{name}{n}") if name else None for n in range(1, count + 1)}
    return {
        ip(n): Vmta(purpose, f"m{n}.example.net", levers, chosen[n]) for n in range(1, count + 1)
    }


def closed(of: Vmtas, *numbers: int, levers: Levers = CLOSED) -> Vmtas:
    return of | {ip(n): Vmta(of[ip(n)].purpose, of[ip(n)].hostname, levers) for n in numbers}


def drains(of: Vmtas, *numbers: int, limit: Limit = DEFAULT) -> str:
    return too_large(of, closed(of, *numbers), frozenset(map(ip, numbers)), limit)


def test_a_share_may_go_and_one_more_may_not() -> None:
    assert drains(file(10), 1, 2) == ""
    assert drains(file(10), 1, 2, 3) == (
        "3 of 10 VMTAs would take no more mail (192.0.2.1, 192.0.2.2, 192.0.2.3);"
        " 20% may go unasked"
    )
    assert drains(file(10), 1, 2, 3, limit=Limit(share=0.3)) == ""


def test_a_small_file_may_change_as_it_likes() -> None:
    assert drains(file(9), *range(1, 10)) == ""


def test_stops_are_never_too_many() -> None:
    of = file(12)
    assert too_large(of, closed(of, *range(1, 13), levers=STOPPED), frozenset(), Limit()) == ""


def test_what_was_closed_before_does_not_count_again() -> None:
    of = file(12, levers=CLOSED)
    assert too_large(of, {}, frozenset(of), Limit()) == ""


def test_a_ladder_step_is_nothing_that_goes() -> None:
    lower = {
        one: Vmta(v.purpose, v.hostname, Levers("open", PerDay(1))) for one, v in file(12).items()
    }
    assert too_large(file(12), lower, frozenset(), Limit()) == ""


def test_open_addresses_that_vanish_from_the_file_count() -> None:
    of = file(12)
    kept = {one: of[one] for one in list(of)[:9]}
    assert "3 of 12 VMTAs" in too_large(of, kept, frozenset(), Limit())


def test_names_that_injectors_may_use_count_as_pools() -> None:
    of = file(12, name="a")
    assert too_large(of, file(12, name="b"), frozenset(), Limit()).startswith(
        "12 of 13 pools would be empty (a1, a10, a11, and 9 more)"
    )
    few = file(12, name="a") | {ip(1): Vmta("marketing", "m1.example.net", OPEN, Chosen("z"))}
    assert too_large(of, few, frozenset(), Limit()) == ""


@pytest.mark.parametrize(("drained", "large"), [(frozenset({ip(12)}), True), (frozenset(), False)])
def test_a_pool_that_choices_empty_counts_and_one_that_stops_empty_does_not(
    drained: frozenset[IpAddr], large: bool
) -> None:
    of = file(12) | {ip(12): Vmta("receipts", "m12.example.net", OPEN)}
    found = too_large(of, closed(of, 12), drained, Limit())
    assert bool(found) == large
    assert ("1 of 2 pools would be empty (receipts)" in found) == large


def test_a_first_file_takes_nothing_away() -> None:
    assert too_large({}, file(12), frozenset(), Limit()) == ""
