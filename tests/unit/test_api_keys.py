"""API keys: their text, their secret, their check letters."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.api.keys import BITS, make_key, parse_key

RANDOM = bytes(range(BITS // 8))
randoms = st.binary(min_size=BITS // 8, max_size=BITS // 8)


def test_a_key_has_a_public_id_a_secret_and_check_letters() -> None:
    key = make_key(RANDOM)
    assert key.text.startswith(f"ee_live_{key.id}_")
    assert (len(key.id), len(key.text)) == (12, 8 + 12 + 1 + 43 + 6)
    assert key.text.replace("_", "").isalnum()


@given(randoms)
def test_a_key_reads_back_as_it_was_made(random: bytes) -> None:
    key = make_key(random)
    name, secret = parse_key(key.text)
    assert name == key.id
    assert hashlib.sha256(secret.encode()).hexdigest() == key.digest


def test_what_is_kept_of_a_key_does_not_hold_its_secret() -> None:
    key = make_key(RANDOM)
    assert parse_key(key.text).secret not in key.id + key.digest


@given(randoms, randoms)
def test_other_randomness_is_another_key(one: bytes, other: bytes) -> None:
    assert (make_key(one) == make_key(other)) == (one == other)


def test_each_half_of_the_randomness_matters() -> None:
    ends = make_key(bytes([1]) + RANDOM[1:]), make_key(RANDOM[:-1] + bytes([1]))
    whole = make_key(RANDOM)
    assert [one.id == whole.id for one in ends] == [False, True]
    assert [one.digest == whole.digest for one in ends] == [True, False]


@given(st.data())
def test_a_mistyped_letter_is_noticed(data: st.DataObject) -> None:
    text = make_key(RANDOM).text
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters().filter(lambda one: one != text[place]))
    with pytest.raises(ValueError, match="key") as wrong:
        parse_key(text[:place] + letter + text[place + 1 :])
    assert parse_key(text).secret not in str(wrong.value)


@pytest.mark.parametrize("text", ["", "ee_live_", "Bearer ee_live_", "ee_live_" + "ü" * 62, "\0"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="key"):
        parse_key(text)


def test_a_key_is_not_made_of_less_randomness() -> None:
    with pytest.raises(ValueError, match="328 random bits"):
        make_key(RANDOM[1:])
