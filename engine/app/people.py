"""Who hears of what, and the bot that listens; nothing of it where no Telegram is configured."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import NamedTuple

from msgspec.structs import replace

from engine import config as configuration
from engine import logs
from engine.adapters import telegram_poll
from engine.adapters.telegram_poll import Heard
from engine.adapters.timed import TELEGRAM, Told, timed
from engine.app.chats import Chats
from engine.app.settings import Job
from engine.app.ways import chats_of
from engine.bot import commands
from engine.bot import talk as bot_talk
from engine.bot.access import Chat, Known, Role
from engine.bot.desk import Desk
from engine.bot.pending import Pending
from engine.bot.question import Means
from engine.config import Config, Telegram
from engine.errors import StartRefused
from engine.ports import Clock, Messenger, ReadModels, Reply
from engine.runtime.perform.alert import Nobody, Routes
from engine.runtime.views import Views

LOGS = logs.get("telegram")
TWICE = "the configuration holds; take it out there, or DELETE /api/v2/chats"


def unheard(*_: object) -> None:
    """Where there is no bot, nobody hears."""


class Talk(NamedTuple):
    messenger: Messenger
    chats: Routes
    jobs: Sequence[Job] = ()
    trouble: Callable[[], str] = str  # why nobody is heard; "" = people are
    found: Callable[[Views], None] = unheard  # is given the views, which say who hears too
    opened: Callable[[], None] = unheard  # all is folded: from now on people are heard
    configured: frozenset[str] | None = None  # chats of the configuration; None: there is no bot


@asynccontextmanager
async def talk(
    config: Config,
    models: ReadModels,
    desk: Desk,
    told: Told,
    clock: Clock,
    token: Callable[[int], bytes],
) -> AsyncIterator[Talk]:
    """``told`` hears whether Telegram answers the bot; of alerts it hears elsewhere."""
    telegram = config.telegram
    if telegram is None:
        yield Talk(Nobody(), lambda _tenant: ())
        return
    # aiogram takes three seconds and 126 MB to import, so only where it is wanted
    from engine.adapters.telegram import TelegramMessenger

    messenger = TelegramMessenger(
        configuration.secret(telegram.token_file), api_base=telegram.api_base
    )
    known = known_to(telegram)
    chats = Chats(known.chats, chats_of(telegram))
    means = Means(replace(known, chats=chats), models, desk, Pending(), clock.now, token)

    ear, opened = Ear(), asyncio.Event()

    async def bot() -> None:
        await opened.wait()  # who is not known yet would be met with silence
        line = timed(messenger, TELEGRAM, told)
        hears = partial(hear, means)
        for number in chats.twice:
            LOGS.warning("telegram.chat_twice", chat=number, next=TWICE)
        await telegram_poll.poll(line, hears, commands.MENU, ear, chats=lambda: tuple(chats))

    def found(views: Views) -> None:
        chats.views = views

    try:
        numbers = frozenset(map(str, known.chats))
        yield Talk(messenger, chats.routes, (bot,), ear.said, found, opened.set, numbers)
    finally:
        await messenger.close()


async def hear(means: Means, one: Heard) -> Sequence[Reply]:
    """What is said to somebody who wrote, or pressed a button."""
    if one.press is None:
        once = f"telegram-{one.chat}-{one.message}"
        return await bot_talk.written(means, one.text, one.chat, one.user, once)
    once = f"telegram-press-{one.press.query}"
    press = one.press
    return await bot_talk.pressed(means, press.data, one.chat, one.user, once, press.message)


class Ear:
    """Whether people are heard, for the log at once and for whoever asks after its health."""

    def __init__(self) -> None:
        self._trouble = ""

    def __call__(self, trouble: str) -> None:
        """``trouble`` "" means that people are heard again."""
        self._trouble = trouble
        if trouble:
            LOGS.warning("telegram.silent", why=trouble)
        else:
            LOGS.info("telegram.heard")

    def said(self) -> str:
        return self._trouble


def known_to(telegram: Telegram) -> Known:
    """Who may ask, and what each chat may see.  Raises StartRefused for a chat that is no number,
    for only numbers can be known, and for one that stands there twice.
    """
    chats: dict[int, Chat] = {}
    for one in telegram.chats:
        number = _number(one.chat)
        if number in chats:
            raise StartRefused(
                f"[telegram] chats: {number} stands there twice, and what it sees is said in one"
                " table; make one of both"
            )
        chats[number] = Chat(tenants=one.tenants, platform=one.platform)
    users: dict[int, Role] = {}
    for user in telegram.users:
        if isinstance(user, int):
            users[user] = "operator"
        else:
            users[user.id] = user.role
    return Known(chats=chats, users=users)


def _number(chat: str) -> int:
    try:
        return int(chat)
    except ValueError:
        raise StartRefused(
            f"[telegram] chats: {chat!r} is not the number of a chat; /whoami shows it"
        ) from None
