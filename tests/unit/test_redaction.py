"""What of a text from outside may go into the log: one short line, and nobody's address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.redaction import fragment, one_line

ODD = st.text(st.sampled_from(" @ab\n\t\0\x7f\x85\u2028.<>"), max_size=300)


@given(ODD)
def test_what_is_left_is_one_line_of_at_most_200_letters_without_an_at(text: str) -> None:
    left = fragment(text)
    assert len(left) <= 200
    assert "@" not in left
    assert left == "" or (left.isprintable() and left == left.lstrip())


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("550 5.1.1 <a.b@c.example>: unknown user", "550 5.1.1 unknown user"),
        ("said by\r\n  ops@engine.example", "said by"),
        ("@", ""),
        ("x" * 201, "x" * 200),
        (f"{'a@b ' * 99}blocked", "blocked"),
    ],
)
def test_every_token_with_an_at_goes_before_the_text_is_cut(text: str, left: str) -> None:
    assert fragment(text) == left


@pytest.mark.parametrize("text", ["", "a@b", "a  b", "a\nb", "x" * 201])
def test_a_name_that_would_not_be_kept_as_it_is_written_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="one line of at most 200 letters, without @"):
        one_line(text)
    assert one_line("x" * 200) == "x" * 200
