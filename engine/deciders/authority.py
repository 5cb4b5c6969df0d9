"""Decisions about who lets the engine act.  Nobody has until somebody does."""

from collections.abc import Sequence
from datetime import datetime

from engine.commands.authority import AuthorityCommand
from engine.deciders.decider import Decider
from engine.events.authority import AUTHORITY, AuthorityEvent, AuthoritySet
from engine.values.authority import Mode


def evolve(mode: Mode | None, event: AuthorityEvent) -> Mode | None:
    return event.mode


def decide(mode: Mode | None, command: AuthorityCommand, now: datetime) -> Sequence[AuthorityEvent]:
    if command.mode == mode:
        return []
    over, mode, why = command.over, command.mode, command.why
    return [AuthoritySet(over=over, mode=mode, why=why, unasked=command.unasked)]


DECIDER: Decider[AuthorityCommand, AuthorityEvent, Mode | None] = Decider(
    category=AUTHORITY,
    key=lambda command: command.over,
    owner=lambda command, history, asker: None,
    initial=None,
    evolve=evolve,
    decide=decide,
)
