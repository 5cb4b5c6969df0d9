"""Which problems an operation may answer with, for the OpenAPI document."""

from collections.abc import Iterator
from typing import Any

from engine.api.problem_kinds import KINDS
from engine.api.problems import CONTENT_TYPE, URN
from engine.api.route import Route

Json = dict[str, Any]
_AT = "#/components/responses/"
_HEADERS = {
    401: {"WWW-Authenticate": "how to send a key"},
    405: {"Allow": "what is known here"},
    429: {"Retry-After": "seconds"},
    503: {"Retry-After": "seconds"},
}


def responses() -> Json:
    """One for each status."""
    return {f"Problem{status}": _response(status) for status in sorted(_statuses())}


def of(route: Route) -> Json:
    """Statuses that ``says`` has already have a body of their own."""
    return {
        str(status): {"$ref": f"{_AT}Problem{status}"}
        for status in sorted({*_of(route)} - {*route.says})
    }


def _of(route: Route) -> Iterator[int]:
    yield from (400, 422, 500)
    if route.scope is None:
        return
    yield from (401, 403, 404, 409, 412, 429, 503)
    if route.sends:
        yield from (408, 413, 415)


def _statuses() -> set[int]:
    return {meaning.status for meaning in KINDS.values()}


def _response(status: int) -> Json:
    kinds = {kind: one.title for kind, one in KINDS.items() if one.status == status}
    schema = {
        "allOf": [
            {"$ref": "#/components/schemas/ProblemBody"},
            {"properties": {"type": {"enum": [URN + kind for kind in kinds]}}},
        ]
    }
    made: Json = {
        "description": "; ".join(f"`{kind}`: {title}" for kind, title in kinds.items()),
        "content": {CONTENT_TYPE: {"schema": schema}},
    }
    if status in _HEADERS:
        text = {"type": "string"}
        made["headers"] = {
            name: {"description": what, "schema": text} for name, what in _HEADERS[status].items()
        }
    return made
