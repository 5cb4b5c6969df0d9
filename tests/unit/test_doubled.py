"""Names that stand twice in one object of a body, whichever value a reader would take."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.api import doubled

NAMES = st.sampled_from(["a", "b", "\u00e9", "a.b", ""])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.lists(st.tuples(NAMES, inner), max_size=3).map(tuple)
    ),
    max_leaves=12,
)


def written(value: object) -> str:
    """A tuple of pairs is an object, which may have a name twice."""
    if isinstance(value, tuple):
        return f"{{{','.join(f'{json.dumps(name)}:{written(one)}' for name, one in value)}}}"
    if isinstance(value, list):
        return f"[{','.join(map(written, value))}]"
    return json.dumps(value)


def twice(value: object) -> bool:
    if isinstance(value, tuple):
        names = [name for name, _ in value]
        return len({*names}) < len(names) or any(twice(one) for _, one in value)
    return isinstance(value, list) and any(map(twice, value))


@settings(max_examples=200)
@given(VALUES)
def test_one_is_found_exactly_where_an_object_has_one(value: object) -> None:
    assert (doubled.field(written(value).encode()) is not None) == twice(value)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ('{"a": 1, "b": 2, "a": 1}', "$.a"),
        ('{"a": 1, "\\u0061": 2}', "$.a"),
        ('{"a": {"a": 1}, "b": {"a": 1}}', None),
        ('[{"a": 1}, {"a": 1}]', None),
        ('{"x": [{"y": 1}, {"y": 1, "z": {"q": 1, "q": 1}}]}', "$.x[1].z.q"),
        ('{"A": 1, "a": 1}', None),
        (f'{{"n": {"9" * 9_000}}}', None),
        (f'{{"n": {"9" * 9_000}, "n": 1}}', "$.n"),
    ],
)
def test_it_is_pointed_at(data: str, field: str | None) -> None:
    assert doubled.field(data.encode()) == field
