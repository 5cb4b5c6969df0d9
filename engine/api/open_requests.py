"""How many requests are being answered: a simulated clock may jump only when none is."""

from collections.abc import Iterator
from contextlib import contextmanager


class OpenRequests:
    def __init__(self) -> None:
        self._open = 0

    @property
    def idle(self) -> bool:
        return self._open == 0

    @contextmanager
    def counted(self) -> Iterator[None]:
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1

    @contextmanager
    def aside(self) -> Iterator[None]:
        """A counted request that only waits for something to happen: a long poll."""
        self._open -= 1
        try:
            yield
        finally:
            self._open += 1
