"""Decisions about alerts: each fires once, and people are told until they have heard."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from engine.commands.alert import (
    AcknowledgeAlert,
    AlertCommand,
    FireAlert,
    ReportTelling,
    ResolveAlert,
    SilenceAlert,
)
from engine.deciders.decider import Decider
from engine.errors import Rejected
from engine.events.alert import (
    ALERT,
    AlertAcknowledged,
    AlertEvent,
    AlertFired,
    AlertResolved,
    AlertSilenced,
    AlertTellingFailed,
    AlertTold,
)
from engine.ids import TenantId

SILENCE_MAX = timedelta(days=30)


class State(Struct, frozen=True):
    fired: bool = False
    acknowledged: bool = False
    resolved: bool = False
    silenced: datetime | None = None
    told: tuple[str, str] = ("", "")  # digest of what was told last, and its round


def evolve(state: State, event: AlertEvent) -> State:
    match event:
        case AlertFired():
            return State(fired=True)
        case AlertTold(text=text):
            return replace(state, told=(text, event.round))
        case AlertTellingFailed():
            return state
        case AlertAcknowledged():
            return replace(state, acknowledged=True)
        case AlertSilenced(until=until):
            return replace(state, silenced=until)
        case AlertResolved():
            return replace(state, resolved=True)
        case _:
            assert_never(event)


def decide(state: State, command: AlertCommand, now: datetime) -> Sequence[AlertEvent]:
    alert = command.alert
    if isinstance(command, FireAlert):
        return [] if state.fired else [AlertFired(alert=alert, severity=command.severity)]
    if not state.fired:
        raise Rejected("not found", code="not_found")
    match command:
        case ReportTelling():
            return _reported(state, command)
        case AcknowledgeAlert():
            return [] if state.acknowledged else [AlertAcknowledged(alert=alert)]
        case SilenceAlert():
            return _silenced(state, command, now)
        case ResolveAlert():
            return [] if state.resolved else [AlertResolved(alert=alert)]
        case _:
            assert_never(command)


def _reported(state: State, told: ReportTelling) -> Sequence[AlertEvent]:
    if told.failed:
        failed = AlertTellingFailed(
            alert=told.alert,
            messages=told.messages,
            why=told.failed,
            round=told.round,
            shared=told.shared,
            retry_after_s=told.retry_after_s,
            mailed=told.mailed,
            under=told.under,
            named=told.named,
        )
        return [failed]
    if state.told == (told.text, told.round):
        return []
    heard = AlertTold(
        alert=told.alert,
        text=told.text,
        messages=told.messages,
        round=told.round,
        shared=told.shared,
        lost=told.lost,
        mailed=told.mailed,
        under=told.under,
        named=told.named,
    )
    return [heard]


def _silenced(state: State, command: SilenceAlert, now: datetime) -> Sequence[AlertEvent]:
    until = command.until
    if until == state.silenced:
        return []
    if until is not None and until <= now:
        raise Rejected(f"{until:%Y-%m-%d %H:%M}Z is over already", code="silence_over")
    if until is not None and until - now > SILENCE_MAX:
        raise Rejected(
            f"an alert is silenced for at most {SILENCE_MAX.days} days; acknowledge it to hear no"
            " more of this one",
            code="silence_too_long",
        )
    return [AlertSilenced(alert=command.alert, until=until)]


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
