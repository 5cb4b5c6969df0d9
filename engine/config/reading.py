"""From a TOML file and the environment to tables, or to an error that says what was meant."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import msgspec
from msgspec import Struct

from engine.api.meant import choices, fields, meant
from engine.config import dsn
from engine.config.tables import Config
from engine.errors import StartRefused

PREFIX = "EMAIL_ENGINE__"
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>[^`]*)`")
_CHOICE = re.compile(r"Invalid enum value '(?P<word>[^']*)'")
_AT = re.compile(r" - at `\$(?P<path>[^`]*)`")
_INDEX = re.compile(r"\[[^\]]*\]")
_OF_NAMES = re.compile(r"`\$\.(?P<key>\w+)\[\.\.\.\]")  # msgspec does not say which


def load(path: Path, environment: Mapping[str, str] | None = None) -> Config:
    """Raises StartRefused that names file, key and what was meant."""
    env = os.environ if environment is None else environment
    try:
        table = tomllib.loads(path.read_text())
    except OSError as problem:
        raise StartRefused(f"cannot read the configuration {path}: {problem.strerror}") from problem
    except UnicodeDecodeError as problem:
        raise StartRefused(f"{path} is not UTF-8, as TOML has to be: {problem}") from problem
    except tomllib.TOMLDecodeError as problem:
        raise StartRefused(f"{path} is not valid TOML: {problem}") from problem
    _refuse_passwords(table, path)
    return read(overridden(table, env), str(path))


def _refuse_passwords(table: Mapping[str, Any], path: Path) -> None:
    """The file is shown around and kept in git; it names secrets and holds none."""
    database = table.get("database")
    given = database if isinstance(database, dict) else {}
    for key in ("dsn", "migrate_dsn"):
        if dsn.password(str(given.get(key, ""))):
            raise StartRefused(
                f"{path}: [database] {key} holds a password, and secrets come by file alone: put"
                f" the whole DSN into a file, and name that by {key}_file (a path, or"
                " credential:<name>)"
            )


def read(table: Mapping[str, Any], where: str = "the configuration") -> Config:
    try:
        return msgspec.convert(table, Config)
    except msgspec.ValidationError as problem:
        raise StartRefused(f"{where}: {_placed(_meant(str(problem)), table)}") from problem


def overridden(table: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """The table with the environment's values in it, read as TOML where they are TOML."""
    merged = dict(table)
    for name, text in sorted(environment.items()):
        if name.startswith(PREFIX):
            *tables, key = name.removeprefix(PREFIX).lower().split("__")
            place = merged
            for one in tables:
                place[one] = dict(place.get(one) or {})
                place = place[one]
            place[key] = _value(text)
    return merged


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _meant(problem: str) -> str:
    """msgspec names what it does not take; people also want to hear what there is."""
    found = _AT.search(problem)
    keys = _INDEX.sub("", found["path"]).split(".")[1:] if found else []
    if unknown := _UNKNOWN.search(problem):
        known = [name for table in _tables(*keys) for name in fields(table)]
        said = problem.replace("Object contains unknown field", "there is no key")
        return f"{said}{meant(unknown['name'], known)}"
    if wrong := _CHOICE.search(problem):
        words = [word for table in _tables(*keys[:-1]) for word in choices(table, keys[-1])]
        return f"{problem}{meant(wrong['word'], words)}"
    return problem


def _tables(*keys: str) -> list[type[Struct]]:
    """Of which kinds that may be which stands at these keys of the file."""
    found: list[type[Struct]] = [Config]
    for key in keys:
        of = [one for table in found for one in msgspec.structs.fields(table)]
        found = [table for one in of if one.name == key for table in _within(one.type)]
    return found


def _within(kind: Any) -> Iterator[type[Struct]]:
    if isinstance(kind, type) and issubclass(kind, Struct):
        yield kind
    for part in get_args(kind):
        yield from _within(part)


def _placed(problem: str, table: Mapping[str, Any]) -> str:
    """With the name of the node, or of the installation, that is wrong."""
    found = _OF_NAMES.search(problem)
    if not found:
        return problem
    key = found["key"]
    wrong = next(name for name, one in table[key].items() if not _fits(one, *_tables(key)))
    return problem.replace(f"$.{key}[...]", f"$.{key}.{wrong}")


def _fits(one: Any, kind: type[Struct]) -> bool:
    try:
        msgspec.convert(one, kind)
    except msgspec.ValidationError:
        return False
    return True
