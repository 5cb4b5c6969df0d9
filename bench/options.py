"""How long and how much."""

from typing import NamedTuple


class Options(NamedTuple):
    events: int = 500_000  # of the log that is replayed and verified
    rounds: int = 3
    seconds: float = 3.0  # of each loop of callers
    callers: int = 64
    held: int = 10_000_000  # events of the table that is full already

    @property
    def copied(self) -> int:
        """Rows of one COPY, and events of a peer's log that is replayed."""
        return max(1, self.events * 2 // 5)
