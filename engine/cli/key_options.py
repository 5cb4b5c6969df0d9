"""The words of the commands about API keys."""

import argparse
from pathlib import Path
from typing import TypeVar

P = TypeVar("P", bound=argparse.ArgumentParser)
Verbs = argparse._SubParsersAction


def add(commands: "Verbs[P]", parser: type[P], reading: P) -> None:
    keys = commands.add_parser("key", help="API keys", allow_abbrev=False)
    verbs = keys.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=parser)
    create = verbs.add_parser(
        "create", parents=[reading], help="make one; it is shown this once", allow_abbrev=False
    )
    create.add_argument("--tenant", required=True, metavar="SLUG", help="whose it is")
    create.add_argument(
        "--scope", action="append", default=[], metavar="SCOPE",
        help="read, operate, deploy; all three, if none is named",
    )  # fmt: skip
    create.add_argument(
        "--network", action="append", default=[], metavar="CIDR", help="use it from there alone"
    )
    every = verbs.add_parser("list", parents=[reading], help="all of them", allow_abbrev=False)
    every.add_argument("--tenant", default="", metavar="SLUG", help="only of this one")
    rotate = verbs.add_parser(
        "rotate", parents=[reading], help="make another in its place", allow_abbrev=False
    )
    rotate.add_argument(
        "--overlap", type=int, default=24, metavar="HOURS", help="that the old one stays good (24)"
    )
    revoke = verbs.add_parser("revoke", parents=[reading], help="end one now", allow_abbrev=False)
    revoke.add_argument("--why", required=True, metavar="TEXT", help="is kept in the log")
    for verb in (rotate, revoke):
        verb.add_argument("id", metavar="ID", help="its public part, as `key list` has it")
    for verb in (create, rotate):
        verb.add_argument("--expires", metavar="WHEN", help="such as 2027-01-01T00:00Z")
        verb.add_argument(
            "--to", type=Path, metavar="FILE", help="write the key there, for its owner alone"
        )
