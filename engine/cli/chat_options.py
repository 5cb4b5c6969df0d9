"""The words of the commands about Telegram's chats."""

import argparse
from typing import TypeVar

P = TypeVar("P", bound=argparse.ArgumentParser)
Verbs = argparse._SubParsersAction


def add(commands: "Verbs[P]", parser: type[P], reading: P) -> None:
    chats = commands.add_parser("chat", help="Telegram's chats", allow_abbrev=False)
    verbs = chats.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=parser)
    every = verbs.add_parser(
        "list", parents=[reading], help="of whom each hears", allow_abbrev=False
    )
    only = every.add_mutually_exclusive_group()
    only.add_argument("--tenant", default="", metavar="SLUG", help="only those that hear of it")
    only.add_argument(
        "--configured", action="store_true", help="numbers that the engine's configuration names"
    )
    show = verbs.add_parser("show", parents=[reading], help="one", allow_abbrev=False)
    route = verbs.add_parser(
        "route",
        parents=[reading],
        help="let one hear; what is left out is as by default",
        allow_abbrev=False,
    )
    remove = verbs.add_parser(
        "remove", parents=[reading], help="let one hear no more", allow_abbrev=False
    )
    for verb in (show, route, remove):
        verb.add_argument("chat", metavar="CHAT", help="Telegram's number, such as -1001234")
    for verb in (route, remove):
        whose = verb.add_mutually_exclusive_group(required=True)
        whose.add_argument("--tenant", metavar="SLUG", help="of this one")
        whose.add_argument("--platform", action="store_true", help="of everything")
    _how(route)


def _how(route: argparse.ArgumentParser) -> None:
    route.add_argument(
        "--severity", metavar="WORD", help="from info (the default), warning or critical on"
    )
    route.add_argument(
        "--quiet", metavar="HOURS", help="such as 22:00-07:00: only what is critical rings"
    )
    route.add_argument("--quiet-tz", metavar="ZONE", help="of these hours (UTC)")
