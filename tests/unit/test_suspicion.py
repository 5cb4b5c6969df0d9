"""Too many hits at once: when a list is suspected, and whom that spares."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ids import IpAddr, TenantId
from engine.rules import suspicion
from engine.rules.suspicion import Judged

TENANTS = [TenantId("acme"), TenantId("globex"), TenantId("rival")]


@pytest.mark.parametrize(
    ("confirming", "asked", "hits", "suspected"),
    [
        (1, 51, 1, False),
        (1, 51, 4, False),  # three others
        (1, 51, 6, False),  # five of fifty: a tenth, and no more
        (1, 51, 7, True),  # six of fifty
        (4, 4, 4, False),  # a whole fleet of four, each of which has three others
        (5, 5, 5, True),
        (1, 5, 5, True),
        (500, 500, 500, True),
        (500, 500, 51, True),  # fifty of 499 are more than a tenth
        (500, 500, 50, False),
        (0, 500, 500, False),  # nothing is to be confirmed yet: a first hit stops nobody
        (0, 0, 0, False),
    ],
)
def test_more_than_three_and_more_than_a_tenth_of_the_others_are_too_many(
    confirming: int, asked: int, hits: int, suspected: bool
) -> None:
    assert suspicion.judge(confirming, asked, hits).suspected is suspected


@given(st.integers(0, 600), st.integers(0, 600), st.integers(0, 600))
def test_one_hit_more_never_ends_a_suspicion(confirming: int, asked: int, hits: int) -> None:
    if suspicion.judge(confirming, asked, hits).suspected:
        assert suspicion.judge(confirming, asked, hits + 1).suspected


some_hits = st.dictionaries(
    st.integers(1, 20).map(lambda n: IpAddr(f"203.0.113.{n}")), st.sampled_from(TENANTS)
)


@given(some_hits, some_hits)
def test_a_tenant_with_one_hit_is_stopped_and_one_with_more_is_spared_them_all(
    hits: dict[IpAddr, TenantId], before: dict[IpAddr, TenantId]
) -> None:
    spared = suspicion.spared(hits, before)
    assert spared <= hits.keys(), "what is past stays as it is"
    for tenant in TENANTS:
        own = {ip for ip, whose in hits.items() if whose == tenant}
        earlier = {ip for ip, whose in before.items() if whose == tenant and ip not in hits}
        assert own & spared == (own if len(own | earlier) > 1 else set())


def test_what_is_judged_tells_its_numbers() -> None:
    assert suspicion.judge(2, 40, 12) == Judged(asked=39, hits=11)
