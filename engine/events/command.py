"""What somebody asked for, and what became of it: version 1 of ``command-<id>``."""

from typing import Literal

from msgspec import Raw

from engine.events.base import Category, Fact
from engine.ids import Actor, CommandId

Outcome = Literal["accepted", "rejected", "unchanged"]


class CommandCompleted(Fact, frozen=True, kw_only=True, tag="command.completed"):
    request: CommandId
    commands: Raw  # a JSON list, as they were asked
    actor: Actor
    outcome: Outcome
    why: str = ""  # of a rejection
    code: str = ""  # of a rejection: "not_found", "taken" or "refused"
    index: int = 0  # of the command that was rejected
    asked: str = ""  # digest of the request: what views said meanwhile makes it no other one


CommandEvent = CommandCompleted
COMMAND: Category[CommandEvent] = Category("command", CommandEvent)
