"""The bot's ear: one person after the other is heard and answered.

aiogram's own polling is not used: it logs and swallows a revoked token or a second poller, which
people must hear of, and confirms a command before it was answered.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple, NoReturn, Protocol

from engine.adapters.telegram_text import addressed
from engine.ports import Messenger, MessengerFailed

POLL_SECONDS = 25
BACK_OFF_SECONDS = (1.0, 60.0)

Handler = Callable[[str, int, int], Awaitable[str | None]]  # (text, chat, user) -> HTML, or silence
Trouble = Callable[[str], None]  # why nobody is heard; "" = everybody is again


class Heard(NamedTuple):
    number: int  # of the update; asking from the next one on confirms this one
    chat: int
    user: int  # 0: nobody in particular (a channel, a group's anonymous admin)
    text: str  # "" = something else than a text


class Line(Messenger, Protocol):
    async def greet(self, commands: Mapping[str, str]) -> str:
        """Show the commands to people; returns the bot's name.  Raises MessengerFailed."""

    async def updates(self, start: int, seconds: int) -> list[Heard]:
        """From ``start`` on, waiting for one if there is none.  Raises MessengerFailed."""


async def poll(
    line: Line, handler: Handler, commands: Mapping[str, str], trouble: Trouble
) -> NoReturn:
    """Until it is cancelled.  An error of ``handler`` is a bug, and ends it."""
    start, name = 0, ""
    pause, longest = BACK_OFF_SECONDS
    said = ""
    while True:
        try:
            name = name or await line.greet(commands)
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
            await _answer(line, one, name, handler, trouble)
            start = one.number + 1


async def _answer(line: Line, one: Heard, name: str, handler: Handler, trouble: Trouble) -> None:
    text = addressed(one.text, name)
    answer = await handler(text, one.chat, one.user) if text else None
    if answer is None:
        return
    try:
        await line.send(str(one.chat), answer)
    except MessengerFailed as failure:  # they will ask again
        trouble(f"an answer was lost: {failure}")
