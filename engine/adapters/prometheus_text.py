"""The text format (prometheus.io/docs/instrumenting/exposition_formats, version 0.0.4), written in
steps: with 10,000 addresses there are 40,000 lines, and the loop has other work.
"""

import asyncio
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from engine.adapters.prometheus_names import Named

LOOK = 100  # lines between two looks at the time
STEP_S = 0.004  # after which the loop may do other work

Sample = tuple[tuple[str, ...], float]  # values of the labels, in their order


class Family(NamedTuple):
    of: Named
    samples: Iterable[Sample]


def lines(family: Family) -> Iterator[str]:
    """Nothing at all where there is no sample."""
    name, labels = family.of.name, family.of.labels
    begun = False
    for values, value in family.samples:
        if not begun:
            yield heading(name, family.of.kind, family.of.help)
            begun = True
        yield line(name, labels, values, value)


def heading(name: str, kind: str, help: str) -> str:
    text = help.replace("\\", "\\\\").replace("\n", "\\n")
    return f"# HELP {name} {text}\n# TYPE {name} {kind}\n"


def line(name: str, labels: Iterable[str], values: Iterable[str], value: float) -> str:
    pairs = ",".join([f'{of}="{_escaped(one)}"' for of, one in zip(labels, values, strict=True)])
    return f"{name}{{{pairs}}} {written(value)}\n" if pairs else f"{name} {written(value)}\n"


class Turns:
    """Others run whenever a step is over."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    async def give(self) -> None:
        if time.monotonic() - self._began > STEP_S:
            await asyncio.sleep(0)
            self._began = time.monotonic()


async def rendered(families: Iterable[Family]) -> bytes:
    """Some families count through the whole fleet before their first line: none shares its step."""
    turns = Turns()
    return b"".join([await joined(lines(family), turns) for family in families])


async def joined(every: Iterable[str], turns: Turns) -> bytes:
    pieces: list[bytes] = []
    every = iter(every)
    while piece := "".join(islice(every, LOOK)):
        pieces.append(piece.encode())
        await turns.give()
    await turns.give()  # after looking through all of it for nothing, too
    return b"".join(pieces)


def written(value: float) -> str:
    """Whole numbers without a fraction, as 1.0 and 1 are the same to Prometheus."""
    number = float(value)
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return {"inf": "+Inf", "-inf": "-Inf", "nan": "NaN"}.get(repr(number), repr(number))


def _escaped(value: str) -> str:
    if "\\" in value or '"' in value or "\n" in value:
        return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return value
