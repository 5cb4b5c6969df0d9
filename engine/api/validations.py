"""How many validations may be under way: one client's must not be everybody's wait."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from engine.api.problems import Problem
from engine.ids import KeyId

PER_KEY, IN_ALL = 8, 64


class Validations:
    def __init__(self, per_key: int = PER_KEY, in_all: int = IN_ALL) -> None:
        self._per_key, self._in_all = per_key, in_all
        self._under_way: Counter[KeyId] = Counter()

    @contextmanager
    def one(self, key: KeyId) -> Iterator[None]:
        """Raises Problem where there are too many."""
        if self._under_way[key] >= self._per_key:
            raise _busy(f"{self._per_key} validations of this key are under way")
        if self._under_way.total() >= self._in_all:
            raise _busy(f"{self._in_all} validations are under way")
        self._under_way[key] += 1
        try:
            yield
        finally:
            self._under_way[key] -= 1
            if not self._under_way[key]:
                del self._under_way[key]


def _busy(why: str) -> Problem:
    return Problem("busy", f"{why}; ask again when one has ended", headers={"Retry-After": "2"})
