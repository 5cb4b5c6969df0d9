"""What clients send, decoded into the types of the route table, or refused by name."""

import asyncio
import re
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from aiohttp import web
from msgspec.structs import replace

from engine.api.call import DryRun, Reading
from engine.api.meant import choices, fields, meant
from engine.api.problems import Problem
from engine.rules.redaction import fragment

BODY_MAX = 64 * 1024  # bytes
BODY_WITHIN_S = 10
_AT = re.compile(r"(?P<what>.*?)(?: - at `(?P<path>[^`]*)`)?", re.S)
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>.*)`", re.S)
_MISSING = re.compile(r"Object missing required field `(?P<name>.*)`", re.S)
T = TypeVar("T")


class _Query(Reading, frozen=True, kw_only=True):
    dry_run: bool = False


async def taken(request: web.Request, takes: Any) -> Any:
    """The query of a read, the body of a write."""
    if isinstance(takes, type) and issubclass(takes, Reading):
        return query(dict(request.query), takes)
    if isinstance(takes, type) and issubclass(takes, DryRun):
        given = body(await _bytes(request), takes)
        asked = query(dict(request.query), _Query) if request.query else _Query()
        return replace(given, dry_run=given.dry_run or asked.dry_run)
    if request.query:
        name = next(iter(request.query))
        raise Problem("unknown-field", f"this takes no ?{name}=; what it takes goes into the body")
    return body(await _bytes(request), takes)


async def _bytes(request: web.Request) -> bytes:
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            data = await request.read()
    except TimeoutError as late:
        why = f"the body must be here within {BODY_WITHIN_S} s"
        raise Problem("slow-body", why, headers={"Connection": "close"}) from late
    if data and request.content_type != "application/json":
        why = f"send `Content-Type: application/json`, not {request.content_type}"
        raise Problem("content-type", why)
    return data


def body(data: bytes, takes: Any) -> Any:
    """No body is the same as an empty object."""
    try:
        return msgspec.json.decode(data or b"{}", type=takes)
    except msgspec.ValidationError as wrong:
        raise _invalid(str(wrong), takes) from wrong
    except (msgspec.DecodeError, UnicodeError, RecursionError) as wrong:
        raise Problem("bad-json", f"the body is not JSON: {wrong}") from wrong


def query(given: dict[str, str], takes: type[Reading]) -> Any:
    try:
        return msgspec.convert(given, takes, strict=False)
    except msgspec.ValidationError as wrong:
        raise _invalid(str(wrong), takes) from wrong


def checked(field: str, parse: Callable[[str], T], text: str, *, index: int | None = None) -> T:
    """``parse`` raises ValueError that says what is wrong."""
    try:
        return parse(text)
    except ValueError as wrong:
        raise Problem("invalid", str(wrong), field=field, index=index) from wrong


def words(field: str, text: str) -> str:
    """What a person wrote, as far as it may go into the log; something must be left of it."""
    left = fragment(text)
    if not left:
        why = "say it in words; what holds an @ is not kept"
        raise Problem("invalid", why, field=field)
    return left


def one_line(text: str) -> str:
    """A name that is kept as it was written; raises ValueError."""
    if not text or fragment(text) != text:
        raise ValueError("a name is one line of at most 200 letters, without @ or doubled blanks")
    return text


def _invalid(wrong: str, takes: Any) -> Problem:
    found = _AT.fullmatch(wrong)
    what, path = (found["what"], found["path"] or "$") if found else (wrong, "$")
    index = int(path[2 : path.index("]")]) if path.startswith("$[") and "]" in path else None
    if unknown := _UNKNOWN.fullmatch(what):
        name = unknown["name"]
        why = f"there is no field `{name}`{meant(name, fields(takes))}"
        return Problem("unknown-field", why, field=f"{path}.{name}", index=index)
    if missing := _MISSING.fullmatch(what):
        name = missing["name"]
        return Problem("invalid", f"`{name}` is missing", field=f"{path}.{name}", index=index)
    field = path.replace("[...]", "").rsplit(".", 1)[-1]
    allowed = choices(takes, field) if what.startswith("Invalid enum") else ()
    said = f"; there are {', '.join(allowed)}" if allowed else ""
    why = f"{path}: {what[:1].lower()}{what[1:]}{said}"
    return Problem("invalid", why, field=path, index=index)
