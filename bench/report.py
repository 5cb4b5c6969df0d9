"""Tables for a terminal, for a page, and for programs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from bench.measure import Spread
from bench.table import Aim, Line, Table

Cells = Sequence[str]


def text(table: Table) -> str:
    """For people at a terminal."""
    rows = [_heads(table), *(_cells(table, line) for line in table.lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["", table.title, *(f"  {note}" for note in table.notes)]
    for row in rows:
        first, *others = (
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  " + "  ".join([first, *others]).rstrip())
    return "\n".join([*lines, *(f"  {aim_text(aim)}" for aim in table.aims)])


def markdown(table: Table) -> str:
    """For the page."""
    heads = _heads(table)
    rows = [heads, ("---", *("---:" for _ in heads[1:])), *(_cells(table, x) for x in table.lines)]
    aims = [f"* {aim_text(aim)}" for aim in table.aims]
    return "\n".join(
        [
            *(f"## {table.title}", ""),
            *((" ".join(table.notes), "") if table.notes else ()),
            *(f"| {' | '.join(row)} |" for row in rows),
            "",
            *([*aims, ""] if aims else []),
        ]
    )


def data(facts: Mapping[str, str], tables: Sequence[Table]) -> bytes:
    """JSON; its names are stable."""
    whole: dict[str, Any] = {"machine": dict(facts), "tables": [_data(one) for one in tables]}
    return msgspec.json.format(msgspec.json.encode(whole), indent=2)


def aim_text(aim: Aim) -> str:
    return (
        f"{'reached' if aim.reached else 'NOT reached'}: {aim.text}: {_figure(aim.found)}{aim.unit}"
    )


def _heads(table: Table) -> Cells:
    heads = ["", table.unit, "range"]
    if _compared(table):
        heads.append("the engine is")
    if _waited(table):
        heads += ["median wait", "p99", "range of p99"]
    return heads


def _cells(table: Table, line: Line) -> Cells:
    return [*_shown(table, line)]


def _shown(table: Table, line: Line) -> Iterator[str]:
    rate = line.rate
    yield from (line.name, _figure(rate.median), _range(rate))
    if _compared(table):
        times = table.times(line.name)
        yield "" if times is None else f"{_figure(times.median)} times ({_range(times)})"
    if _waited(table):
        half, most = line.wait_ms(0.5), line.wait_ms(0.99)
        yield "" if half is None else f"{_figure(half.median)} ms"
        yield "" if most is None else f"{_figure(most.median)} ms"
        yield "" if most is None else _range(most)


def _compared(table: Table) -> bool:
    return bool(table.ours) and len(table.lines) > 1


def _waited(table: Table) -> bool:
    return any(line.wait_ms(0.5) is not None for line in table.lines)


def _range(found: Spread) -> str:
    return f"{_figure(found.least)} to {_figure(found.most)}"


def _figure(number: float) -> str:
    """Three digits tell all that a measurement knows."""
    if number >= 1000:
        return f"{round(number, 2 - len(str(int(number))) + 1):,.0f}"
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"


def _data(table: Table) -> dict[str, Any]:
    return {
        "name": table.key,
        "title": table.title,
        "notes": list(table.notes),
        "lines": [_line(table, line) for line in table.lines],
        "aims": [{**aim._asdict(), "reached": aim.reached} for aim in table.aims],
    }


def _line(table: Table, line: Line) -> dict[str, Any]:
    times = table.times(line.name) if table.ours else None
    half, most = line.wait_ms(0.5), line.wait_ms(0.99)
    return {
        "name": line.name,
        "per_second": line.rate._asdict(),
        "rounds": [{"events": sample.events, "seconds": sample.seconds} for sample in line.samples],
        "engine_times": times._asdict() if times else None,
        "wait_median_ms": half._asdict() if half else None,
        "wait_p99_ms": most._asdict() if most else None,
    }
