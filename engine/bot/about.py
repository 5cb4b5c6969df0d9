"""Who somebody is to the bot, and what it understands."""

from collections.abc import Sequence

from engine.bot.access import SCOPES
from engine.bot.entries import clipped
from engine.bot.question import Question
from engine.ports import Reply


async def whoami(asked: Question) -> Sequence[Reply]:
    tenants = ", ".join(asked.seen_from.tenants) or "every tenant"
    also = " and the engine itself" if asked.seen_from.platform else ""
    may = ", ".join(SCOPES[asked.role])
    return [
        Reply(
            f"You are <code>{asked.user}</code>, {asked.role} (may {may}), in chat"
            f" <code>{asked.chat}</code>, which sees {clipped(tenants)}{also}."
        )
    ]
