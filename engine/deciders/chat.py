"""Decisions about a chat: whether it hears of one tenant, or of all that the platform has."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from msgspec import Struct

from engine.commands.chat import ChatCommand, RemoveChat, RouteChat
from engine.deciders.decider import Decider
from engine.errors import Rejected
from engine.events.chat import CHAT, ChatEvent, ChatRemoved, ChatRouted


class State(Struct, frozen=True):
    routed: ChatRouted | None = None  # None: it does not hear


def evolve(state: State, event: ChatEvent) -> State:
    match event:
        case ChatRouted():
            return State(event)
        case ChatRemoved():
            return State()
        case _:
            return state


def decide(state: State, command: ChatCommand, now: datetime) -> Sequence[ChatEvent]:
    match command:
        case RouteChat(chat=chat, severity=severity, quiet=quiet):
            routed = ChatRouted(chat=chat, severity=severity, quiet=quiet)
            return [] if routed == state.routed else [routed]
        case RemoveChat(chat=chat):
            if state.routed is None:
                raise Rejected(RemoveChat.stranger, code=RemoveChat.stranger_code)
            return [ChatRemoved(chat=chat)]
        case _:
            assert_never(command)


DECIDER: Decider[ChatCommand, ChatEvent, State] = Decider(
    category=CHAT,
    key=lambda command: f"{command.chat}/{command.tenant or ''}",
    owner=lambda command, history, asker: command.tenant,
    initial=State(),
    evolve=evolve,
    decide=decide,
)
