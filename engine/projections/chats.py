"""How chats take messages: which are lost, and how many came of late.

A chat may hear of several tenants, so these views are the platform's own.
"""

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.alert import AlertTellingFailed, AlertTold
from engine.events.chat import ChatFound, ChatLost, ChatRemoved, ChatRouted
from engine.projections.projection import Projection

KEPT = 50  # messages; a storm is fewer
LOST_FOR = timedelta(hours=24)  # then it is tried once more


class Chat(Struct, frozen=True, gc=False):
    chat: str = ""
    lost_at: datetime | None = None
    why: str = ""
    last: int = 0  # the newest message
    shared: bool = False  # that one holds several alerts
    sent: tuple[tuple[int, datetime], ...] = ()  # the newest messages, the oldest first

    def lost(self, now: datetime) -> bool:
        return self.lost_at is not None and now - self.lost_at < LOST_FOR

    def recent(self, now: datetime, within: timedelta, newest: int = KEPT) -> int:
        """So many of the ``newest`` messages came of late."""
        return sum(now - at < within for _, at in self.sent[-newest:])


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    event = recorded.event
    if isinstance(event, (AlertTold, AlertTellingFailed)):
        return tuple(event.messages)
    return (event.chat,)


def evolve(view: Chat, recorded: Recorded[Event]) -> Chat:
    event = recorded.event
    match event:
        case ChatLost(why=why):
            return replace(view, lost_at=recorded.at, why=why)
        case ChatFound() | ChatRouted() | ChatRemoved():  # whoever names it anew has it tried
            return replace(view, lost_at=None, why="")
        case AlertTold(messages=messages) | AlertTellingFailed(messages=messages):
            shared = view.chat in event.shared
            return _sent(view, messages.get(view.chat, 0), recorded.at, shared=shared)
        case _:
            return view


def _sent(view: Chat, number: int, at: datetime, *, shared: bool) -> Chat:
    """Numbers grow within a chat: a message that is known, or older than all of those that are,
    was edited.  Several of one moment come in any order.
    """
    known = [one for one, _ in view.sent]
    if not number or number in known or (len(known) == KEPT and number < known[0]):
        return view
    if number > view.last:
        view = replace(view, last=number, shared=shared)
    return replace(view, sent=tuple(sorted([*view.sent, (number, at)]))[-KEPT:])


CHATS = Projection(
    name="chats",
    folds=(ChatLost, ChatFound, ChatRouted, ChatRemoved, AlertTold, AlertTellingFailed),
    keys=keys,
    initial=Chat(),
    evolve=evolve,
    named=lambda view, key: replace(view, chat=key),
)
