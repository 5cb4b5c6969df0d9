"""Who hears of what, and the bot that listens; nothing of it where no Telegram is configured."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

from engine import config as configuration
from engine.app.serve import Job
from engine.config import Config, Telegram
from engine.ids import TenantId
from engine.ports import Messenger, ReadModels
from engine.runtime.perform.alert import Chats, Nobody


class Talk(NamedTuple):
    messenger: Messenger
    chats: Chats
    jobs: Sequence[Job] = ()


@asynccontextmanager
async def talk(config: Config, models: ReadModels) -> AsyncIterator[Talk]:
    telegram = config.telegram
    if telegram is None:
        yield Talk(Nobody(), lambda _tenant: ())
        return
    # aiogram takes three seconds and 126 MB to import, so only where it is wanted
    from engine.adapters.telegram import TelegramMessenger

    messenger = TelegramMessenger(
        configuration.secret(telegram.token_file), api_base=telegram.api_base
    )
    try:
        yield Talk(messenger, lambda tenant: chats_of(telegram, tenant))
    finally:
        await messenger.close()


def chats_of(telegram: Telegram, tenant: TenantId | None) -> tuple[str, ...]:
    """The chats that hear of a tenant; None: of the platform's own."""
    if tenant is None:
        return tuple(one.chat for one in telegram.chats if one.platform)
    return tuple(one.chat for one in telegram.chats if not one.tenants or tenant in one.tenants)
