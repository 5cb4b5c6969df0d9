"""Decisions about API keys."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from msgspec import Struct

from engine.commands.key import IssueKey, KeyCommand, RevokeKey
from engine.deciders.decider import Decider
from engine.errors import Rejected
from engine.events.key import KEY, KeyEvent, KeyIssued, KeyRevoked


class State(Struct, frozen=True):
    issued: KeyIssued | None = None
    revoked: bool = False


def evolve(state: State, event: KeyEvent) -> State:
    match event:
        case KeyIssued():
            return State(issued=event)
        case KeyRevoked():
            return State(issued=state.issued, revoked=True)
        case _:
            assert_never(event)


def decide(state: State, command: KeyCommand, now: datetime) -> Sequence[KeyEvent]:
    match command:
        case IssueKey(key=key, digest=digest, scopes=scopes, owner=owner):
            issued = KeyIssued(key=key, digest=digest, scopes=scopes, owner=owner)
            if state.issued not in (None, issued):
                raise Rejected("this key id is taken", code="taken")
            return [] if state.issued else [issued]
        case RevokeKey(key=key, why=why):
            if state.issued is None:
                raise Rejected(RevokeKey.stranger, code="not_found")
            return [] if state.revoked else [KeyRevoked(key=key, why=why)]
        case _:
            assert_never(command)


DECIDER: Decider[KeyCommand, KeyEvent, State] = Decider(
    category=KEY,
    key=lambda command: command.key,
    owner=lambda command, history, asker: (
        history[0].tenant if history else getattr(command, "owner", asker)
    ),
    initial=State(),
    evolve=evolve,
    decide=decide,
)
