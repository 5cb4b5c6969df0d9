"""The commands that ask a running engine and change nothing."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from engine.cli import environment, exits, tables
from engine.cli.client import Client
from engine.cli.exits import Failed
from engine.cli.parser import talk

PAGE = 500
_OTHERS = 0o077

Row = Mapping[str, Any]


def client(asked: Namespace) -> Client:
    found = environment.read()
    key = _key_of(asked.key_file) if asked.key_file else found.key
    if not key:
        why = f"an API key is needed: put it into a file for --key-file, or into {environment.KEY}"
        raise Failed(why, exits.USAGE)
    if not key.isascii() or not key.isprintable():
        raise Failed("the API key holds letters that no key has", exits.USAGE)
    return Client(asked.url or found.url, key)


def _key_of(path: Path) -> str:
    try:
        if path.stat().st_mode & _OTHERS:
            talk(f"others can read {path}; chmod 600 {path}")
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as wrong:
        why = getattr(wrong, "strerror", None) or "it is no text"
        raise Failed(f"cannot read the key file {path}: {why}", exits.USAGE) from wrong


def ips(asked: Namespace) -> int:
    found = list(pages(client(asked), "ips", as_of=asked.as_of))
    if asked.json:
        return say_json(found)
    head = ("ADDRESS", "TENANT", "PURPOSE", "NODE", "PHASE", "STAGE", "A DAY", "INTAKE", "SINCE")
    for line in tables.table(head, map(_ip_row, found)):
        say(line)
    talk(f"{len(found)} addresses" if len(found) != 1 else "1 address")
    return exits.OK


def _ip_row(ip: Row) -> tuple[object, ...]:
    return (
        *(ip["address"], ip["tenant"], ip["purpose"], ip["node"], _phase(ip)),
        *(ip["stage"] or None, _output(ip), ip["intake"], tables.time(ip["since"])),
    )


def ip(asked: Namespace) -> int:
    shown = client(asked).get("ips", asked.address, as_of=asked.as_of)
    if asked.json:
        return say_json(shown)
    for line in tables.pairs(_facts(shown)):
        say(line)
    return exits.OK


def _facts(ip: Row) -> Iterator[tuple[str, object]]:
    yield "address", ip["address"]
    yield "hostname", ip["hostname"] or None
    yield "tenant", ip["tenant"]
    yield "pool", ip["pool"]
    yield "node", ip["node"]
    yield "phase", f"{_phase(ip)} since {tables.time(ip['since'])}"
    if paused := ip.get("paused"):
        yield "paused", f"by a person since {tables.time(paused['since'])}: {paused['reason']}"
    yield "stage", ip["stage"] or None
    yield "wanted", f"intake {ip['intake']}, {_output(ip)} a day"
    yield "told", _told(ip["told"])
    yield "listed by", ", ".join(ip["lists"]["listed"]) or None
    yield "unproved lists", ", ".join(ip["lists"]["unproved"]) or None
    for n, why in enumerate(ip["warmup"]["waits_for"]):
        yield "" if n else "waits for", why


def _told(told: Row | None) -> str | None:
    if told is None:
        return None
    return f"intake {told['intake']}, {_output(told)} a day, at {tables.time(told['at'])}"


def _phase(ip: Row) -> str:
    paused = ", paused" if ip.get("paused") else ""
    return f"{ip['phase']} ({ip['reason']}){paused}" if ip["reason"] else f"{ip['phase']}{paused}"


def _output(of: Row) -> str:
    return tables.plain(of["cap"]) if of["output"] == "per_day" else str(of["output"])


def pages(source: Client, *path: str, **query: str | int) -> Iterator[Row]:
    after: str | None = ""
    while after is not None:
        page = source.get(*path, wait=0, after=after, limit=PAGE, **query)
        yield from page["items"]
        after = page["next"]


def say_json(found: object) -> int:
    say(json.dumps(found, indent=2, ensure_ascii=False))
    return exits.OK


def say_struct(found: object) -> int:
    """What msgspec knows how to write, in one line."""
    import msgspec

    say(msgspec.json.encode(found).decode())
    return exits.OK


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
