"""Long lists in what people read."""

from collections.abc import Sequence


def few(names: Sequence[str], most: int) -> str:
    """The first ``most`` of them; the rest is counted."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")
