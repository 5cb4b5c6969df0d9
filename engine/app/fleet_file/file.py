"""From a file to what it declares, or to everything that is wrong with it, each with its line."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from engine.app.fleet_file import reading
from engine.app.fleet_file.decoding import NO_KEY, Rows, Wrong, document, written
from engine.app.fleet_file.lines import KeyPath, line_of, lines
from engine.app.fleet_file.tables import FleetTable
from engine.errors import StartRefused
from engine.ids import TenantId
from engine.rules.fleet import checks
from engine.rules.fleet.declared import Finding, Fleet


class FleetFileWrong(StartRefused):
    """Says all that is wrong, a line for each."""

    def __init__(self, said: Sequence[str]) -> None:
        super().__init__("\n".join(said))
        self.said = tuple(said)


class FleetFile(NamedTuple):
    where: str
    given: Mapping[str, Any]
    rest: FleetTable  # what it says beside these kinds
    rows: Rows  # the tables as they were written, by kind and number
    declared: reading.Declared
    lines: Mapping[KeyPath, int]  # {}: it was never text

    @property
    def fleet(self) -> Fleet:
        return reading.fleet(self.declared)

    def wrong(self, found: Sequence[Finding]) -> FleetFileWrong:
        """All of it, in the order of the file."""
        ordered = sorted(found, key=lambda one: line_of(self.lines, one.path) or 0)
        return FleetFileWrong([self.said(one) for one in ordered])

    def said(self, one: Finding) -> str:
        """fleet.toml:12: ips[1].caps[2] (192.0.2.1): stage 3: …"""
        if not one.path:
            return one.why
        line = line_of(self.lines, one.path)
        place = self.where if line is None else f"{self.where}:{line}"
        if one.why.startswith(NO_KEY):
            return f"{place}: {one.why}"
        return f"{place}: {written(one.path)}{self._called(one.path)}: {one.why}"

    def _called(self, path: KeyPath) -> str:
        """The name of the table it stands in, by which people know it."""
        match path:
            case (str() as kind, int() as number, *_) if kind in checks.NAMES:
                name = self.given[kind][number].get(checks.NAMES[kind])
                return f" ({name})" if isinstance(name, str) else ""
            case _:
                return ""


def load(path: Path) -> FleetFile:
    """Raises StartRefused."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        why = getattr(problem, "strerror", None) or "it is no text"
        raise StartRefused(f"cannot read the fleet file {path}: {why}") from problem
    return parse(text, str(path))


def parse(text: str, where: str) -> FleetFile:
    """Raises StartRefused."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise StartRefused(f"{where} is not valid TOML: {problem}") from problem
    except RecursionError as problem:
        raise StartRefused(f"{where} is not valid TOML: it is nested too deeply") from problem
    return read(given, where, lines(text))


def read(
    given: Mapping[str, Any], where: str, at: Mapping[KeyPath, int] | None = None
) -> FleetFile:
    """Raises FleetFileWrong."""
    wrong = Wrong()
    rest, rows = document(given, wrong)
    known = reading.declared(rows, wrong)
    wrong.found.extend(checks.findings(known, frozenset(_slugs(given))))
    found = FleetFile(where, given, rest, rows, known, at or {})
    if wrong.found:
        raise found.wrong(wrong.found)
    return found


def _slugs(given: Mapping[str, Any]) -> Iterator[TenantId]:
    tenants = given.get("tenants")
    for one in tenants if isinstance(tenants, list) else ():
        slug = one.get("slug") if isinstance(one, dict) else None
        if isinstance(slug, str):
            yield TenantId(slug)
