"""One connection of a client: what goes wrong before or after a request is any route's affair."""

import asyncio
import logging

from aiohttp import web
from aiohttp.http_exceptions import LineTooLong
from aiohttp.web_protocol import RequestHandler

from engine.api import problems
from engine.api.middleware import HEADERS
from engine.api.problems import Problem

ANSWER_TAKEN_WITHIN_S = 30.0  # by the client, what is not streamed; streams see to it themselves
_TOO_LONG = "a line of the request is too long: the first one and each header may have 8,190 bytes"
_MALFORMED = (
    "this is no HTTP/1.1 request that can be read: its first line or a header is malformed, or"
    " there are more than 128 headers"
)
_log = logging.getLogger(__name__)


class Connection(RequestHandler):
    __slots__ = ()

    # aiohttp would log, and repeat to the client, the bytes that it could not read; a key may stand
    # in them.  What routes raise never comes here: the middleware has answered it.
    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,  # noqa: ARG002
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002
    ) -> web.StreamResponse:
        name = type(exc).__name__
        if request.writer.output_size > 0:
            raise ConnectionError("an answer was begun, and no other can be given")
        _log.info("what cannot be read as HTTP was refused: %s", name)
        why = _TOO_LONG if isinstance(exc, LineTooLong) else _MALFORMED
        return _closing(problems.response(Problem("bad-request", why), "/"))

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        if isinstance(resp, web.HTTPException):  # raised before the middleware was asked
            resp = _refused(resp, request.path)
        broken = request.content.exception() is not None
        if broken:
            resp.force_close()
        loop = asyncio.get_running_loop()
        late = loop.call_later(ANSWER_TAKEN_WITHIN_S, self._hang_up)
        try:
            return await super().finish_response(request, resp, start_time)
        finally:
            late.cancel()
            if broken:  # aiohttp would read the rest of the body, and log a bug where there is none
                self.force_close()

    def _hang_up(self) -> None:
        """Whoever writes then learns that nobody is there."""
        if self.transport is not None:
            self.transport.abort()


def _refused(error: web.HTTPException, path: str) -> web.StreamResponse:
    """An ``Expect`` that nobody meets; the body that waits for it is not read."""
    problem = problems.of(error)
    return error if problem is None else _closing(problems.response(problem, path))


def _closing(response: web.Response) -> web.Response:
    response.headers.update(HEADERS)
    response.force_close()
    return response
