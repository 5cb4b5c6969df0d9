"""What goes wrong, as RFC 9457 tells it: ``application/problem+json`` with a stable ``type``."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import msgspec
from aiohttp import web
from msgspec import Struct

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

Kind = Literal[
    "bad-request",
    "bad-json",
    "unauthorized",
    "forbidden",
    "not-found",
    "unknown-path",
    "method-not-allowed",
    "slow-body",
    "taken",
    "refused",
    "try-again",
    "too-large",
    "content-type",
    "invalid",
    "unknown-field",
    "key-reused",
    "busy",
    "bug",
    "log-unavailable",
    "outcome-unknown",
    "behind",
    "node-silent",
    "views-broken",
]


class _Meaning(NamedTuple):
    status: int
    title: str


KINDS: Mapping[Kind, _Meaning] = {
    "bad-request": _Meaning(400, "The request cannot be understood"),
    "bad-json": _Meaning(400, "The body is not JSON"),
    "unauthorized": _Meaning(401, "A valid API key is needed"),
    "forbidden": _Meaning(403, "This key may not do that"),
    "not-found": _Meaning(404, "There is no such thing"),
    "unknown-path": _Meaning(404, "There is no such path"),
    "method-not-allowed": _Meaning(405, "This path does not know that method"),
    "slow-body": _Meaning(408, "The body did not arrive in time"),
    "taken": _Meaning(409, "It is taken"),
    "refused": _Meaning(409, "Not as things stand"),
    "try-again": _Meaning(409, "Somebody else was faster"),
    "too-large": _Meaning(413, "The body is too large"),
    "content-type": _Meaning(415, "The body must be JSON"),
    "invalid": _Meaning(422, "A value cannot be taken"),
    "unknown-field": _Meaning(422, "There is no such field"),
    "key-reused": _Meaning(422, "This Idempotency-Key belongs to another request"),
    "busy": _Meaning(429, "Too much is under way"),
    "bug": _Meaning(500, "The engine made a mistake"),
    "log-unavailable": _Meaning(503, "The log cannot be reached"),
    "outcome-unknown": _Meaning(503, "Whether it was done is not known"),
    "behind": _Meaning(503, "Not visible yet"),
    "node-silent": _Meaning(503, "A node does not answer"),
    "views-broken": _Meaning(503, "A read model is broken"),
}
_CODES: Mapping[str, Kind] = {"not_found": "not-found", "taken": "taken", "refused": "refused"}


class Body(Struct, frozen=True, kw_only=True, omit_defaults=True):
    type: str
    title: str
    status: int
    detail: str  # what, where, and what to do next
    instance: str  # the path that was asked
    field: str | None = None  # a JSON path, such as $.address or $[1].slug
    index: int | None = None  # in a list


class Problem(Exception):
    def __init__(
        self,
        kind: Kind,
        detail: str,
        *,
        field: str | None = None,
        index: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.field, self.index = kind, detail, field, index
        self.headers = dict(headers or {})

    @property
    def status(self) -> int:
        return KINDS[self.kind].status


def response(problem: Problem, path: str) -> web.Response:
    meaning = KINDS[problem.kind]
    body = Body(
        type=URN + problem.kind,
        title=meaning.title,
        status=meaning.status,
        detail=problem.detail,
        instance=path,
        field=problem.field,
        index=problem.index,
    )
    return web.Response(
        status=meaning.status,
        body=msgspec.json.encode(body),
        content_type=CONTENT_TYPE,
        headers=problem.headers,
    )


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
        case web.HTTPBadRequest():
            return Problem("bad-request", error.text or "the request is malformed")
        case _:
            return Problem("bad-request", error.reason) if error.status < 500 else None
