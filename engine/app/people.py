"""Who hears of what, and the bot that listens; nothing of it where no Telegram is configured."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

from engine import config as configuration
from engine import logs
from engine.app.serve import Job
from engine.bot import commands
from engine.bot.commands import Chat, Known, Orders
from engine.config import Config, Telegram
from engine.errors import StartRefused
from engine.ids import TenantId
from engine.ports import Messenger, ReadModels
from engine.runtime.perform.alert import Chats, Nobody

LOGS = logs.get("telegram")


class Talk(NamedTuple):
    messenger: Messenger
    chats: Chats
    jobs: Sequence[Job] = ()


@asynccontextmanager
async def talk(config: Config, models: ReadModels, orders: Orders) -> AsyncIterator[Talk]:
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

    async def answer(text: str, chat: int, user: int) -> str | None:
        return await commands.answer(text, chat, user, models, known, orders)

    async def bot() -> None:
        await messenger.poll(answer, commands=commands.COMMANDS, trouble=_say)

    try:
        yield Talk(messenger, lambda tenant: chats_of(telegram, tenant), (bot,))
    finally:
        await messenger.close()


def _say(trouble: str) -> None:
    """``trouble`` "" means that people are heard again."""
    if trouble:
        LOGS.warning("telegram.silent", why=trouble)
    else:
        LOGS.info("telegram.heard")


def known_to(telegram: Telegram) -> Known:
    """Who may ask, and what each chat may see.  Raises StartRefused for a chat that is no number,
    for only numbers can be known.
    """
    chats: dict[int, Chat] = {}
    for one in telegram.chats:
        try:
            chats[int(one.chat)] = Chat(tenants=one.tenants, platform=one.platform)
        except ValueError:
            raise StartRefused(
                f"[telegram] chats: {one.chat!r} is not the number of a chat; /whoami shows it"
            ) from None
    return Known(chats=chats, users=frozenset(telegram.users))


def chats_of(telegram: Telegram, tenant: TenantId | None) -> tuple[str, ...]:
    """The chats that hear of a tenant; None: of the platform's own."""
    if tenant is None:
        return tuple(one.chat for one in telegram.chats if one.platform)
    return tuple(one.chat for one in telegram.chats if not one.tenants or tenant in one.tenants)
