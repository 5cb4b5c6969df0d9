"""``replay``: how things stood, straight from the log."""

import argparse
import json
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from engine.cli import exits, tables
from engine.cli.exits import Failed

if TYPE_CHECKING:
    from engine.app.replay import Replayed
    from engine.ports import Row, Tip

P = TypeVar("P", bound=argparse.ArgumentParser)
WHEN = "a moment (2026-03-01T00:00Z), a date, so long ago (2h, 3d), or a position"


def add(commands: "argparse._SubParsersAction[P]") -> None:
    replay = commands.add_parser(
        "replay",
        help="the views as they stood, straight from the log",
        description="Folds the log to a moment and prints the views as they stood. It needs the"
        " database and no engine, performs nothing and asks nobody. Names within a view are the"
        " engine's own and may change from version to version; the API's may not.",
        allow_abbrev=False,
    )
    replay.add_argument("--config", type=Path, required=True, metavar="FILE", help="engine.toml")
    replay.add_argument("--at", required=True, metavar="WHEN", help=WHEN)
    replay.add_argument("--ip", default="", metavar="A", help="what is about this address")
    replay.add_argument(
        "--view", action="append", default=[], metavar="NAME", help="this one; may be repeated"
    )
    replay.add_argument("--tenant", default="", metavar="S", help="as this tenant reads it")
    replay.add_argument("--json", action="store_true", help="for programs")


def replay(asked: Namespace) -> int:
    from engine.cli.reading import say, say_json

    found = _replayed(asked)
    if asked.json:
        say_json(_json(found))
    else:
        for line in _lines(found, whole=bool(asked.ip)):
            say(line)
    return exits.OK if found.rows or not asked.ip else exits.NOT_FOUND


def _replayed(asked: Namespace) -> "Replayed":
    from engine.app.replay import Asked, replay
    from engine.errors import LogUnavailable, StartRefused
    from engine.ids import TenantId, parse_ip

    tenant = TenantId(asked.tenant) if asked.tenant else None
    try:
        ip = parse_ip(asked.ip) if asked.ip else None
        return replay(asked.config, Asked(asked.at, asked.view, ip, tenant))
    except ValueError as wrong:
        raise Failed(str(wrong), exits.USAGE) from wrong
    except StartRefused as refused:
        raise Failed(f"nothing was replayed: {refused}") from refused
    except LogUnavailable as away:
        raise Failed(f"nothing was replayed: {away}", exits.UNREACHABLE) from away


def _json(found: "Replayed") -> dict[str, Any]:
    views: dict[str, dict[str, Any]] = {}
    for row in found.rows:
        views.setdefault(row.projection, {})[row.key] = json.loads(row.body)
    return {**_stood(found.last), "views": views}


def _stood(last: "Tip") -> dict[str, Any]:
    at = None if last.at is None else last.at.isoformat()
    return {"position": last.position, "digest": last.digest.hex(), "at": at}


def _lines(found: "Replayed", *, whole: bool) -> Iterator[str]:
    last = found.last
    at = tables.time(last.at.isoformat() if last.at else None)
    yield f"as of {last.position}:{last.digest.hex()}, {at}"
    for name in dict.fromkeys(row.projection for row in found.rows):
        rows = [row for row in found.rows if row.projection == name]
        yield ""
        yield f"{name}: {len(rows):,}"
        yield from _bodies(rows) if whole else _table(rows)


def _table(rows: Sequence["Row"]) -> Iterator[str]:
    """Keys, and what lists can be filtered by."""
    head = ("KEY", *(column.upper() for column in rows[0].columns))
    for line in tables.table(head, ((row.key, *row.columns.values()) for row in rows)):
        yield f"  {line}"


def _bodies(rows: Sequence["Row"]) -> Iterator[str]:
    for row in rows:
        yield f"  {tables.plain(row.key)}"
        for line in tables.pairs(_shown(json.loads(row.body))):
            yield f"    {line}"


def _shown(body: dict[str, Any]) -> Iterator[tuple[str, object]]:
    for name, value in body.items():
        yield name, json.dumps(value) if isinstance(value, dict | list) else value
