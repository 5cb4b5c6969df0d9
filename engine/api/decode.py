"""What clients send, decoded into the types of the route table, or refused by name."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar, get_args, get_origin

import msgspec
from aiohttp import web
from msgspec.structs import replace

from engine.api import doubled, problems
from engine.api.call import DryRun, Raw, Reading
from engine.api.meant import choices, fields, meant
from engine.api.problems import Problem
from engine.rules.redaction import fragment

BODY_MAX = 64 * 1024  # bytes
BODY_WITHIN_S = 10
RAW_MAX = 32 * 1024 * 1024  # bytes, unpacked
RAW_WITHIN_S = 60
NUL = "\0"  # Postgres keeps no text with one (its manual, "Character Types")
_AT = re.compile(r"(?P<what>.*?)(?: - at `(?P<path>[^`]*)`)?", re.S)
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>.*)`", re.S)
_MISSING = re.compile(r"Object missing required field `(?P<name>.*)`", re.S)
_INDEX = re.compile(r"\[[^\]]*\]")
_VALUE = re.compile(r"Invalid enum value '(?P<value>.*)'", re.S)
S = TypeVar("S")
T = TypeVar("T")

_log = logging.getLogger(__name__)


class _Query(Reading, frozen=True, kw_only=True):
    dry_run: bool = False


async def taken(request: web.Request, takes: Any) -> Any:
    """The query of a read, the body of a write."""
    if isinstance(takes, type) and issubclass(takes, Reading):
        return query(_asked(request), takes)
    if takes is Raw:
        return Raw(await _raw(request), request.content_type.lower())
    if isinstance(takes, type) and issubclass(takes, DryRun):
        given = body(await _bytes(request), takes)
        asked = query(_asked(request), _Query) if request.query else _Query()
        return replace(given, dry_run=given.dry_run or asked.dry_run)
    if request.query:
        name = next(iter(request.query))
        raise Problem("unknown-field", f"this takes no ?{name}=; what it takes goes into the body")
    return body(await _bytes(request), takes)


def _asked(request: web.Request) -> dict[str, str]:
    """The query, in which each name stands once; raises Problem."""
    given = dict(request.query)
    if len(given) != len(request.query):
        name = next(name for name in given if len(request.query.getall(name)) > 1)
        raise Problem("invalid", f"?{name}= stands there twice; say it once", field=f"$.{name}")
    return given


async def _raw(request: web.Request) -> bytes:
    """aiohttp unpacks what says that it is gzipped; the limit holds for what comes of it."""
    data = bytearray()
    async with _arriving("batch", RAW_WITHIN_S):
        async for part in request.content.iter_chunked(BODY_MAX):
            data += part
            if len(data) > RAW_MAX:
                why = f"a batch may have {RAW_MAX >> 20} MiB unpacked; send smaller ones"
                raise Problem("too-large", why, headers={"Connection": "close"})
    return bytes(data)


async def _bytes(request: web.Request) -> bytes:
    async with _arriving("body", BODY_WITHIN_S):
        data = await request.read()
    if data and request.content_type != "application/json":
        why = f"send `Content-Type: application/json`, not {request.content_type}"
        raise Problem("content-type", why)
    return data


@asynccontextmanager
async def _arriving(what: str, within_s: float) -> AsyncIterator[None]:
    """Raises Problem for what does not come in time, or not as it says that it is packed."""
    try:
        async with asyncio.timeout(within_s):
            yield
    except TimeoutError as late:
        why = f"the {what} must be here within {within_s} s"
        raise Problem("slow-body", why, headers={"Connection": "close"}) from late
    except (web.RequestPayloadError, web.PayloadAccessError) as wrong:
        raise Problem("bad-request", f"the body cannot be unpacked: {wrong}") from wrong


def named(path: Mapping[str, str]) -> dict[str, str]:
    """What the path names; raises Problem."""
    for name, text in path.items():
        if NUL in text:
            why = f"the `{name}` in the path holds a NUL, and nothing here has one in its name"
            raise Problem("not-found", why)
    return dict(path)


def body(data: bytes, takes: Any) -> Any:
    """No body is the same as an empty object.  Of one that cannot be decoded the log gets size and
    kind alone, for it may hold anything.
    """
    try:
        return _decoded(data, takes)
    except Problem as wrong:
        _log.info("a body of %d bytes cannot be decoded: %s", len(data), wrong.kind)
        raise


def _decoded(data: bytes, takes: Any) -> Any:
    try:
        found = msgspec.json.decode(data or b"{}", type=takes)
    except msgspec.ValidationError as wrong:
        raise _all_wrong(data, takes) or _invalid(str(wrong), takes) from wrong
    except (msgspec.DecodeError, UnicodeError, RecursionError) as wrong:
        raise Problem("bad-json", f"the body is not JSON: {wrong}") from wrong
    _once(data)
    return found


def _once(data: bytes) -> None:
    """Raises Problem for a name that stands twice in one object."""
    try:
        twice = doubled.field(data) if data else None
    except RecursionError as wrong:
        raise Problem("bad-json", "the body is nested too deeply") from wrong
    if twice is not None:
        raise Problem("invalid", f"{twice} stands there twice; say it once", field=twice)


def _all_wrong(data: bytes, takes: Any) -> Problem | None:
    """What is wrong with each of a list; None: it is none, or none is taken."""
    one = next((get_args(part)[0] for part in get_args(takes) if get_origin(part) is list), None)
    try:
        given = msgspec.json.decode(data, type=list[msgspec.Raw]) if one else []
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    found = [_one_wrong(value, one, takes, index) for index, value in enumerate(given)]
    wrong = [problem for problem in found if problem is not None]
    return problems.together(wrong) if wrong else None


def _one_wrong(value: msgspec.Raw, one: Any, takes: Any, index: int) -> Problem | None:
    try:
        msgspec.json.decode(value, type=one)
    except msgspec.ValidationError as wrong:
        return _invalid(str(wrong), takes, index)
    except RecursionError:
        return None
    return None


def query(given: dict[str, str], takes: type[Reading]) -> Any:
    try:
        found = msgspec.convert(given, takes, strict=False)
    except msgspec.ValidationError as wrong:
        raise _invalid(str(wrong), takes) from wrong
    for name, text in given.items():
        if NUL in text:
            why = "it holds a NUL, and nothing here has one in its name"
            raise Problem("invalid", why, field=f"$.{name}")
        if getattr(found, name) is None:
            why = f"{text!r} is no value here; leave `{name}` out to see all"
            raise Problem("invalid", why, field=f"$.{name}")
    return found


def checked(field: str, parse: Callable[[S], T], text: S, *, index: int | None = None) -> T:
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


def _near(what: str, allowed: tuple[str, ...]) -> str:
    value = _VALUE.fullmatch(what)
    near = meant(value["value"], allowed) if value else ""
    return near if near.startswith("; did") else ""


def _invalid(wrong: str, takes: Any, index: int | None = None) -> Problem:
    """``index``: of the one in a list that ``wrong`` is about."""
    found = _AT.fullmatch(wrong)
    what, path = (found["what"], found["path"] or "$") if found else (wrong, "$")
    if index is not None:
        path = f"$[{index}]{path[1:]}"
    if unknown := _UNKNOWN.fullmatch(what):
        name = unknown["name"]
        why = f"there is no field `{name}`{meant(name, fields(takes))}"
        return Problem("unknown-field", why, field=f"{path}.{name}", index=index)
    if missing := _MISSING.fullmatch(what):
        name = missing["name"]
        return Problem("invalid", f"`{name}` is missing", field=f"{path}.{name}", index=index)
    field = _INDEX.sub("", path).rsplit(".", 1)[-1]
    allowed = choices(takes, field) if what.startswith("Invalid enum") else ()
    said = f"; there are {', '.join(allowed)}{_near(what, allowed)}" if allowed else ""
    why = f"{path}: {what[:1].lower()}{what[1:]}{said}"
    return Problem("invalid", why, field=path, index=index)
