"""Whether an answer is one that the route table, and so the OpenAPI document, speaks of."""

import re
from functools import cache
from typing import Any

import msgspec

from engine.api import openapi_problems, problems
from engine.api.openapi import NO_JSON
from engine.api.problems import ProblemBody
from engine.api.route import Route
from engine.api.routes import ROUTES


def check(method: str, path: str, status: int, body: bytes, content_type: str) -> None:
    """Fails with what is said nowhere: a status, a field, or a type of problem."""
    route = _route("GET" if method == "HEAD" else method, path.partition("?")[0])
    if route is None or method == "HEAD" or (status == 304 and route.tagged):
        return
    where = f"{method} {route.path}"
    if content_type == problems.CONTENT_TYPE:
        assert str(status) in openapi_problems.of(route), f"{where}: {status} {body!r}"
        _same(where, body, ProblemBody)
        return
    assert status in route.says, f"{where}: {status} is said nowhere: {body[:200]!r}"
    kinds = route.says[status]
    if kinds in NO_JSON or "fields=" in path:
        assert content_type.startswith(NO_JSON.get(kinds, "application/json"))
        return
    _same(where, body, *(kinds if isinstance(kinds, tuple) else (kinds,)))


def _same(where: str, body: bytes, *kinds: Any) -> None:
    """What the type does not know is lost by reading it, and what it needs must be there."""
    given, wrong = msgspec.json.decode(body), ""
    for kind in kinds:
        try:
            read = msgspec.json.encode(msgspec.json.decode(body, type=kind))
        except msgspec.ValidationError as error:
            wrong = f"{error} ({kind})"
            continue
        if msgspec.json.decode(read) == given:
            return
        wrong = f"fields that {kind} does not have"
    raise AssertionError(f"{where}: {wrong}: {body[:2000]!r}")


@cache
def _route(method: str, path: str) -> Route | None:
    found = [one for one in ROUTES if one.method == method and _pattern(one.path).fullmatch(path)]
    return min(found, key=lambda one: one.path.count("{"), default=None)


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"{\w+}", "[^/]+", path))
