"""``verify``: is the log what was written, and is what is kept beside it what the log gives?"""

import argparse
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from engine.cli import exits
from engine.cli.exits import Failed
from engine.cli.progress import Progress

if TYPE_CHECKING:
    from engine.app.finding import Report
    from engine.store.anchors import Anchor

P = TypeVar("P", bound=argparse.ArgumentParser)


def add(commands: "argparse._SubParsersAction[P]") -> None:
    verify = commands.add_parser(
        "verify",
        help="prove the log, its views and images; or an export",
        description="Walks the chain of the log from its beginning, and compares views and images"
        " with what the log gives. Changes nothing, and may run beside an engine. Its last line,"
        " kept elsewhere, is an anchor: it tells later whether the log up to there was rewritten.",
        allow_abbrev=False,
    )
    source = verify.add_mutually_exclusive_group(required=True)
    source.add_argument("--config", type=Path, metavar="FILE", help="engine.toml, as for `run`")
    source.add_argument("--file", type=Path, metavar="FILE", help="an export; needs no database")
    verify.add_argument(
        "--from",
        dest="since",
        default="",
        metavar="POSITION:DIGEST",
        help="only what came after an earlier `verified … to`, which must still hold",
    )
    verify.add_argument(
        "--views", action="store_true", help="with --from: views and images nevertheless"
    )
    verify.add_argument(
        "--anchors",
        type=Path,
        metavar="FILE",
        help="lines `position digest`, kept from GET /api/v2/log/head: all must be in the log",
    )
    verify.add_argument("--json", action="store_true", help="for programs; its names are stable")


def verify(asked: Namespace) -> int:
    from engine.errors import LogUnavailable, StartRefused

    progress = Progress()
    try:
        report = _report(asked, progress)
    except StartRefused as refused:
        raise Failed(f"nothing was verified: {refused}") from refused
    except LogUnavailable as away:
        raise Failed(f"not verified to the end: {away}", exits.UNREACHABLE) from away
    finally:
        progress.end()
    _print(report, as_json=asked.json)
    return exits.WRONG if report.wrong else exits.OK


def _report(asked: Namespace, progress: Progress) -> "Report":
    from engine.app import audit
    from engine.store.anchors import BEGINNING

    if asked.file is not None and (asked.since or asked.views):
        raise Failed("--from and --views need the database: --config, not --file", exits.USAGE)
    anchors = _anchors(asked.anchors) if asked.anchors else ()
    if asked.file is not None:
        return audit.verify_export(asked.file, anchors, progress)
    since = _since(asked.since) if asked.since else BEGINNING
    views = asked.views or not asked.since
    return audit.verify(asked.config, audit.Asked(since, anchors, views), progress)


def _since(text: str) -> "Anchor":
    from engine.store.anchors import parse_anchor

    try:
        return parse_anchor(text)
    except ValueError as bad:
        raise Failed(f"--from: {bad}", exits.USAGE) from bad


def _anchors(path: Path) -> "Sequence[Anchor]":
    from engine.store.anchors import parse_anchors

    try:
        return parse_anchors(path.read_text(encoding="utf-8").splitlines())
    except (OSError, ValueError) as bad:
        why = getattr(bad, "strerror", None) or bad
        raise Failed(f"cannot read the anchors in {path}: {why}", exits.USAGE) from bad


def _print(report: "Report", *, as_json: bool) -> None:
    from engine.cli.parser import talk
    from engine.cli.reading import say, say_struct

    if as_json:
        say_struct(report)
        return
    for note in report.notes:
        talk(f"note: {note}")
    for tag, events in report.unknown_tags.items():
        talk(f"note: {events:,} events of a tag that only a newer version knows: {tag}")
    for one in report.wrong:
        say(f"WRONG {one.about}: {one}")
    if report.rows or report.images:
        say(f"{report.rows:,} rows of views and {report.images:,} images are what the log gives")
    if report.anchors:
        say("1 anchor holds" if report.anchors == 1 else f"{report.anchors:,} anchors hold")
    only = "only " if report.wrong else ""
    say(f"verified {only}{report.events} events to {report.position}:{report.digest}")
