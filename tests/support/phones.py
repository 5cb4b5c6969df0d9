"""The simulated Telegram on a free port, and the engine's messenger speaking to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from engine.demo.telegram import DemoTelegram

if TYPE_CHECKING:
    from engine.adapters.telegram import TelegramMessenger

TOKEN = "1000000001:AAH-a-secret-that-nobody-may-read"
SECRET = TOKEN.partition(":")[2]


@asynccontextmanager
async def telegram() -> AsyncIterator[DemoTelegram]:
    server = DemoTelegram(TOKEN)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def messenger_to(
    server: DemoTelegram, *, token: str = TOKEN, patience: float = 5.0, answer_within: float = 2.0
) -> "AsyncIterator[TelegramMessenger]":
    # aiogram takes seconds to import: only the tests that use it pay for it
    from engine.adapters.telegram import TelegramMessenger

    port = TelegramMessenger(
        token, api_base=server.url, patience=patience, answer_within=answer_within
    )
    try:
        yield port
    finally:
        await _hang_up(port)
        await port.close()


async def _hang_up(port: "TelegramMessenger") -> None:
    """aiogram waits a quarter of a second for TLS to end, which this line has not."""
    session = await port._bot.session.create_session()  # type: ignore[attr-defined]
    await session.close()
