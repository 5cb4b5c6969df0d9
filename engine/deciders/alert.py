"""Decisions about alerts: each fires once, and people's chats are told until they have heard."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from engine.commands.alert import AcknowledgeAlert, AlertCommand, FireAlert, ReportTelling
from engine.deciders.decider import Decider
from engine.errors import Rejected
from engine.events.alert import (
    ALERT,
    AlertAcknowledged,
    AlertEvent,
    AlertFired,
    AlertTellingFailed,
    AlertTold,
)
from engine.ids import TenantId


class State(Struct, frozen=True):
    fired: bool = False
    acknowledged: bool = False
    text: str = ""  # digest of what was told last


def evolve(state: State, event: AlertEvent) -> State:
    match event:
        case AlertFired():
            return State(fired=True)
        case AlertTold(text=text):
            return replace(state, text=text)
        case AlertTellingFailed():
            return state
        case AlertAcknowledged():
            return replace(state, acknowledged=True)
        case _:
            assert_never(event)


def decide(state: State, command: AlertCommand, now: datetime) -> Sequence[AlertEvent]:
    alert = command.alert
    if isinstance(command, FireAlert):
        return [] if state.fired else [AlertFired(alert=alert, severity=command.severity)]
    if not state.fired:
        raise Rejected("not found", code="not_found")
    match command:
        case ReportTelling(text=text, messages=messages, failed=failed):
            if failed:
                return [AlertTellingFailed(alert=alert, messages=messages, why=failed)]
            return (
                [] if state.text == text else [AlertTold(alert=alert, text=text, messages=messages)]
            )
        case AcknowledgeAlert():
            return [] if state.acknowledged else [AlertAcknowledged(alert=alert)]
        case _:
            assert_never(command)


def owner(
    command: AlertCommand, history: Sequence[object], asker: TenantId | None
) -> TenantId | None:
    """The tenant is the first part of the alert's id; "-" is the platform."""
    slug = command.alert.split("/", 1)[0]
    return None if slug == "-" else TenantId(slug)


DECIDER: Decider[AlertCommand, AlertEvent, State] = Decider(
    category=ALERT,
    key=lambda command: command.alert,
    owner=owner,
    initial=State(),
    evolve=evolve,
    decide=decide,
)
