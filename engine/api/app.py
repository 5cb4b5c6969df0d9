"""The HTTP application: one way to serve every route of the table."""

import ipaddress
from collections.abc import AsyncGenerator
from functools import partial
from typing import Any

import msgspec
from aiohttp import web

from engine.api import auth, chosen, decode, etags, moments, reading, source, streams, writing
from engine.api.call import NOBODY, Answer, Call, Caller, Reading
from engine.api.deps import Deps
from engine.api.middleware import RATE, around
from engine.api.problems import Problem
from engine.api.route import Route
from engine.api.routes import ROUTES
from engine.ids import Position

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
    await _own_writes(deps, caller, request, taken)
    fields = chosen.names(taken.fields, route.says) if isinstance(taken, Reading) else ()
    since = deps.pump.position  # before it is read
    answer = await route.handler(_call(deps, route, caller, request, taken), taken)
    if isinstance(answer.body, AsyncGenerator):
        return await streams.sent(request, answer)
    if fields:
        answer = answer._replace(body=chosen.of(answer.body, fields))
    response = _response(deps, caller, answer)
    if route.tagged and answer.status == 200:
        _tag(deps, caller, request, response, since if answer.then is None else None)
    return response


def _call(deps: Deps, route: Route, caller: Caller, request: web.Request, taken: Any) -> Call:
    headers = request.headers
    since = None
    if (if_match := headers.get("If-Match")) is not None and route.method != "GET":
        if not route.changes_one:
            why = "this changes nothing that was read before, so it knows no If-Match; leave it out"
            raise Problem("bad-request", why, field="If-Match")
        since = etags.unchanged_since(deps, caller, if_match)
    path, once = decode.named(request.match_info), headers.get("Idempotency-Key")
    return Call(
        deps,
        caller,
        path,
        once,
        headers.get("Last-Event-ID"),
        since,
        writing.digest(once, route, path, taken),
    )


def _tag(
    deps: Deps,
    caller: Caller,
    request: web.Request,
    response: web.Response,
    since: Position | None,
) -> None:
    """304 where the client has these bytes already."""
    body = response.body
    tag = etags.made(deps, caller, body if isinstance(body, bytes) else b"", since)
    response.headers["ETag"] = tag
    if etags.same(request.headers.get("If-None-Match", ""), tag):
        response.set_status(304)
        response.body = None


def _caller(deps: Deps, route: Route, request: web.Request) -> Caller:
    if route.scope is None or (route.local and _is_local(request)):
        return NOBODY
    now = deps.clock.now()
    came_from = source.client(
        request.remote, request.headers.getall("X-Forwarded-For", ()), deps.proxies
    )
    try:
        caller = auth.caller(deps.views, request.headers.get("Authorization"), now, came_from)
    except Problem as wrong:
        if wrong.kind == "unauthorized":
            deps.refusals.count(came_from, now)
        raise
    deps.key_uses.note(caller.key, now)
    request[RATE] = deps.rates.take(caller.key, now)
    auth.permit(caller, route.scope)
    return caller


def _is_local(request: web.Request) -> bool:
    """From this machine, and not by way of a proxy that runs on it."""
    forwarded = {"Forwarded", "X-Forwarded-For", "X-Real-IP"} & set(request.headers)
    try:
        return not forwarded and ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        return False


async def _own_writes(deps: Deps, caller: Caller, request: web.Request, taken: Any) -> None:
    if not isinstance(taken, Reading):
        return
    if taken.at_least is not None:
        await reading.at_least(deps, caller, "$.at_least", taken.at_least)
    if text := request.headers.get("X-Position"):
        await reading.at_least(deps, caller, "X-Position", text)


def _response(deps: Deps, caller: Caller, answer: Answer) -> web.Response:
    """Bytes go out as they are, anything else as JSON."""
    as_is = isinstance(answer.body, bytes)
    body = answer.body if as_is else msgspec.json.encode(answer.body)
    response = web.Response(status=answer.status, body=body)
    response.headers["Content-Type"] = answer.content_type
    response.headers.update(answer.headers)
    if answer.position is not None:
        response.headers["X-Position"] = reading.token(deps, caller, answer.position)
    if answer.then is not None:
        position, at = answer.then
        response.headers["X-As-Of"] = moments.written(at)
        if position is not None:
            response.headers["X-As-Of-Position"] = str(position)
    if answer.location is not None:
        response.headers["Location"] = answer.location
    return response
