"""The pattern of the lines under one header, which takes the cells that are wanted."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

Row = list[str]

# A quoted cell without a quote in it, or one that begins with no quote: quotes further on are text
# (RFC 4180 has none there, and the csv module takes them as they are).
CELL = r'(?:"[^"]*+"|(?!")[^,]*+)'
TAKEN = r'(?!")([^,]*+)'
TEXT = r'("[^"]*+"|(?!")[^,]*+)'  # with its quotes
DOMAIN = r'(?!")(?:[^,@]*+@)?+([^,]*+)'  # or more: another @ may follow
# The same in less time, where it is known by other means that no quote stands in them.
PLAIN = "[^,]*+"
PLAIN_TAKEN = "([^,]*+)"
PLAIN_TIME = "([^,]++)"
PLAIN_DOMAIN = "(?:[^,@]*+@)?+([^,]*+)"
QUOTED = r'(?:(")[^"]*+"|(?!")[^,]*+)'  # or is quoted, and takes the first quote

_LINE = r"([^\n]*+\n)"


class Lines(NamedTuple):
    """A line that does not fit is taken whole, by the last group."""

    patterns: Mapping[bytes, re.Pattern[str]]  # by line ends
    groups: Sequence[int]  # where the wanted cells stand, in the order of asking


def lines(
    first: str, width: int, taken: Mapping[int, str], rest: str, wanted: Sequence[int]
) -> Lines:
    """``taken`` are patterns of cells by their place; at ``width`` stands ""."""
    cells = [first, *(taken.get(at, rest) for at in range(1, width))]
    begins = [0]
    for cell in cells:
        begins.append(begins[-1] + re.compile(cell).groups)
    cells[-1] = cells[-1].replace("[^,", r"[^,\r\n")
    return Lines(
        {end: re.compile(f"{','.join(cells)}{end.decode()}()|{_LINE}") for end in (b"\n", b"\r\n")},
        [begins[place] for place in wanted],
    )
