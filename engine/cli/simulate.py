"""``simulate``: what would become of a fleet, in virtual time."""

import argparse
import json
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from engine.cli import exits
from engine.cli.exits import Failed

if TYPE_CHECKING:
    from engine.app.whatif import Result

P = TypeVar("P", bound=argparse.ArgumentParser)

WEEKS = 8
_ABOUT = """\
Runs the engine's own deciders and reactors through the weeks in virtual time, against modelled
traffic and block lists, and prints what each address may send, sends, and why. It needs no
engine, no database and no network, and touches nothing. The same seed gives the same table.

Not in the model: MailWizz, people (whatever waits for one, waits), sending domains, and the mail of
an address that is stopped (it goes nowhere else).
"""


def add(commands: "argparse._SubParsersAction[P]") -> None:
    words = commands.add_parser(
        "simulate",
        help="what would become of a fleet, week by week",
        description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    words.add_argument("fleet", type=Path, metavar="FILE", help="fleet.toml (docs/simulate.md)")
    words.add_argument("--weeks", type=int, default=WEEKS, metavar="N", help=f"({WEEKS})")
    words.add_argument(
        "--volume",
        default="",
        metavar="V",
        help="to be sent through each address, whatever the file says: 20000/day, 140000/week,"
        " 5000/day+10%%/week",
    )
    words.add_argument(
        "--list",
        action="append",
        default=[],
        metavar="A@WHEN",
        help="a list names this address: 192.0.2.1@week3, @day12+5d, @week3+5d@psbl.surriel.com;"
        " may be repeated",
    )
    words.add_argument("--seed", type=int, default=0, metavar="N", help="of all chance (0)")
    words.add_argument("--daily", action="store_true", help="a line for each day, not each week")
    words.add_argument("--plot", type=Path, metavar="FILE", help="a plot too, as FILE.svg")
    words.add_argument("--json", action="store_true", help="for programs; its names are stable")


def simulate(asked: Namespace) -> int:
    from engine.cli import simulate_words
    from engine.cli.reading import say

    if asked.plot and asked.plot.suffix != ".svg":
        raise Failed(f"--plot writes SVG; name the file {asked.plot.stem}.svg", exits.USAGE)
    result = _simulated(asked)
    if asked.json:
        say(json.dumps(simulate_words.as_json(result)))
    else:
        for line in simulate_words.lines(result, daily=asked.daily):
            say(line)
    if asked.plot:
        _plot(result, asked.plot)
    return exits.OK


def _simulated(asked: Namespace) -> "Result":
    from engine.app import whatif
    from engine.app.whatif.volume import volume
    from engine.cli.progress import Progress
    from engine.errors import StartRefused

    progress = Progress()
    try:
        everywhere = volume(asked.volume) if asked.volume else None
        listings = [whatif.parse(text) for text in asked.list]
        fleet = whatif.load(asked.fleet, everywhere)
        return whatif.simulate(
            fleet,
            weeks=asked.weeks,
            listings=listings,
            seed=asked.seed,
            told=lambda done, of: progress("simulated days", done, of),
        )
    except StartRefused as refused:
        raise Failed(str(refused)) from refused
    except ValueError as wrong:
        raise Failed(str(wrong), exits.USAGE) from wrong
    finally:
        progress.end()


def _plot(result: "Result", path: Path) -> None:
    from engine.app.whatif.svg import plot
    from engine.cli.parser import talk

    try:
        path.write_text(plot(result), encoding="utf-8")
    except OSError as wrong:
        raise Failed(f"cannot write the plot {path}: {wrong.strerror}") from wrong
    talk(f"plot: {path}")
