"""``tenant export`` and ``tenant verify``: all that is known of one tenant, as files."""

import argparse
from argparse import Namespace
from pathlib import Path
from typing import TypeVar

from engine.cli import exits
from engine.cli.exits import Failed
from engine.cli.progress import Progress

P = TypeVar("P", bound=argparse.ArgumentParser)


def add(commands: "argparse._SubParsersAction[P]", parser: type[P]) -> None:
    tenant = commands.add_parser("tenant", help="a tenant's own files", allow_abbrev=False)
    verbs = tenant.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=parser)
    export = verbs.add_parser(
        "export",
        help="write all of its events and views, with digests",
        description="Lines of JSON straight from the database; an engine may run beside it. The"
        " directory appears when all of it is whole.",
        allow_abbrev=False,
    )
    export.add_argument("slug", metavar="SLUG")
    export.add_argument("--config", type=Path, required=True, metavar="FILE", help="engine.toml")
    export.add_argument("--to", type=Path, required=True, metavar="DIR", help="a new directory")
    verify = verbs.add_parser(
        "verify", help="prove such a directory; needs no database", allow_abbrev=False
    )
    verify.add_argument("directory", type=Path, metavar="DIR")
    for verb in (export, verify):
        verb.add_argument("--json", action="store_true", help="for programs; its names are stable")


def run(asked: Namespace) -> int:
    from engine.errors import LogUnavailable, StartRefused

    progress, verb = Progress(), {"export": _export, "verify": _verify}[asked.verb]
    try:
        return verb(asked, progress)
    except StartRefused as refused:
        raise Failed(f"nothing was done: {refused}") from refused
    except LogUnavailable as away:
        raise Failed(f"nothing was exported: {away}", exits.UNREACHABLE) from away
    except OSError as disk:
        raise Failed(f"nothing was done: {disk}") from disk
    finally:
        progress.end()


def _export(asked: Namespace, progress: Progress) -> int:
    from engine.app.tenant_export import export_tenant
    from engine.cli.reading import say, say_struct
    from engine.ids import TenantId

    made = export_tenant(asked.config, TenantId(asked.slug), asked.to, progress)
    if asked.json:
        return say_struct(made)
    say(f"exported {made.events} events and {len(made.files) - 1} views to {asked.to}")
    return exits.OK


def _verify(asked: Namespace, progress: Progress) -> int:
    from engine.app.tenant_export import verify_tenant
    from engine.cli.reading import say, say_struct

    report = verify_tenant(asked.directory, progress)
    if asked.json:
        say_struct(report)
    else:
        for one in report.wrong:
            say(f"wrong: {one}")
        say(f"verified {report.events} events to {report.position}:{report.digest}")
    return exits.WRONG if report.wrong else exits.OK
