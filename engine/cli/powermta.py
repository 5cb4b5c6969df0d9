"""PowerMTA's configuration: as nodes were told it, its versions, and what exists already."""

import json
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.cli import exits, tables
from engine.cli.exits import Failed
from engine.cli.parser import talk
from engine.cli.reading import Row, client, pages, say, say_json

_BROKEN = ("conflict", "torn")
_OPEN = ("wanted", "open", "waits")
FOLLOW = "email-engine powermta nodes tells how it goes"


def run(asked: Namespace) -> int:
    verbs = {
        "config": config,
        "choose": choose,
        "versions": versions,
        "rollback": rollback,
        "nodes": nodes,
        "import": read,
    }
    return verbs[asked.verb](asked)


def config(asked: Namespace) -> int:
    found = list(pages(client(asked), "powermta", "config", **_of(asked)))
    if asked.json:
        return say_json(found)
    if asked.text:
        for one in found:
            say(f"# {one['tenant']} on {one['node']}, version {one['version']}")
            say(one["text"].rstrip("\n"))
        return exits.OK
    head = ("NODE", "TENANT", "VERSION", "CHOICES", "STATE", "TO CHANGE")
    for line in tables.table(head, map(_file_row, found)):
        say(line)
    for one in found:
        for change in one["changes"]:
            say(tables.plain(f"  {one['node']}: {change['where']}: {change['what']}"))
    return exits.OK


def _file_row(one: Row) -> tuple[object, ...]:
    changes = len(one["changes"])
    return (
        *(one["node"], one["tenant"], one["version"], one["overlay"], one["state"]),
        changes or None,
    )


def choose(asked: Namespace) -> int:
    said = {"confirm": asked.confirm, "dry_run": asked.dry_run, "tenant": asked.tenant}
    body = _request(asked.file) | {name: word for name, word in said.items() if word}
    found = client(asked).send(("powermta", "config"), body, method="PUT")
    if asked.json:
        return say_json(found)
    if found["unchanged"]:
        say("it is chosen so already")
    _say_changes(found)
    for one in found["findings"]:
        talk(tables.plain(f"{one['where']}: {one['message']} {one['fix']}"))
    if not found["dry_run"] and not found["unchanged"]:
        talk(FOLLOW)
    return exits.OK


def _request(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text())
    except OSError as no:
        raise Failed(f"cannot read {path}: {no.strerror}", exits.USAGE) from no
    except (ValueError, RecursionError) as no:
        raise Failed(f"{path} is no JSON: {no}", exits.USAGE) from no
    if not isinstance(found, dict):
        why = f'{path} holds no request; write {{"virtual_mtas": […], "pattern_lists": {{…}}}}'
        raise Failed(why, exits.USAGE)
    return found


def versions(asked: Namespace) -> int:
    own = {"own": "true"} if asked.own else {}
    found = list(pages(client(asked), "powermta", "versions", **_of(asked), **own))
    if asked.json:
        return say_json(found)
    head = ("VERSION", "AT", "BY", "CHOICES", "WATCH", "CHANGES")
    for line in tables.table(head, map(_version_row, found)):
        say(line)
    return exits.OK


def _version_row(one: Row) -> tuple[object, ...]:
    return (
        *(one["version"], tables.time(one["at"]), one["actor"], one["overlay"], one["watch"]),
        len(one["changes"]),
    )


def rollback(asked: Namespace) -> int:
    body = {"version": asked.version, "reason": asked.reason, "confirm": asked.confirm}
    found = client(asked).send(("powermta", "rollback"), body | _of(asked))
    if asked.json:
        return say_json(found)
    if found["unchanged"]:
        say("nothing was chosen then that is not chosen now")
        return exits.OK
    _say_changes(found)
    talk(FOLLOW)
    return exits.OK


def _say_changes(found: Row) -> None:
    for file in found["files"]:
        for change in file["changes"]:
            say(tables.plain(f"{file['node']}: {change['where']}: {change['what']}"))


def nodes(asked: Namespace) -> int:
    found = client(asked).get("powermta", "nodes", tenant=asked.tenant)["items"]
    if asked.json:
        say_json(found)
    else:
        head = ("NODE", "TENANT", "STATE", "VERSION", "LAST ENDED", "NOTE")
        for line in tables.table(head, _node_rows(found)):
            say(line)
        for file in _files(found):
            if file["waiting"]:
                talk(tables.plain(f"{file['tenant']}: {file['waiting']['next']}"))
    return _code(found)


def _files(found: list[Row]) -> Iterator[Row]:
    return (file for one in found for file in one["files"])


def _node_rows(found: list[Row]) -> Iterator[tuple[object, ...]]:
    for one in found:
        for file in one["files"]:
            ended = file["ending"] or None
            kind = f" ({file['kind'].replace('_', ' ')})" if file["kind"] else ""
            yield (
                *(one["name"], file["tenant"], file["state"], file["version"]),
                *(f"{ended}{kind}" if ended else None, _note(file)),
            )
        if not one["files"]:
            yield one["name"], None, None, None, None, one["why"] or None


def _note(file: Row) -> str | None:
    if file["breach"]:
        return f"failed its watch: {file['breach']}"
    if waiting := file["waiting"]:
        canary = f" for {waiting['canary']}" if waiting["canary"] else ""
        said = f": {waiting['said']}" if waiting["said"] else ""
        return (
            f"choices {waiting['choices']} wait ({waiting['why'].replace('_', ' ')}){canary}{said}"
        )
    if watch := file["watch"]:
        return f"watched until {tables.time(watch['until'])}, {watch['looks']} good looks"
    return file["why"] if file["ending"] != "done" and file["why"] else None


def _code(found: list[Row]) -> int:
    files = list(_files(found))
    if any(
        file["state"] in _BROKEN
        or file["breach"]
        or (file["ending"] == "failed" and file["kind"] != "too_large")
        for file in files
    ):
        return exits.WRONG
    waits = any(file["state"] in _OPEN or file["waiting"] for file in files)
    return exits.CHANGES if waits else exits.OK


def read(asked: Namespace) -> int:
    if bool(asked.file) == bool(asked.node):
        raise Failed("name files, or a node with --node", exits.USAGE)
    body: dict[str, Any] = {"node": asked.node} if asked.node else _texts(asked.file)
    if asked.tenant:
        body["tenant"] = asked.tenant
    found = client(asked).send(("powermta", "import"), body | {"apply": asked.apply})
    if asked.json:
        say_json(found)
    else:
        for line in _told(found):
            say(tables.plain(line))
        if found["applied"]:
            talk(FOLLOW)
    wrong = any(one["severity"] == "error" for one in found["findings"])
    return exits.WRONG if wrong else exits.OK


def _texts(paths: list[Path]) -> dict[str, Any]:
    files: dict[str, str] = {}
    for path in paths:
        try:
            files[str(path)] = path.read_text(encoding="utf-8", errors="replace")
        except OSError as wrong:
            raise Failed(f"cannot read {path}: {wrong.strerror}", exits.USAGE) from wrong
    return {"files": files, "main": str(paths[0])}


def _told(found: Row) -> Iterator[str]:
    counts = {
        "VMTAs": found["virtual_mtas"],
        "pools": found["pools"],
        "SMTP users": found["smtp_users"],
        "sources": found["sources"],
        "kept as they are": found["kept"],
    }
    yield ", ".join(f"{len(those)} {what}" for what, those in counts.items())
    for one in found["proposals"]:
        remark = f" ({one['remark']})" if one["remark"] else ""
        yield f"{one['vmta']}: {one['command']} {json.dumps(one['body'])}{remark}"
    for one in found["not_proposed"]:
        yield f"{one['vmta']}: nothing is proposed: {one['why']} ({one['where']})"
    for one in found["findings"]:
        yield f"{one['where']}: {one['severity']} {one['rule']}: {one['message']} {one['fix']}"


def _of(asked: Namespace) -> dict[str, str]:
    given = {"tenant": asked.tenant, "node": asked.node}
    return {name: text for name, text in given.items() if text}
