"""How far people have been told of an alert: in rounds, each of which is a message of its own."""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.alert import (
    AlertAcknowledged,
    AlertFired,
    AlertResolved,
    AlertSilenced,
    AlertTellingFailed,
    AlertTold,
)
from engine.values.retry import Retry, Work

OWN = (
    *(AlertFired, AlertTold, AlertTellingFailed),
    *(AlertAcknowledged, AlertSilenced, AlertResolved),
)


class Telling(Struct, frozen=True, gc=False):
    """Of one episode."""

    recorded: bool = False  # it is in the log as fired
    resolved: bool = False  # and as over
    acknowledged: str = ""  # by whom and when, in words
    text: str = ""  # digest of what was told last
    round: str = ""  # the last that everybody heard; "" = nobody heard anything
    rounds: int = 0  # so many were told to everybody
    said_at: datetime | None = None  # a message of its own went out last
    messages: dict[str, int] = {}  # chat -> message
    beneath: dict[str, int] = {}  # chat -> a message of the episode before, which this one answers
    heard: dict[str, str] = {}  # chat -> the last round that it heard
    shared: tuple[str, ...] = ()  # chats in which its message holds other alerts too
    under: dict[str, int] = {}  # chat -> the message with its buttons, where it is another one
    named: tuple[str, ...] = ()  # chats in which its message only names what it holds
    lost: tuple[str, ...] = ()  # chats that would have heard it
    mailed: str = ""  # the last round that went by mail
    unreached_since: datetime | None = None
    work: Work = Work()

    @property
    def wanted(self) -> bool:
        """Somebody is there to be told."""
        return bool(self.messages or self.mailed or self.lost)


def after(telling: Telling, recorded: Recorded[Event]) -> Telling:
    event = recorded.event
    match event:
        case AlertFired():
            return replace(telling, recorded=True)
        case AlertTold():
            return _told(telling, event, recorded)
        case AlertTellingFailed():
            return _failed(telling, event, recorded)
        case AlertAcknowledged():
            return replace(telling, acknowledged=f"{recorded.actor} at {_time(recorded.at)}")
        case AlertResolved():
            return replace(telling, resolved=True)
        case _:
            return telling


def _told(telling: Telling, event: AlertTold, recorded: Recorded[Event]) -> Telling:
    new = event.round != telling.round
    telling = _reached(telling, event)
    return replace(
        telling,
        text=event.text,
        round=event.round,
        rounds=telling.rounds + new,
        said_at=recorded.at if new else telling.said_at,
        lost=event.lost,
        unreached_since=None,
        work=Work(recorded.position),
    )


def _failed(telling: Telling, event: AlertTellingFailed, recorded: Recorded[Event]) -> Telling:
    telling = _reached(telling, event)
    work = telling.work.failed(recorded.at)
    asked = recorded.at + timedelta(seconds=event.retry_after_s)
    at = max(asked, work.retry.at) if work.retry.at else asked
    since = telling.unreached_since or recorded.at
    work = Work(work.since, Retry(work.retry.attempt, at))
    return replace(telling, work=work, unreached_since=since)


def _reached(telling: Telling, event: AlertTold | AlertTellingFailed) -> Telling:
    shared = tuple(sorted({*telling.shared, *event.shared}))
    elsewhere = {chat: n for chat, n in telling.under.items() if chat not in event.messages}
    named = {chat for chat in telling.named if chat not in event.messages} | {*event.named}
    return replace(
        telling,
        messages=telling.messages | event.messages,
        heard=telling.heard | dict.fromkeys(event.messages, event.round),
        shared=shared,
        under=elsewhere | event.under,
        named=tuple(sorted(named)),
        mailed=event.round if event.mailed else telling.mailed,
    )


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}Z"
