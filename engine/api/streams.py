"""Answers that are sent as they come."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing

from aiohttp import web

from engine.api.call import Answer
from engine.api.middleware import HEADERS, RATE

TAKEN_WITHIN_S = 30.0  # by the client; one that does not read is let go, and may come back
_OWN = {"Cache-Control": "no-cache, no-store", "X-Accel-Buffering": "no"}
_log = logging.getLogger(__name__)


async def sent(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Each part is written when the client has taken the one before."""
    headers = {**HEADERS, **_OWN, **request.get(RATE, {})}
    response = web.StreamResponse(status=answer.status, headers=headers)
    response.headers["Content-Type"] = answer.content_type
    await response.prepare(request)
    async with aclosing(answer.body) as parts:
        if request.method != "HEAD":
            await _send(request, response, parts)
    return response


async def _send(
    request: web.Request, response: web.StreamResponse, parts: AsyncGenerator[bytes, None]
) -> None:
    try:
        async for part in parts:
            async with asyncio.timeout(TAKEN_WITHIN_S):
                await response.write(part)
    except (ConnectionError, TimeoutError):
        _drop(request)
    except Exception:
        # What was begun cannot become a problem any more; the client sees it break off.
        _log.exception("a bug while streaming %s", request.path)
        _drop(request)


def _drop(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
