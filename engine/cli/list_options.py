"""The words of the commands about block lists."""

import argparse
from typing import TypeVar

P = TypeVar("P", bound=argparse.ArgumentParser)
Verbs = argparse._SubParsersAction


def blacklists(commands: "Verbs[P]", parser: type[P], reading: P) -> None:
    lists = commands.add_parser("blacklists", help="block lists", allow_abbrev=False)
    verbs = lists.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=parser)
    every = verbs.add_parser(
        "list", parents=[reading], help="what they say of each address", allow_abbrev=False
    )
    every.add_argument("--listed", action="store_true", help="only those that a list names")
    every.add_argument("--as-of", default="", metavar="WHEN", help="as they stood then")
    show = verbs.add_parser(
        "show", parents=[reading], help="all that was said of one address", allow_abbrev=False
    )
    show.add_argument("address", metavar="ADDRESS")
    show.add_argument("--zone", default="", metavar="ZONE", help="only by this list")
    show.add_argument("--as-of", default="", metavar="WHEN", help="as it stood then")
    verbs.add_parser("zones", parents=[reading], help="the lists themselves", allow_abbrev=False)
    check = verbs.add_parser(
        "check",
        parents=[reading],
        help="ask the lists now, and wait for the answers",
        description="Ends with 6 if a list names one of the addresses, with 8 if one did not tell.",
        allow_abbrev=False,
    )
    check.add_argument("address", nargs="*", metavar="ADDRESS", help="all, if none is named")
    check.add_argument("--zone", action="append", default=[], metavar="ZONE", help="only this one")
    check.add_argument("--tenant", metavar="SLUG", help="whose they are (platform keys)")


def doctor(commands: "Verbs[P]") -> None:
    asked = commands.add_parser(
        "doctor",
        help="check the name servers that block lists are asked through",
        description="Needs no running engine.  Ends with 6 if something is wrong.",
        allow_abbrev=False,
    )
    asked.add_argument("--config", required=True, metavar="FILE", help="engine.toml")
    asked.add_argument("--json", action="store_true", help="for programs; its names are stable")
