"""The document as tables of their kinds: every error is found, not only the first."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from engine.api.meant import choices, fields
from engine.app.fleet_file.lines import KeyPath
from engine.app.fleet_file.tables import (
    ChatTable,
    DomainTable,
    FleetTable,
    IpTable,
    NodeTable,
    Table,
    TenantTable,
    TrafficTable,
)
from engine.rules.fleet.declared import Finding
from engine.rules.meant import meant

K = TypeVar("K", bound=Table)
T = TypeVar("T")

KINDS: Mapping[str, type[Table]] = {
    "tenants": TenantTable,
    "nodes": NodeTable,
    "domains": DomainTable,
    "ips": IpTable,
    "chats": ChatTable,
}
ELSEWHERE = {
    "telegram": "the bot's token and who may ask it are in the engine's configuration, under"
    " [telegram]; here chats are [[chats]]",
    "mailwizz": "installations of MailWizz are in the engine's configuration; here a tenant names"
    " one: mailwizz = 'main'",
}
NO_KEY = "there is no key"
_WRONG = re.compile(r"(?P<what>.*?)(?: - at `\$(?P<path>[^`]*)`)?", re.DOTALL)
_INDEX = re.compile(r"\[(\d+)\]")


class Wrong:
    """What is wrong, as far as it was seen."""

    def __init__(self) -> None:
        self.found: list[Finding] = []

    def say(self, path: KeyPath, why: str) -> None:
        self.found.append(Finding(path, why))

    def within(self, path: KeyPath) -> bool:
        """Whether something there is wrong."""
        return any(one.path[: len(path)] == path for one in self.found)

    def checked(self, path: KeyPath, parse: Callable[[str], T], text: str | None) -> T | None:
        """``parse`` raises ValueError that says what is wrong; None was not said."""
        if text is None:
            return None
        try:
            return parse(text)
        except ValueError as wrong:
            self.say(path, str(wrong))
            return None


Rows = dict[str, dict[int, Any]]  # tables that could be read, by kind and number


def document(given: Mapping[str, Any], wrong: Wrong) -> tuple[FleetTable, Rows]:
    """What stands beside these kinds, and the rows of these."""
    rows: Rows = {kind: {} for kind in KINDS}
    rest: dict[str, Any] = {}
    for key, value in given.items():
        if key in KINDS:
            rows[key] = dict(_rows(key, value, wrong))
        elif key == "traffic" and isinstance(value, dict):
            if (table := decoded(TrafficTable, value, (key,), wrong)) is not None:
                rest[key] = table
        else:
            rest[key] = value
    return decoded(FleetTable, rest, (), wrong) or FleetTable(), rows


def _rows(key: str, value: Any, wrong: Wrong) -> Iterator[tuple[int, Table]]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        wrong.say((key,), f"write each as a table of its own, under [[{key}]]")
        return
    for number, one in enumerate(value):
        table = decoded(KINDS[key], one, (key, number), wrong)
        if table is not None:
            yield number, table


def decoded(kind: type[K], given: Mapping[str, Any], path: KeyPath, wrong: Wrong) -> K | None:
    """None: what it must have is missing or wrong.  What else is wrong is as if it was not said,
    so that the rest can be judged too.
    """
    values = dict[str, Any]()
    known = {one.name: one for one in msgspec.structs.fields(kind)}
    for key, value in given.items():
        if key not in known:
            wrong.say((*path, key), _unknown(kind, key, path))
            continue
        try:
            values[key] = msgspec.convert(value, known[key].type)
        except msgspec.ValidationError as error:
            wrong.say(*_invalid(kind, key, path, str(error)))
    for name, one in known.items():
        if one.required and name not in given:
            wrong.say(path, f"`{name}` is missing")
    needed = {name for name, one in known.items() if one.required}
    return kind(**values) if needed <= set(values) else None


def _unknown(kind: type[Table], key: str, path: KeyPath) -> str:
    if not path and key in ELSEWHERE:
        return f"{NO_KEY} `{key}`: {ELSEWHERE[key]}"
    at = f" (at {written(path)})" if path else ""
    if key == "removed":
        why = "only domains, ips and chats can be removed"
        return f"{NO_KEY} `removed`{at}: {why}; let the engine observe: authority = 'observe'"
    return f"{NO_KEY} `{key}`{at}{meant(key, fields(kind))}"


def _invalid(kind: type[Table], key: str, path: KeyPath, error: str) -> tuple[KeyPath, str]:
    found = _WRONG.fullmatch(error)
    what, at = (found["what"], found["path"] or "") if found else (error, "")
    inner = tuple(int(number) for number in _INDEX.findall(at))
    allowed = choices(kind, key) if what.startswith("Invalid enum") else ()
    said = f"; there are {', '.join(allowed)}" if allowed else ""
    return (*path, key, *inner), f"{what[:1].lower()}{what[1:]}{said}"


def written(path: KeyPath) -> str:
    """ips[1].volume"""
    text = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in path)
    return text.removeprefix(".")
