"""The words of the commands that read the log."""

import argparse
from typing import TypeVar

P = TypeVar("P", bound=argparse.ArgumentParser)

SINCE = "a moment (2026-03-01T00:00Z), a date, so long ago (30m, 2h, 3d), or a position"


def events(commands: "argparse._SubParsersAction[P]", reading: P) -> P:
    """The parser of `events`, for its own verbs."""
    found = commands.add_parser(
        "events",
        parents=[reading],
        help="what happened, from the log",
        description="What happened, in order. With --follow: what happens from now on.",
        allow_abbrev=False,
    )
    found.add_argument("--follow", action="store_true", help="go on until Ctrl-C")
    found.add_argument("--type", default="", metavar="T", help="ip.stopped, ip. or several by ,")
    found.add_argument("--ip", default="", metavar="A", help="an address's life and looks")
    found.add_argument("--node", default="", metavar="N", help="a PowerMTA host's")
    found.add_argument("--tenant", default="", metavar="S", help="a tenant's (platform keys)")
    found.add_argument("--since", default="", metavar="WHEN", help=SINCE)
    found.add_argument("--after", default="", metavar="N", help="go on from what was said")
    found.add_argument("--limit", type=_number, metavar="N", help="at most so many")
    return found


def explain(commands: "argparse._SubParsersAction[P]", reading: P) -> None:
    found = commands.add_parser(
        "explain", help="why something is as it is, from the log", allow_abbrev=False
    )
    verbs = found.add_subparsers(
        dest="verb", metavar="WHAT", required=True, parser_class=type(found)
    )
    ip = verbs.add_parser("ip", parents=[reading], help="an address", allow_abbrev=False)
    ip.add_argument("address", metavar="ADDRESS")
    ip.add_argument("--as-of", default="", metavar="WHEN", help="as it stood then")


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)
