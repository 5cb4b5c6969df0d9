"""The HTTP application: one way to serve every route of the table."""

import ipaddress
from collections.abc import AsyncGenerator
from functools import partial
from typing import Any

import msgspec
from aiohttp import web

from engine.api import auth, decode, moments, reading, streams
from engine.api.call import NOBODY, Answer, Call, Caller, Reading
from engine.api.deps import Deps
from engine.api.middleware import around
from engine.api.problems import Problem
from engine.api.routes import ROUTES, Route

KEEPALIVE_S = 15  # for the runner: aiohttp's own default is an hour


def build(deps: Deps) -> web.Application:
    app = web.Application(client_max_size=decode.BODY_MAX, middlewares=[around(deps)])
    app.on_shutdown.append(partial(_end, deps))
    for route in ROUTES:
        serve = partial(_serve, deps, route)
        if route.method == "GET":
            app.router.add_get(route.path, serve)  # HEAD too
        else:
            app.router.add_route(route.method, route.path, serve)
    return app


async def _end(deps: Deps, _: web.Application) -> None:
    deps.requests.end()


async def _serve(deps: Deps, route: Route, request: web.Request) -> web.StreamResponse:
    caller = _caller(deps, route, request)
    taken = await decode.taken(request, route.takes)
    await _own_writes(deps, request, taken)
    headers = request.headers
    keys = headers.get("Idempotency-Key"), headers.get("Last-Event-ID")
    answer = await route.handler(Call(deps, caller, dict(request.match_info), *keys), taken)
    if isinstance(answer.body, AsyncGenerator):
        return await streams.sent(request, answer)
    return _response(answer)


def _caller(deps: Deps, route: Route, request: web.Request) -> Caller:
    if route.scope is None or (route.local and _is_local(request)):
        return NOBODY
    caller = auth.caller(deps.views, request.headers.get("Authorization"))
    auth.permit(caller, route.scope)
    return caller


def _is_local(request: web.Request) -> bool:
    """From this machine, and not by way of a proxy that runs on it."""
    forwarded = {"Forwarded", "X-Forwarded-For", "X-Real-IP"} & set(request.headers)
    try:
        return not forwarded and ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        return False


async def _own_writes(deps: Deps, request: web.Request, taken: Any) -> None:
    if not isinstance(taken, Reading):
        return
    await reading.at_least(deps, taken.at_least)
    if text := request.headers.get("X-Position"):
        if not (text.isascii() and text.isdigit()):
            raise Problem("bad-request", f"X-Position is a number, not {text!r}")
        await reading.at_least(deps, int(text))


def _response(answer: Answer) -> web.Response:
    """Bytes go out as they are, anything else as JSON."""
    as_is = isinstance(answer.body, bytes)
    body = answer.body if as_is else msgspec.json.encode(answer.body)
    response = web.Response(status=answer.status, body=body)
    response.headers["Content-Type"] = answer.content_type
    if answer.position is not None:
        response.headers["X-Position"] = str(answer.position)
    if answer.then is not None:
        position, at = answer.then
        response.headers["X-As-Of"] = moments.written(at)
        if position is not None:
            response.headers["X-As-Of-Position"] = str(position)
    if answer.location is not None:
        response.headers["Location"] = answer.location
    return response
