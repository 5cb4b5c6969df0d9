"""What goes wrong, as RFC 9457 tells it: ``application/problem+json`` with a stable ``type``."""

import re
from collections.abc import Mapping, Sequence

import msgspec
from aiohttp import web
from msgspec import Struct

from engine.api.problem_kinds import KINDS, Kind
from engine.errors import (
    Deposed,
    KeyReused,
    LogUnavailable,
    Rejected,
    UnknownEvent,
    VersionConflict,
    ViewsBroken,
)

URN = "urn:email-engine:problem:"
CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_S = "5"

_CODES: Mapping[str, Kind] = {
    "not_found": "not-found",
    "taken": "taken",
    "refused": "refused",
    "changed": "changed",
}
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")


class OneError(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is wrong with one of several."""

    detail: str
    field: str | None = None
    pointer: str | None = None
    index: int | None = None


class ProblemBody(Struct, frozen=True, kw_only=True, omit_defaults=True):
    type: str
    title: str
    status: int
    detail: str  # what, where, and what to do next
    instance: str  # the path that was asked
    field: str | None = None  # a JSON path, such as $.address or $[1].slug
    pointer: str | None = None  # the same as a JSON Pointer (RFC 6901), such as /1/slug
    index: int | None = None  # in a list
    errors: tuple[OneError, ...] = ()  # all of them, where a list has several; nothing was done


class Problem(Exception):
    def __init__(
        self,
        kind: Kind,
        detail: str,
        *,
        field: str | None = None,
        index: int | None = None,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[OneError] = (),
    ) -> None:
        super().__init__(detail)
        self.errors = tuple(errors)
        self.kind, self.detail, self.field, self.index = kind, detail, field, index
        self.headers = dict(headers or {})

    @property
    def status(self) -> int:
        return KINDS[self.kind].status


def together(found: Sequence[Problem]) -> Problem:
    """One that says all; of a list, nothing is done while one of it is wrong."""
    first = found[0]
    if len(found) == 1:
        return first
    errors = [
        OneError(detail=one.detail, field=one.field, pointer=pointer(one.field), index=one.index)
        for one in found
    ]
    why = f"{first.detail} (the first of {len(found)}; `errors` has all)"
    return Problem(first.kind, why, field=first.field, index=first.index, errors=errors)


def pointer(field: str | None) -> str | None:
    """A JSON Pointer (RFC 6901) to what ``$.a[1].b`` names; None: it is no such path."""
    if field is None or not field.startswith("$"):
        return None
    steps = (name or number for name, number in _STEP.findall(field))
    return "".join(f"/{one.replace('~', '~0').replace('/', '~1')}" for one in steps)


def response(problem: Problem, path: str) -> web.Response:
    return web.Response(
        status=problem.status,
        body=encoded(problem, path),
        content_type=CONTENT_TYPE,
        headers=problem.headers,
    )


def encoded(problem: Problem, path: str) -> bytes:
    meaning = KINDS[problem.kind]
    body = ProblemBody(
        type=URN + problem.kind,
        title=meaning.title,
        status=meaning.status,
        detail=problem.detail,
        instance=path,
        field=problem.field,
        pointer=pointer(problem.field),
        index=problem.index,
        errors=problem.errors,
    )
    return msgspec.json.encode(body)


def of(error: Exception) -> Problem | None:
    """An expected failure as people read it; None: it is a bug."""
    match error:
        case Problem():
            return error
        case Rejected(reason=reason, code=code, index=index):
            return Problem(_CODES.get(code, "refused"), reason, index=index)
        case KeyReused():
            why = "this Idempotency-Key was used for another request; choose a new one for this"
            return Problem("key-reused", why)
        case UnknownEvent():
            return Problem("refused", str(error))
        case VersionConflict():
            why = "several requests changed the same thing at once, and nothing was done; repeat it"
            return Problem("try-again", why, headers={"Retry-After": "1"})
        case LogUnavailable():
            why = "Postgres does not answer, and nothing was done; try again shortly"
            return Problem("log-unavailable", why, headers={"Retry-After": RETRY_AFTER_S})
        case ViewsBroken():
            why = "a table of the read models was dropped or changed by hand; the log has it all,"
            why += " and the engine makes the table anew when it is started again"
            return Problem("views-broken", why)
        case Deposed():
            why = "another process leads now; repeat the request with the same Idempotency-Key"
            return Problem("outcome-unknown", why, headers={"Retry-After": RETRY_AFTER_S})
        case web.HTTPException():
            return _http(error)
        case _:
            return None


def _http(error: web.HTTPException) -> Problem | None:
    match error:
        case web.HTTPRequestEntityTooLarge():
            return Problem("too-large", "a body may have 64 KiB; ask for less at once")
        case web.HTTPMethodNotAllowed():
            allowed = ", ".join(sorted(error.allowed_methods))
            why = f"{error.method} is not known here; this path knows {allowed}"
            return Problem("method-not-allowed", why, headers={"Allow": allowed})
        case web.HTTPNotFound():
            return Problem("unknown-path", "no such path; the API lives under /api/v2")
        case web.HTTPExpectationFailed():
            return Problem("bad-request", "the only `Expect` that is met here is 100-continue")
        case web.HTTPBadRequest():
            return Problem("bad-request", error.text or "the request is malformed")
        case _:
            return Problem("bad-request", error.reason) if error.status < 500 else None
