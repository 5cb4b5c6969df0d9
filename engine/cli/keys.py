"""API keys: made, listed, exchanged and revoked.  A key is told once: in a file or on screen."""

import os
from argparse import Namespace
from pathlib import Path
from typing import Any

from engine.cli import exits, tables
from engine.cli.exits import Failed
from engine.cli.parser import talk
from engine.cli.reading import Row, client, pages, say, say_json

HIDDEN = "written to the file"


def run(asked: Namespace) -> int:
    return {"create": create, "list": every, "rotate": rotate, "revoke": revoke}[asked.verb](asked)


def create(asked: Namespace) -> int:
    body: dict[str, Any] = {"tenant": asked.tenant}
    given = {"scopes": asked.scope, "networks": asked.network, "expires_at": asked.expires}
    return _made(asked, ("keys",), body | {name: one for name, one in given.items() if one})


def rotate(asked: Namespace) -> int:
    body: dict[str, Any] = {"overlap_hours": asked.overlap}
    body |= {"expires_at": asked.expires} if asked.expires else {}
    code = _made(asked, ("keys", asked.id, "rotate"), body)
    talk(f"{asked.id} is good for {asked.overlap} more hours; put the new one in its place")
    return code


def _made(asked: Namespace, path: tuple[str, ...], body: dict[str, Any]) -> int:
    """The file is there before the key is: one that cannot be written shall cost no key."""
    file = None if asked.to is None else _empty(asked.to)
    try:
        found = client(asked).send(path, body)
    except Failed:
        if asked.to is not None:
            asked.to.unlink()
        raise
    if file is not None:
        with os.fdopen(file, "w") as out:
            out.write(f"{found['key']}\n")
        found["key"] = HIDDEN
        talk(f"key {found['id']} is in {asked.to}; it is kept nowhere else")
    if asked.json:
        say_json(found)
    elif file is None:
        talk(f"key {found['id']}, shown this once:")
        say(found["key"])
    return exits.OK


def _empty(file: Path) -> int:
    try:
        return os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError as there:
        raise Failed(
            f"{file} is there already, and no key is written over; move it away"
        ) from there
    except OSError as wrong:
        raise Failed(f"{file} cannot be written: {wrong.strerror}") from wrong


def every(asked: Namespace) -> int:
    found = list(pages(client(asked), "keys", tenant=asked.tenant))
    if asked.json:
        return say_json(found)
    head = ("ID", "TENANT", "SCOPES", "STATE", "FROM", "LAST USED")
    for line in tables.table(head, map(_row, found)):
        say(line)
    return exits.OK


def _row(one: Row) -> tuple[object, ...]:
    ends = f"until {tables.time(one['expires_at'])}" if one["expires_at"] else "good"
    heir = f", then {one['successor']}" if one["successor"] else ""
    return (
        *(one["id"], one["tenant"] or "(platform)", ", ".join(one["scopes"])),
        "revoked" if one["revoked"] else f"{ends}{heir}",
        ", ".join(one["networks"]) or "anywhere",
        tables.time(one["last_used_at"]),
    )


def revoke(asked: Namespace) -> int:
    found = client(asked).send(("keys", asked.id, "revoke"), {"why": asked.why})
    if asked.json:
        say_json(found)
    else:
        talk(f"key {asked.id} is revoked")
    return exits.OK
