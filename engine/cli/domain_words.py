"""A report on a domain's DNS for people: what is, what follows from it, and what to do."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from engine.cli import tables
from engine.cli.wrapping import wrapped
from engine.rules.named import few

Row = Mapping[str, Any]

NOTHING = "nothing found"
NOT_ANSWERED = "not answered"
# "Publish: example.com. IN MX 10 mx.example.com.", "Publish at example.com as …: v=spf1 -all"
_PUBLISH = re.compile(r"(.*\bpublish\b[^:]*:) (\S+\. IN .+|v=\w+[ ;].+)", re.IGNORECASE)
LABEL = 7  # letters of the widest part's name, and a space


class Signs(NamedTuple):
    ok: str
    warning: str
    error: str
    unknown: str
    info: str

    def of(self, word: str) -> str:
        return str(self._asdict().get(word, self.unknown))


def signs(encoding: str | None) -> Signs:
    """Ticks, where they can be written."""
    found = Signs("✓", "!", "✗", "?", "-")
    try:
        "".join(found).encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return Signs("+", "!", "x", "?", "-")
    return found


def lines(report: Row, width: int, sign: Signs) -> Iterator[str]:
    yield from _head(report, width, sign)
    for name, part in _parts(report):
        yield ""
        yield from _part(name, part, width, sign)
    for one in report["findings"]:
        yield ""
        yield from finding(one, "", width, sign)
    yield ""
    yield from _readiness(report["readiness"], width, sign)


def _head(report: Row, width: int, sign: Signs) -> Iterator[str]:
    yield f"{sign.of(report['status'])} {tables.plain(report['domain'])}: {report['status']}"
    took = f"{report['queries']} questions to {report['resolver']} in {report['duration_ms']:,} ms"
    yield from wrapped(f"{tables.time(report['checked_at'])}, {took}", "  ", width)
    if report.get("unasked"):
        more = f"{report['unasked']} more questions were not asked: there is a limit for one run"
        yield from wrapped(more, "  ", width)


def _parts(report: Row) -> Iterator[tuple[str, Row]]:
    for name in ("spf", "dkim", "dmarc", "ptr", "mx"):
        yield name.upper(), report[name]


def _part(name: str, part: Row, width: int, sign: Signs) -> Iterator[str]:
    head = f"{sign.of(part['status'])} {name.ljust(LABEL - 1)}"
    more = " " * len(head)
    first, *others = [*_facts(name, part)] or [_none(part)]
    yield from wrapped(first, head, width, more)
    for fact in others:
        yield from wrapped(fact, more, width)
    for one in part["findings"]:
        yield from finding(one, "  ", width, sign)


def _facts(name: str, part: Row) -> Iterator[str]:
    match name:
        case "SPF":
            yield from part["records"] or [_none(part)]
            yield from _senders(part)
        case "DKIM":
            yield from map(_selector, part["selectors"])
        case "DMARC" if part["record"]:
            yield f"{part['record']} (at {part['found_at']})"
        case "PTR":
            yield from map(_address, part["ips"])
        case "MX":
            yield from part["records"]


def _none(part: Row) -> str:
    return NOT_ANSWERED if part["valid"] is None else NOTHING


def _senders(spf: Row) -> Iterator[str]:
    lookups = spf["lookups"]
    if spf["records"]:
        yield f"{lookups['worst']} of {lookups['limit']} lookups at worst"
    for result in dict.fromkeys(one["result"] for one in spf["ips"]):
        ips = [one["ip"] for one in spf["ips"] if one["result"] == result]
        yield f"{result}: {few(ips, 5)}"


def _selector(one: Row) -> str:
    key = f"{one['key']}, {one['bits']} bits" if one["bits"] else one["key"] or _no_key(one)
    own = {True: ", the engine's own", False: ", not the one that signs", None: ""}
    return f"{one['selector']}: {key}{own[one['matches_engine_key']]}"


def _no_key(one: Row) -> str:
    if one["record"]:
        return "no readable key"
    return NOT_ANSWERED if one["valid"] is None else "nothing published"


def _address(one: Row) -> str:
    if one["confirmed"] or not one["names"]:
        unknown = NOT_ANSWERED if one["result"] == "temperror" else "no name"
        return f"{one['ip']}: {', '.join(one['confirmed']) or unknown}"
    return f"{one['ip']}: {', '.join(one['names'])}, not confirmed"


def finding(one: Row, indent: str, width: int, sign: Signs) -> Iterator[str]:
    head = f"{indent}{sign.of(one['severity'])} "
    more = " " * len(head)
    ref = f" ({one['ref']})" if one.get("ref") else ""
    subject = f"{one['subject']}: " if one.get("subject") else ""
    shown = "" if subject.rstrip(": ") in one["message"] else subject
    yield from wrapped(f"{shown}{one['message']}{ref} [{one['code']}]", head, width, more)
    for line in str(one.get("fix") or "").splitlines():
        yield from _fix(f"→ {line}" if sign.ok == "✓" else f"> {line}", more, width)


def _fix(text: str, indent: str, width: int) -> Iterator[str]:
    """A record has a line of its own, however long: it is copied, and a line break within its
    quotes would be a part of it.
    """
    found = _PUBLISH.fullmatch(text)
    words, record = found.groups() if found else (text, "")
    yield from wrapped(words, indent, width, f"{indent}  ")
    if record:
        yield f"{indent}  {tables.plain(record)}"


def _readiness(found: Mapping[str, Row], width: int, sign: Signs) -> Iterator[str]:
    yield "Bulk mail, by what the DNS shows:"
    words = {True: "ok", False: "error", None: "unknown"}
    for provider, one in found.items():
        name = provider.partition("_")[0].capitalize()
        head = f"  {sign.of(words[one['ok']])} {name.ljust(10)}"
        why = ", ".join([*one["missing"], *one["unknown"]]) or "nothing stands against it"
        yield from wrapped(why, head, width, " " * len(head))
