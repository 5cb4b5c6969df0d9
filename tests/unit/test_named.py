"""Long lists in what people read are cut, and say so."""

import pytest

from engine.rules.named import few


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((), ""),
        (("a", "b"), "a, b"),
        (("a", "b", "c"), "a, b and 1 more"),
        (tuple("abcdefgh") * 200, "a, b and 1,598 more"),
    ],
)
def test_what_is_beyond_the_first_is_counted(names: tuple[str, ...], said: str) -> None:
    assert few(names, 2) == said
