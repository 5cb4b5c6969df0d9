"""``node reclaim``: after a restore of the database, its engine takes the nodes back."""

import argparse
from argparse import Namespace
from pathlib import Path
from typing import TypeVar

from engine.cli import exits
from engine.cli.exits import Failed

P = TypeVar("P", bound=argparse.ArgumentParser)
EPOCH_MAX = 2**53


def add(commands: "argparse._SubParsersAction[P]", parser: type[P]) -> None:
    node = commands.add_parser("node", help="PowerMTA hosts", allow_abbrev=False)
    verbs = node.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=parser)
    reclaim = verbs.add_parser(
        "reclaim",
        help="lead nodes again after a restore of the database",
        description="Each node remembers the highest epoch that led it, and refuses a lower one"
        " (fenced). This raises the log's, straight in the database; no engine may lead it"
        " meanwhile. Nothing is done on a node.",
        allow_abbrev=False,
    )
    reclaim.add_argument("--config", type=Path, required=True, metavar="FILE", help="engine.toml")
    reclaim.add_argument(
        "--epoch", type=_epoch, required=True, metavar="N", help="the highest that a node names"
    )
    reclaim.add_argument("--json", action="store_true", help="for programs; its names are stable")


def run(asked: Namespace) -> int:
    from engine.app.reclaim import reclaim
    from engine.cli.reading import say, say_json
    from engine.errors import LogUnavailable, StartRefused

    try:
        raised = reclaim(asked.config, asked.epoch)
    except StartRefused as refused:
        raise Failed(f"nothing was changed: {refused}") from refused
    except LogUnavailable as away:
        raise Failed(f"whether it was raised is not known: {away}", exits.UNREACHABLE) from away
    if asked.json:
        return say_json(raised._asdict())
    if raised.was == raised.epoch:
        say(f"the log is at epoch {raised.epoch} already; nothing was changed")
    else:
        say(f"the log was at epoch {raised.was}, and is at {raised.epoch}; now start its engine")
    return exits.OK


def _epoch(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= EPOCH_MAX):
        raise argparse.ArgumentTypeError(f"{text!r} is no epoch: a number from 1 to {EPOCH_MAX}")
    return int(text)
