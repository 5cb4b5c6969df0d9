"""What surrounds every request: counting, headers, and problems instead of stack traces."""

import asyncio
import difflib
import logging
from collections.abc import Mapping

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from engine.api import problems
from engine.api.deps import Deps
from engine.api.problems import Problem
from engine.api.routes import ROUTES

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Server": "email-engine",
    "X-Content-Type-Options": "nosniff",
}
RATE = web.RequestKey("rate", Mapping[str, str])  # headers that tell what is left to its key
BUG = (
    "this is a mistake of the engine, and its log says which; whether anything was done shows"
    " a repetition with the same Idempotency-Key"
)
_log = logging.getLogger(__name__)


def around(deps: Deps) -> Middleware:
    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        began = asyncio.get_running_loop().time()
        with deps.requests.counted():
            response = await _answered(request, handler)
        headers = response.headers
        for name, text in (*HEADERS.items(), *request.get(RATE, {}).items()):
            headers.setdefault(name, text)
        seconds = asyncio.get_running_loop().time() - began
        if response.prepared:
            seconds = 0.0  # a stream: it was no slow answer, however long it was listened to
        deps.seen(request.method, _route(request), response.status, seconds)
        return response

    return middleware


async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Exception as error:
        problem = problems.of(error)
        if problem is None:
            _log.exception("a bug while answering %s %s", request.method, _route(request))
            problem = Problem("bug", BUG)
        elif problem.kind == "unknown-path":
            problem = _unknown_path(request.path)
        response = problems.response(problem, request.path)
        if problem.kind in ("slow-body", "too-large"):
            response.force_close()  # the rest of the body is not read
        return response


def _unknown_path(path: str) -> Problem:
    near = difflib.get_close_matches(path, [route.path for route in ROUTES], n=1)
    hint = f"did you mean {near[0]}?" if near else "the API lives under /api/v2"
    return Problem("unknown-path", f"there is no {path or 'such path'}; {hint}")


def _route(request: web.Request) -> str:
    """The path as the table has it, so that metrics do not grow with addresses."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "unknown"
