"""The domains that tenants send from: listed, shown, registered, looked at now, removed."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from engine.cli import domain_words, exits, tables
from engine.cli.domain import EXITS
from engine.cli.parser import talk
from engine.cli.reading import Row, client, pages, say, say_json
from engine.cli.wrapping import screen, wrapped

CHANGES_MAX = 5  # shown; --json has all
PARTS = ("spf", "dkim", "dmarc", "ptr", "mx")


def run(asked: Namespace) -> int:
    if asked.command == "domains":
        return every(asked)
    return {"add": add, "show": show, "check-now": check_now, "remove": remove}[asked.verb](asked)


def every(asked: Namespace) -> int:
    found = list(pages(client(asked), "domains", as_of=asked.as_of, status=asked.status))
    if asked.json:
        return say_json(found)
    head = ("DOMAIN", "TENANT", "STATUS", *(part.upper() for part in PARTS), "CHECKED")
    for line in tables.table(head, map(_row, found)):
        say(line)
    talk(f"{len(found)} domains" if len(found) != 1 else "1 domain")
    return exits.OK


def _row(domain: Row) -> tuple[object, ...]:
    sign = domain_words.signs(sys.stdout.encoding)
    stands = [_sign(domain["definite"].get(part), sign) for part in PARTS]
    checked = tables.time(domain["checked_at"])
    return (domain["domain"], domain["tenant"], domain["status"], *stands, checked)


def _sign(definite: Row | None, sign: domain_words.Signs) -> str:
    if definite is None:
        return sign.unknown
    return sign.ok if definite["valid"] else sign.error


def show(asked: Namespace) -> int:
    found = client(asked).get("domains", asked.domain, as_of=asked.as_of)
    return _told(asked, found) if not asked.json else _as_json(found)


def add(asked: Namespace) -> int:
    found = client(asked).send(("domains",), dict(_said(asked)))
    if asked.json:
        return _as_json(found)
    if "see" not in found:
        say(f"{found['domain']} is registered for {found['tenant']}; its DNS is looked at now")
    talk(f"email-engine domain show {asked.domain} tells what is found")
    return exits.OK


def check_now(asked: Namespace) -> int:
    found = client(asked).send(("domains", asked.domain, "check"), _of(asked))
    if "see" in found:
        talk(f"it takes long; email-engine domain show {asked.domain} tells what is found")
        return exits.UNKNOWN
    _as_json(found) if asked.json else _told(asked, found)
    report = found["report"]
    return EXITS.get(report["status"], exits.UNKNOWN) if report else exits.UNKNOWN


def remove(asked: Namespace) -> int:
    found = client(asked).delete("domains", asked.domain, **_of(asked))
    if asked.json:
        return _as_json(found)
    say(f"{found['domain']} is registered no more")
    return exits.OK


def _as_json(found: Any) -> int:
    return say_json(found)


def _of(asked: Namespace) -> dict[str, str]:
    return {"tenant": asked.tenant} if asked.tenant else {}


def _said(asked: Namespace) -> Iterator[tuple[str, Any]]:
    yield "domain", asked.domain
    given = {
        "selectors": asked.selector,
        "mail_from": asked.mail_from,
        "helo": asked.helo,
        "purposes": asked.purpose,
        "dkim_keys": dict(asked.dkim_key) or None,
        "tenant": asked.tenant,
    }
    yield from ((name, value) for name, value in given.items() if value is not None)


def _told(asked: Namespace, found: Row) -> int:
    width, sign = screen(), domain_words.signs(sys.stdout.encoding)
    for line in tables.pairs(_facts(found)):
        say(line)
    for line in _changes(found, width):
        say(line)
    if found["report"] is None:
        talk(f"{asked.domain} was not looked at yet")
        return exits.OK
    say("")
    for line in domain_words.lines(found["report"], width, sign):
        say(line)
    for one in found["beside"]:
        for line in domain_words.finding(one, "", width, sign):
            say(line)
    return exits.OK


def _facts(domain: Row) -> Iterator[tuple[str, object]]:
    yield "domain", domain["domain"]
    yield "tenant", domain["tenant"]
    yield "status", domain["status"]
    yield "selectors", ", ".join(domain["selectors"])
    yield "bounces to", domain["mail_from"] or None
    yield "pools", ", ".join(domain["purposes"]) or "all"
    yield "next look", tables.time(domain["next_check"])
    if domain["silent_since"]:
        yield "unanswered since", tables.time(domain["silent_since"])
    for part, one in domain["definite"].items():
        word = "valid" if one["valid"] else f"invalid ({', '.join(one['errors'])})"
        yield part.upper(), f"{word} since {tables.time(one['since'])}"


def _changes(domain: Row, width: int) -> Iterator[str]:
    changes = domain["history"][:CHANGES_MAX]
    if changes:
        yield ""
        yield "Changes, the newest first:"
    for one in changes:
        yield f"  {tables.time(one['at'])}"
        for part in one["differences"]:
            yield from wrapped(_difference(part), "    ", width, "      ")


def _difference(part: Row) -> str:
    was, now = part["was"], part["now"]
    word = "valid" if now["valid"] else "invalid"
    before = f", was {'; '.join(was['records']) or 'nothing'}" if was else ""
    return f"{part['part'].upper()} {word}: {'; '.join(now['records']) or 'nothing'}{before}"
