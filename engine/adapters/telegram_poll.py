"""The bot's ear: one person after the other is heard and answered.

aiogram's own polling is not used: it logs and swallows a revoked token or a second poller, which
people must hear of, and confirms a command before it was answered.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple, NoReturn, Protocol

from engine.adapters.telegram_text import addressed
from engine.ports import Messenger, MessengerFailed, Reply

POLL_SECONDS = 25
BACK_OFF_SECONDS = (1.0, 60.0)

Trouble = Callable[[str], None]  # why nobody is heard; "" = everybody is again


class Press(NamedTuple):
    """Of a button under one of the bot's messages."""

    query: str  # to be answered, or the button goes on turning
    message: int
    data: str


class Heard(NamedTuple):
    number: int  # of the update; asking from the next one on confirms this one
    chat: int
    user: int  # 0: nobody in particular (a channel, a group's anonymous admin)
    text: str  # "" = something else than a text
    message: int = 0  # its number in the chat
    press: Press | None = None
    topic: int = 0  # of a forum, where it was written; 0: there is none, or the general one
    moved_to: int = 0  # this group has become a supergroup with that number

    @property
    def place(self) -> str:
        """Where it is answered."""
        return f"{self.chat}/{self.topic}" if self.topic else str(self.chat)


Handler = Callable[[Heard], Awaitable[Sequence[Reply]]]  # none: silence


class Line(Messenger, Protocol):
    """A chat may be followed by a topic of it: ``-100123/7``."""

    async def show(self, chat: str, png: bytes, text: str) -> None:
        """A picture, and HTML beneath it.  Raises MessengerFailed."""

    async def answer_press(self, query: str, text: str) -> None:
        """What flashes up over the chat, at most 200 letters; "" ends the wait alone.  Raises
        MessengerFailed.
        """

    async def greet(self, commands: Mapping[str, str], chats: Sequence[int] = ()) -> str:
        """Show the commands in these chats alone, (): in all; returns the bot's name.  Raises
        MessengerFailed.
        """

    async def updates(self, start: int, seconds: int) -> list[Heard]:
        """From ``start`` on, waiting for one if there is none.  Raises MessengerFailed."""


async def poll(
    line: Line,
    handler: Handler,
    commands: Mapping[str, str],
    trouble: Trouble,
    chats: Callable[[], Sequence[int]] = tuple,
) -> NoReturn:
    """Until it is cancelled.  An error of ``handler`` is a bug, and ends it, but once: what led to
    it is not heard again.  ``chats``: those that are shown the commands, which are shown anew when
    they become others.
    """
    start, name = 0, ""
    greeted: Sequence[int] | None = None
    pause, longest = BACK_OFF_SECONDS
    said = ""
    while True:
        try:
            if (known := chats()) != greeted:
                name, greeted = await line.greet(commands, known), known
            heard = await line.updates(start, POLL_SECONDS)
        except MessengerFailed as failure:
            if str(failure) != said:
                said = str(failure)
                trouble(said)
            await asyncio.sleep(pause)
            pause = min(2 * pause, longest)
            continue
        if said:
            said = ""
            trouble(said)
        pause = BACK_OFF_SECONDS[0]
        for one in heard:
            try:
                lost = await _answer(line, one, name, handler)
            except Exception:
                await _confirm(line, one)
                raise
            if lost:
                said = lost
                trouble(said)
            start = one.number + 1


async def _confirm(line: Line, one: Heard) -> None:
    """Else every start would hear it anew, for a day, and end by it."""
    with suppress(MessengerFailed):
        await line.updates(one.number + 1, 0)


async def _answer(line: Line, one: Heard, name: str, handler: Handler) -> str:
    """What became of an answer that was lost; "" = none was."""
    if one.press is None:
        one = one._replace(text=addressed(one.text, name))
    if not one.text and one.press is None:
        return ""
    try:
        for reply in await handler(one):
            await _reply(line, one, reply)
    except MessengerFailed as failure:  # they will ask again
        why = str(failure).removeprefix(f"{one.place}: ")  # it is shown in health, to anybody
        return f"an answer was lost: {why}"
    return ""


async def _reply(line: Line, one: Heard, reply: Reply) -> None:
    """What came of a press is said in its message, even where the press itself cannot be answered
    any more.  Raises MessengerFailed.
    """
    lost: MessengerFailed | None = None
    if one.press is not None and reply.flash is not None:
        try:
            await line.answer_press(one.press.query, reply.flash)
        except MessengerFailed as failure:
            lost = failure
    await _said(line, one, reply)
    if lost is not None:
        raise lost


async def _said(line: Line, one: Heard, reply: Reply) -> None:
    if reply.picture:
        await line.show(one.place, reply.picture, reply.html)
    elif reply.html and one.press is not None and reply.instead:
        await _rewritten(line, one, one.press.message, reply)
    elif reply.html:
        await line.send(one.place, reply.html, buttons=reply.buttons)


async def _rewritten(line: Line, one: Heard, message: int, reply: Reply) -> None:
    """A message that somebody has deleted meanwhile is written anew."""
    try:
        await line.edit(str(one.chat), message, reply.html, buttons=reply.buttons)
    except MessengerFailed as failure:
        if not failure.gone:
            raise
        await line.send(one.place, reply.html, buttons=reply.buttons)
