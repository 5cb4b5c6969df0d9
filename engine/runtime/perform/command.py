"""Asking a decider, in the engine's own name."""

from engine.commands import By, Command
from engine.effects import Dispatch, Effect
from engine.runtime.command_handler import Asked, CommandHandler
from engine.runtime.notes import ENGINE


async def dispatch(effect: Dispatch, *, handler: CommandHandler) -> None:
    await ask(effect, effect.command, handler)


async def ask(effect: Effect, command: Command, handler: CommandHandler) -> None:
    """Raises Rejected."""
    by = By(tenant=effect.tenant, actor=ENGINE, cause=effect.key)
    await handler.handle([Asked(command, effect.tenant)], by)
