"""What the DNS says of a domain, and the records that it needs."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.cli import domain_words, exits
from engine.cli.exits import Failed
from engine.cli.parser import talk
from engine.cli.reading import client, say, say_json
from engine.cli.wrapping import screen

TEXT_MAX = 50_000  # letters of a zone file: a request may have 64 KiB

EXITS = {
    "ok": exits.OK,
    "error": exits.WRONG,
    "warning": exits.DOUBTFUL,
    "unknown": exits.UNKNOWN,
}


def check(asked: Namespace) -> int:
    body = dict(_about(asked))
    if asked.zone_file is not None:
        body["records"] = _text(asked.zone_file)
    report = client(asked).send(("domains", "validate"), body)
    if asked.json:
        say_json(report)
    elif "see" in report:
        talk(f"the look takes long; later: GET {report['see']}")
    else:
        for line in domain_words.lines(report, screen(), domain_words.signs(sys.stdout.encoding)):
            say(line)
    return EXITS.get(report.get("status", ""), exits.UNKNOWN)


def records(asked: Namespace) -> int:
    body = dict(_about(asked))
    body |= {"mx": asked.mx, "reports_to": asked.reports_to}
    body["keys"] = {selector: _text(path) for selector, path in asked.key}
    found = client(asked).send(("domains", "records"), body)
    if asked.json:
        return say_json(found)
    sys.stdout.write(found["zone"])
    for what in found["missing"]:
        talk(f"missing: {what}")
    return exits.OK


def _about(asked: Namespace) -> Iterator[tuple[str, Any]]:
    yield "domain", asked.domain
    given = {
        "ips": asked.ip,
        "selectors": asked.selector,
        "mail_from": asked.mail_from,
        "helo": asked.helo,
        "tenant": asked.tenant,
    }
    yield from ((name, value) for name, value in given.items() if value is not None)


def _text(path: Path) -> str:
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        why = getattr(wrong, "strerror", None) or "it is no text"
        raise Failed(f"cannot read {path}: {why}", exits.USAGE) from wrong
    if len(text) > TEXT_MAX:
        raise Failed(f"{path} is too long: at most {TEXT_MAX:,} letters", exits.USAGE)
    return text
