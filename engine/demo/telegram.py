"""A Bot API server on the loopback: what it accepts, Telegram accepts; what it was told, it shows.

Nothing leaves the machine.  People are simulated by ``say`` and ``press``, trouble by ``script``.
"""

import asyncio
from typing import Literal

from aiohttp import web
from msgspec import Struct

from engine.demo import telegram_wire as wire
from engine.demo.telegram_chats import CONFLICT, Chats, Message
from engine.demo.telegram_photo import BYTES_MAX
from engine.demo.telegram_wire import Form, Said

DEMO_TOKEN = "1000000001:demo-not-a-secret"
SILENCE_SECONDS = 60.0
Trouble = Literal[
    "flood",
    "forbidden",
    "conflict",
    "unauthorized",
    "server_error",
    "bad_gateway",  # from a machine before Telegram, in HTML
    "redirect",
    "silence",
    "drop",  # the line breaks before anything is done
    "lost",  # it is done, and then the line breaks
]

__all__ = ["DEMO_TOKEN", "DemoTelegram", "Fault", "Message", "Trouble"]


class Fault(Struct, frozen=True):
    """What the next call of ``method`` ("" = of any) meets instead of an answer."""

    kind: Trouble
    method: str = ""
    retry_after: int = 1


class DemoTelegram:
    """``url`` is its address while it runs; ``chats`` what people see and do."""

    def __init__(self, token: str = DEMO_TOKEN, *, username: str = "ee_demo_bot") -> None:
        self.token = token
        self.url = ""
        self.calls: list[str] = []  # methods, in the order they came
        self.chats = Chats(int(token.split(":")[0]), username)
        self._faults: list[Fault] = []
        self._runner: web.AppRunner | None = None

    @property
    def transcript(self) -> list[Message]:
        """The bot's messages, oldest first."""
        return self.chats.transcript

    def say(self, chat: int, user: int, text: str) -> None:
        """A person writes to the bot."""
        self.chats.say(chat, user, text)

    def press(self, chat: int, user: int, message_id: int, data: str) -> None:
        """A person presses a button under a message."""
        self.chats.press(chat, user, message_id, data)

    def script(self, *faults: Fault) -> None:
        """The next calls meet these, in this order."""
        self._faults.extend(faults)

    async def start(self, port: int = 0) -> None:
        app = web.Application(client_max_size=2 * BYTES_MAX)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        self.calls.append(name)
        fault = self._fault(name)
        try:
            form = await self._admit(request, name, fault)
            result = await self.chats.methods[name](form)
        except Said as error:
            return error.answer()
        if fault is not None and fault.kind == "lost":
            _hang_up(request)
        return web.json_response({"ok": True, "result": result})

    async def _admit(self, request: web.Request, name: str, fault: Fault | None) -> Form:
        """The parameters of a call that may go on; raises Said for the others."""
        token = request.match_info["token"]
        if token != self.token:
            raise Said(401, "Unauthorized") if ":" in token else Said(404, "Not Found")
        if name not in self.chats.methods:
            raise Said(404, "Not Found: method not found")
        if fault is not None:
            await _meet(fault, request)
        return await wire.read(request)

    def _fault(self, method: str) -> Fault | None:
        for fault in self._faults:
            if fault.method in ("", method):
                self._faults.remove(fault)
                return fault
        return None


async def _meet(fault: Fault, request: web.Request) -> None:
    match fault.kind:
        case "flood":
            wait = fault.retry_after
            raise Said(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        case "forbidden":
            raise Said(403, "Forbidden: bot was blocked by the user")
        case "unauthorized":
            raise Said(401, "Unauthorized")
        case "conflict":
            raise Said(409, CONFLICT)
        case "server_error":
            raise Said(500, "Internal Server Error")
        case "redirect":
            raise web.HTTPFound(request.url)
        case "silence":
            await asyncio.sleep(SILENCE_SECONDS)
        case "bad_gateway":
            raise web.HTTPBadGateway(text="<html><body>502 Bad Gateway</body></html>")
        case "drop":
            _hang_up(request)
            raise Said(500, "nobody reads this")


def _hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
