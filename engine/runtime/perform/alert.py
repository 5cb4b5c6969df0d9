"""Telling people, chat by chat."""

import asyncio
from collections.abc import Callable, Sequence

from engine.commands.alert import ReportTelling
from engine.effects import TellPeople
from engine.ids import TenantId
from engine.ports import Messenger, MessengerFailed
from engine.reactors.alerts import digest
from engine.rules.redaction import fragment
from engine.runtime.command_handler import CommandHandler
from engine.runtime.perform.command import ask

TELL_S = 30

Chats = Callable[[TenantId | None], Sequence[str]]  # who hears of whom, by configuration


class Teller:
    def __init__(self, *, messenger: Messenger, chats: Chats, handler: CommandHandler) -> None:
        self._messenger = messenger
        self._chats = chats
        self._handler = handler

    async def tell(self, effect: TellPeople) -> None:
        """Every chat that was not reached is tried again; one that was is edited from then on."""
        messages: dict[str, int] = {}
        failed: list[str] = []
        for chat in self._chats(effect.tenant):
            try:
                async with asyncio.timeout(TELL_S):
                    messages[chat] = await self._send(effect, chat)
            except MessengerFailed as failure:
                failed.append(f"{chat}: {fragment(str(failure))}")
            except TimeoutError:
                failed.append(f"{chat}: no answer in time")
        report = ReportTelling(
            alert=effect.alert,
            tenant=effect.tenant,
            text=digest(effect.text),
            messages=messages,
            failed=fragment("; ".join(failed)),
        )
        await ask(effect, report, self._handler)

    async def _send(self, effect: TellPeople, chat: str) -> int:
        message = effect.messages.get(chat)
        if message is not None:
            try:
                await self._messenger.edit(chat, message, effect.text)
            except MessengerFailed as failure:
                if not failure.gone:
                    raise
            else:
                return message
        silent = effect.severity == "info"
        return await self._messenger.send(chat, effect.text, silent=silent)


class Nobody:
    """Where no messenger is configured there are no chats either, so nobody asks it anything."""

    async def send(self, chat: str, text: str, *, silent: bool = False) -> int:
        del chat, text, silent
        raise MessengerFailed("no messenger is configured")

    async def edit(self, chat: str, message: int, text: str) -> None:
        del chat, message, text
        raise MessengerFailed("no messenger is configured")
