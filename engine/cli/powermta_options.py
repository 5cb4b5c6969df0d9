"""The words of the commands about PowerMTA's configuration."""

import argparse
from pathlib import Path
from typing import TypeVar

P = TypeVar("P", bound=argparse.ArgumentParser)
Verbs = argparse._SubParsersAction


def powermta(commands: "Verbs[P]", parser: type[P], reading: P) -> None:
    group = commands.add_parser("powermta", help="PowerMTA's configuration", allow_abbrev=False)
    verbs = group.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=parser)
    config = verbs.add_parser(
        "config", parents=[reading], help="what each node was told", allow_abbrev=False
    )
    _of(config)
    config.add_argument("--text", action="store_true", help="the files themselves")
    choose = verbs.add_parser(
        "choose",
        parents=[reading],
        help="choose names, quotas, keys and pattern lists of VirtualMTAs; all of it, each time",
        description="FILE holds the body of PUT /api/v2/powermta/config, as JSON.",
        allow_abbrev=False,
    )
    choose.add_argument("file", type=Path, metavar="FILE")
    choose.add_argument("--tenant", default="", metavar="SLUG", help="whose (platform keys)")
    choose.add_argument("--dry-run", action="store_true", help="only tell what would change")
    choose.add_argument("--confirm", action="store_true", help="however much it takes away")
    versions = verbs.add_parser(
        "versions", parents=[reading], help="what a node ran, newest first", allow_abbrev=False
    )
    _of(versions)
    versions.add_argument("--own", action="store_true", help="of the node's own file")
    back = verbs.add_parser(
        "rollback",
        parents=[reading],
        help="the choices of an older version; caps and pauses stay today's",
        allow_abbrev=False,
    )
    back.add_argument("version", type=int, metavar="VERSION")
    _of(back)
    back.add_argument("--reason", default="", metavar="TEXT")
    back.add_argument("--confirm", action="store_true", help="however much it takes away")
    nodes = verbs.add_parser(
        "nodes",
        parents=[reading],
        help="how each file stands on its node",
        description="Ends with 6 if a file failed, is in conflict or failed its watch, with 9 if"
        " one waits or is to change.",
        allow_abbrev=False,
    )
    nodes.add_argument("--tenant", default="", metavar="SLUG")
    read = verbs.add_parser(
        "import",
        parents=[reading],
        help="what an existing configuration says, and what to make of it",
        description="Ends with 6 if something is wrong in it.  Nothing changes without --apply.",
        allow_abbrev=False,
    )
    read.add_argument("file", nargs="*", type=Path, metavar="FILE", help="the main file first")
    read.add_argument("--node", default="", metavar="NODE", help="the live one of a node")
    read.add_argument("--tenant", default="", metavar="SLUG", help="whose (platform keys)")
    read.add_argument("--apply", action="store_true", help="choose what is proposed")


def _of(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--tenant", default="", metavar="SLUG", help="whose (platform keys)")
    verb.add_argument("--node", default="", metavar="NODE")
