"""UUIDv7 as RFC 9562 5.7 lays it out; Python's own UUID takes it apart."""

from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st

from engine.adapters.system import TimeOrderedIds

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@given(st.integers(0, 2**74 - 1))
def test_an_id_is_its_millisecond_and_all_of_the_chance_it_was_given(chance: int) -> None:
    id = TimeOrderedIds(lambda: NOW, lambda _: chance)()
    found = UUID(id)
    assert (str(found), found.version, found.variant) == (id, 7, RFC_4122)
    assert EPOCH + timedelta(milliseconds=found.int >> 80) == NOW
    high, middle, low = found.int >> 64 & 0xFFF, found.int >> 60 & 0b11, found.int & (1 << 60) - 1
    assert middle << 72 | high << 60 | low == chance


def test_ids_do_not_go_back_with_the_clock() -> None:
    times = [NOW, NOW - timedelta(seconds=1), NOW + timedelta(seconds=1)]
    ids = TimeOrderedIds(lambda: times.pop(0))
    first, second, third = ids(), ids(), ids()
    assert first[:13] == second[:13] < third[:13]
