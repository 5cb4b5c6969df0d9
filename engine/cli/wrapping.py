"""Text for a screen of any width, and for a file."""

import os
import sys
import textwrap

from engine.cli import tables

WIDTH_MAX = 80
WIDTH_MIN = 30


def wrapped(text: str, indent: str, width: int, more: str = "") -> list[str]:
    """Lines of at most that width; a word that is longer stays whole, since people copy it.
    ``more`` is the indent of all lines but the first, in place of a deeper one.
    """
    return textwrap.wrap(
        tables.plain(text),
        width,
        initial_indent=indent,
        subsequent_indent=more or indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def screen() -> int:
    try:
        columns = os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError):  # a file, or a pipe
        columns = WIDTH_MAX
    return max(WIDTH_MIN, min(columns, WIDTH_MAX))
