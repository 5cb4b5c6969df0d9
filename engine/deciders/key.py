"""Decisions about API keys."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from msgspec import Struct

from engine.commands.key import EndKey, IssueKey, KeyCommand, RevokeKey
from engine.deciders.decider import Decider
from engine.errors import Rejected
from engine.events.key import KEY, KeyEnds, KeyEvent, KeyIssued, KeyRevoked
from engine.ids import KeyId


class State(Struct, frozen=True):
    issued: KeyIssued | None = None
    revoked: bool = False
    ends: datetime | None = None
    successor: KeyId | None = None


def evolve(state: State, event: KeyEvent) -> State:
    match event:
        case KeyIssued():
            return State(issued=event, ends=event.expires_at)
        case KeyRevoked():
            return State(issued=state.issued, revoked=True, ends=state.ends)
        case KeyEnds(at=at, successor=successor):
            return State(state.issued, state.revoked, at, successor)
        case _:
            assert_never(event)


def decide(state: State, command: KeyCommand, now: datetime) -> Sequence[KeyEvent]:
    match command:
        case IssueKey():
            return _issue(state, command, now)
        case RevokeKey(key=key, why=why):
            if state.issued is None:
                raise Rejected(RevokeKey.stranger, code="not_found")
            return [] if state.revoked else [KeyRevoked(key=key, why=why)]
        case EndKey():
            return _end(state, command, now)
        case _:
            assert_never(command)


def _issue(state: State, command: IssueKey, now: datetime) -> Sequence[KeyEvent]:
    issued = KeyIssued(
        key=command.key,
        digest=command.digest,
        scopes=command.scopes,
        owner=command.owner,
        expires_at=command.expires_at,
        networks=command.networks,
    )
    if state.issued not in (None, issued):
        raise Rejected("this key id is taken", code="taken")
    if state.issued:
        return []
    if issued.expires_at is not None and issued.expires_at <= now:
        raise Rejected(f"a key that expires at {issued.expires_at:%Y-%m-%d %H:%M}Z is none now")
    return [issued]


def _end(state: State, command: EndKey, now: datetime) -> Sequence[KeyEvent]:
    """Never later than it would have ended anyway, and not what has no end to come."""
    if state.issued is None:
        raise Rejected(EndKey.stranger, code="not_found")
    if state.successor == command.successor:
        return []
    if state.revoked or (state.ends is not None and state.ends <= now):
        raise Rejected(f"{command.key} is not good any more; issue a new key instead")
    at = command.at if state.ends is None else min(command.at, state.ends)
    return [KeyEnds(key=command.key, at=at, successor=command.successor)]


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
