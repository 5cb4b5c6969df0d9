"""Telegram's chats: of whom each hears, as it was decided over the API, and let hear or not."""

from argparse import Namespace
from typing import Any

from engine.cli import exits, tables
from engine.cli.exits import Failed
from engine.cli.parser import talk
from engine.cli.reading import Row, client, pages, say, say_json

EVERYTHING = "(everything)"


def run(asked: Namespace) -> int:
    return {"list": every, "show": show, "route": route, "remove": remove}[asked.verb](asked)


def every(asked: Namespace) -> int:
    if asked.configured:
        return _configured(asked)
    return _told(asked, list(pages(client(asked), "chats", tenant=asked.tenant)))


def _configured(asked: Namespace) -> int:
    found = client(asked).get("chats", "configured")
    if asked.json:
        return say_json(found)
    for chat in found["chats"]:
        say(chat)
    talk("the engine's configuration says more of each" if found["bot"] else "there is no bot")
    return exits.OK


def show(asked: Namespace) -> int:
    found = [one for one in pages(client(asked), "chats") if one["chat"] == asked.chat]
    if not found:
        why = f"chat {asked.chat} was not decided over the API; `chat list` has those that were,"
        raise Failed(
            f"{why} `chat list --configured` those of the engine's configuration", exits.NOT_FOUND
        )
    return _told(asked, found)


def _told(asked: Namespace, found: list[Row]) -> int:
    if asked.json:
        return say_json(found)
    for line in tables.table(("CHAT", "HEARS OF", "FROM", "QUIET", "SINCE"), map(_row, found)):
        say(line)
    return exits.OK


def _row(one: Row) -> tuple[object, ...]:
    quiet = f"{one['quiet']} {one['quiet_tz']}" if one["quiet"] else None
    hears_of = one["tenant"] or EVERYTHING
    return (one["chat"], hears_of, one["severity"], quiet, tables.time(one["routed_at"]))


def route(asked: Namespace) -> int:
    body: dict[str, Any] = {"platform": True} if asked.platform else {"tenant": asked.tenant}
    given = {"severity": asked.severity, "quiet": asked.quiet, "quiet_tz": asked.quiet_tz}
    body |= {name: text for name, text in given.items() if text}
    found = client(asked).send(("chats", asked.chat), body, method="PUT")
    if asked.json:
        return say_json(found)
    talk(f"chat {asked.chat} hears of {asked.tenant or 'everything'}")
    return exits.OK


def remove(asked: Namespace) -> int:
    whose = {"platform": "true"} if asked.platform else {"tenant": asked.tenant}
    found = client(asked).delete("chats", asked.chat, **whose)
    if asked.json:
        return say_json(found)
    talk(f"chat {asked.chat} hears of {asked.tenant or 'everything'} no more")
    return exits.OK
