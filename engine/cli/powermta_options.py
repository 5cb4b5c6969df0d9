"""The words of the commands about PowerMTA's configuration."""

import argparse
from pathlib import Path
from typing import TypeVar

P = TypeVar("P", bound=argparse.ArgumentParser)
Verbs = argparse._SubParsersAction


def powermta(commands: "Verbs[P]", parser: type[P], reading: P) -> None:
    group = commands.add_parser("powermta", help="PowerMTA's configuration", allow_abbrev=False)
    verbs = group.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=parser)
    for add in (_config, _choose, _versions, _rollback, _nodes, _import):
        add(verbs, reading)


def _config(verbs: "Verbs[P]", reading: P) -> None:
    config = _verb(verbs, "config", reading, help="what each node was told")
    _tenant(config)
    _node(config)
    config.add_argument("--text", action="store_true", help="the files themselves")


def _choose(verbs: "Verbs[P]", reading: P) -> None:
    choose = _verb(
        verbs,
        "choose",
        reading,
        help="choose names, quotas, keys and pattern lists of VirtualMTAs; all of it, each time",
        description="FILE holds the body of PUT /api/v2/powermta/config, as JSON.",
    )
    choose.add_argument("file", type=Path, metavar="FILE")
    _tenant(choose)
    choose.add_argument("--dry-run", action="store_true", help="only tell what would change")
    _confirm(choose)


def _versions(verbs: "Verbs[P]", reading: P) -> None:
    versions = _verb(verbs, "versions", reading, help="what a node ran, newest first")
    _tenant(versions)
    _node(versions)
    versions.add_argument("--own", action="store_true", help="of the node's own file")


def _rollback(verbs: "Verbs[P]", reading: P) -> None:
    back = _verb(
        verbs,
        "rollback",
        reading,
        help="the choices of an older version; caps and pauses stay today's",
    )
    back.add_argument("version", type=int, metavar="VERSION")
    _tenant(back)
    _node(back)
    back.add_argument("--reason", default="", metavar="TEXT")
    _confirm(back)


def _nodes(verbs: "Verbs[P]", reading: P) -> None:
    nodes = _verb(
        verbs,
        "nodes",
        reading,
        help="how each file stands on its node",
        description="Ends with 6 if a file failed, is in conflict or failed its watch, with 9 if"
        " one waits or is to change.",
    )
    _tenant(nodes, help=None)


def _import(verbs: "Verbs[P]", reading: P) -> None:
    read = _verb(
        verbs,
        "import",
        reading,
        help="what an existing configuration says, and what to make of it",
        description="Ends with 6 if something is wrong in it.  Nothing changes without --apply.",
    )
    read.add_argument("file", nargs="*", type=Path, metavar="FILE", help="the main file first")
    _node(read, help="the live one of a node")
    _tenant(read)
    read.add_argument("--apply", action="store_true", help="choose what is proposed")


def _verb(verbs: "Verbs[P]", name: str, reading: P, *, help: str, description: str = "") -> P:
    return verbs.add_parser(
        name, parents=[reading], help=help, description=description or None, allow_abbrev=False
    )


def _tenant(verb: argparse.ArgumentParser, help: str | None = "whose (platform keys)") -> None:
    verb.add_argument("--tenant", default="", metavar="SLUG", help=help)


def _node(verb: argparse.ArgumentParser, help: str | None = None) -> None:
    verb.add_argument("--node", default="", metavar="NODE", help=help)


def _confirm(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--confirm", action="store_true", help="however much it takes away")
