"""Rows for people to read."""

from collections.abc import Iterable, Iterator, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    cells = [tuple(head), *(tuple(plain(cell) for cell in row) for row in rows)]
    widths = [max(len(row[n]) for row in cells) for n in range(len(head))]
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def pairs(items: Iterable[tuple[str, object]]) -> Iterator[str]:
    shown = [(label, plain(value)) for label, value in items]
    width = max((len(label) for label, _ in shown), default=0)
    for label, value in shown:
        yield f"{label.ljust(width)}  {value}".rstrip()


def plain(value: object) -> str:
    """One line that cannot move the cursor of a terminal."""
    if value is None:
        return "-"
    text = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def time(text: str | None) -> str:
    """RFC 3339 to the second."""
    return "-" if text is None else f"{text[:19]}Z"
