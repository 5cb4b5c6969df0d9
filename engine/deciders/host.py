"""Decisions about a PowerMTA host."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, assert_never

from msgspec import Struct
from msgspec.structs import replace

from engine.commands.host import (
    ConfirmHost,
    HostCommand,
    RegisterHost,
    ShowHost,
    WantNodeFile,
)
from engine.deciders.decider import Decider
from engine.errors import Rejected
from engine.events.host import HOST, HostEvent, HostRegistered, HostShown, NodeFileWanted
from engine.rules import host_key
from engine.values.node_file import NodeOwn


class State(Struct, frozen=True):
    registered: HostRegistered | None = None
    shown: HostShown | None = None  # with a key that may not be confirmed yet
    own: NodeOwn = NodeOwn()  # what shall stand in the engine's own file there


def evolve(state: State, event: HostEvent) -> State:
    match event:
        case HostRegistered():
            return replace(state, registered=event)
        case HostShown():
            return replace(state, shown=event)
        case NodeFileWanted(own=own):
            return replace(state, own=own)
        case _:
            assert_never(event)


def decide(state: State, command: HostCommand, now: datetime) -> Sequence[HostEvent]:
    match command:
        case RegisterHost():
            return _register(state, command)
        case ShowHost():
            shown = HostShown(**_fields(command))
            return [] if shown == state.shown else [shown]
        case ConfirmHost():
            return _confirm(state.registered, state.shown, command)
        case WantNodeFile(node=node, own=own):
            return [] if own == state.own else [NodeFileWanted(node=node, own=own)]
        case _:
            assert_never(command)


def _register(state: State, command: RegisterHost) -> Sequence[HostEvent]:
    registered = HostRegistered(**_fields(command))
    return [] if registered == state.registered else [registered]


def _confirm(
    known: HostRegistered | None, shown: HostShown | None, command: ConfirmHost
) -> Sequence[HostEvent]:
    if shown is None:
        raise Rejected(f"{command.node} was not asked for its key; do that first")
    found = host_key.fingerprint(shown.host_key)
    if not host_key.same(found, command.fingerprint):
        raise Rejected(
            f"{shown.host} port {shown.port} shows the key {found}, and you have confirmed"
            f" {command.fingerprint}; nothing is registered, and nothing was sent there. Find out"
            " who answers: it may not be the host you mean"
        )
    registered = HostRegistered(**_fields(shown))
    return [] if registered == known else [registered]


def _fields(of: RegisterHost | ShowHost | HostShown) -> dict[str, Any]:
    return {name: getattr(of, name) for name in HostRegistered.__struct_fields__}


DECIDER: Decider[HostCommand, HostEvent, State] = Decider(
    category=HOST,
    key=lambda command: command.node,
    owner=lambda command, history, asker: None,
    initial=State(),
    evolve=evolve,
    decide=decide,
)
