"""What tenants hold and cannot read."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.api.seals import Seal
from engine.ids import Position
from tests.support.spec import ACME, RIVAL

SEAL, OTHER = Seal(bytes(32)), Seal(b"\1" * 32)
texts = st.text(max_size=200)


@given(texts)
def test_what_was_given_out_opens_for_whom_and_for_what_it_was(text: str) -> None:
    token = SEAL.closed(ACME, "after", text)
    assert SEAL.opened(ACME, "after", token) == text
    for seal, tenant, what in (
        (SEAL, RIVAL, "after"),
        (SEAL, ACME, "position"),
        (OTHER, ACME, "after"),
    ):
        with pytest.raises(ValueError, match="not given out"):
            seal.opened(tenant, what, token)


@given(texts, st.integers(0, 47), st.integers(1, 255))
def test_one_that_was_changed_does_not_open(text: str, at: int, by: int) -> None:
    token = SEAL.closed(ACME, "after", text)
    data = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    data[at] ^= by
    with pytest.raises(ValueError):  # noqa: PT011 - any of them is a bad token to the API
        SEAL.opened(ACME, "after", base64.urlsafe_b64encode(bytes(data)).decode().rstrip("="))


@given(st.text(max_size=60))
def test_one_that_was_made_up_does_not_open(token: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        SEAL.position_of(ACME, token)


def test_it_is_the_same_after_a_restart_and_tells_no_length() -> None:
    tokens = [SEAL.position(ACME, Position(10**n)) for n in range(18)]
    assert tokens == [Seal(bytes(32)).position(ACME, Position(10**n)) for n in range(18)]
    assert {len(one) for one in tokens} == {64}
    assert len(set(tokens)) == 18
    assert SEAL.position_of(ACME, tokens[9]) == 10**9


def test_neighbours_have_nothing_in_common() -> None:
    one, two = (SEAL.position(ACME, Position(n)) for n in (1000, 1001))
    alike = sum(a == b for a, b in zip(one, two, strict=True))
    assert alike < 10, "of 64 letters, one in 64 is alike by chance"


def test_a_key_has_256_bits() -> None:
    with pytest.raises(ValueError, match="256 bits"):
        Seal(b"short")
