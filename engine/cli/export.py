"""``events export``: the log, or a part of it, as a file that proves itself."""

import argparse
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from engine.cli import exits
from engine.cli.exits import Failed
from engine.cli.progress import Progress

if TYPE_CHECKING:
    from engine.store.event_file import Ending

P = TypeVar("P", bound=argparse.ArgumentParser)


def add(events: P) -> None:
    """To the parser of ``events``, whose own options have the same words: hence other names."""
    verbs = events.add_subparsers(dest="verb", metavar="VERB", parser_class=type(events))
    export = verbs.add_parser(
        "export",
        help="write them into a file that `verify --file` proves",
        description="Writes events with their digests, gzipped lines of JSON, straight from the"
        " database; an engine may run beside it. The file appears when it is whole.",
        allow_abbrev=False,
    )
    export.add_argument("--config", type=Path, required=True, metavar="FILE", help="engine.toml")
    export.add_argument(
        "--since", dest="first", type=_position, default=0, metavar="N", help="events after N"
    )
    export.add_argument("--until", dest="last", type=_position, metavar="N", help="events up to N")
    export.add_argument("--tenant", dest="whose", metavar="SLUG", help="a tenant's events alone")
    export.add_argument("--force", action="store_true", help="write over a file that is there")
    export.add_argument("--json", action="store_true", help="for programs; its names are stable")
    export.add_argument("file", type=Path, metavar="FILE", help="for example log.jsonl.gz")


def export(asked: Namespace) -> int:
    from engine.app.export import Asked, export_events
    from engine.errors import LogUnavailable, StartRefused
    from engine.ids import Position, TenantId

    whose = None if asked.whose is None else TenantId(asked.whose)
    upto = None if asked.last is None else Position(asked.last)
    progress = Progress()
    try:
        ending = export_events(
            asked.config,
            Asked(asked.file, Position(asked.first), upto, whose, asked.force),
            progress,
        )
    except StartRefused as refused:
        raise Failed(f"nothing was exported: {refused}") from refused
    except LogUnavailable as away:
        raise Failed(f"nothing was exported: {away}", exits.UNREACHABLE) from away
    except OSError as disk:
        raise Failed(f"nothing was exported: {disk}") from disk
    finally:
        progress.end()
    return _said(ending, as_json=asked.json)


def _said(ending: "Ending", *, as_json: bool) -> int:
    from engine.cli.reading import say, say_json

    if as_json:
        end = {"events": ending.events, "position": ending.position, "digest": ending.digest}
        return say_json(end)
    say(f"exported {ending.events} events to {ending.position}:{ending.digest}")
    return exits.OK


def _position(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is no position: a number from 0 on")
    return int(text)
