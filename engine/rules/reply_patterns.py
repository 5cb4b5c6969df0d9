"""Lists of reply patterns, as people choose them."""

from collections.abc import Sequence

from engine.ids import parse_slug
from engine.rules.pmta_config import reply_regex
from engine.values.patterns import Pattern, PatternList

LISTS_MAX = 20  # of one request
PATTERNS_MAX = 20  # of one list
MINUTES = range(5, 1_441)  # that an action may last


def parse_list(name: str, patterns: Sequence[Pattern], minutes: int) -> PatternList:
    """Raises ValueError that names the pattern, from 1."""
    if minutes not in MINUTES:
        raise ValueError(f"an action lasts {MINUTES[0]} to {MINUTES[-1]} minutes, not {minutes}")
    if not 0 < len(patterns) <= PATTERNS_MAX:
        raise ValueError(f"a list has 1 to {PATTERNS_MAX} patterns, not {len(patterns)}")
    for number, one in enumerate(patterns, 1):
        try:
            reply_regex.checked(one.reply)
        except ValueError as no:
            raise ValueError(f"pattern {number}: {no}") from no
    return PatternList(parse_slug(name), tuple(patterns), minutes)
