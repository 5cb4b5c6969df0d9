"""Telling one chat of several alerts at once: few messages, each edited as things go on."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from engine.effects import TellPeople
from engine.events.chat import CHAT, ChatFound, ChatLost
from engine.ids import EffectKey
from engine.ports import Buttons, Messenger, MessengerFailed
from engine.projections.alerts import ALERTS, Alert
from engine.projections.chats import CHATS
from engine.projections.chats import Chat as Seen
from engine.reactors.alert_buttons import buttons
from engine.reactors.alert_text import together
from engine.rules.redaction import fragment
from engine.runtime.notes import Notes
from engine.runtime.views import Views
from engine.values.alert import SEVERITIES, Route
from engine.values.tuning import Tuning

TELL_S = 30


class Reached(NamedTuple):
    number: int
    shared: bool = False  # its message holds other alerts too


class Missed(NamedTuple):
    why: str
    lost: bool = False  # the chat takes no messages at all
    retry_after_s: int = 0


Outcome = Reached | Missed
Outcomes = dict[EffectKey, Outcome]


class Chat:
    """One at a time, so that what is told next knows what was told before."""

    def __init__(
        self,
        messenger: Messenger,
        views: Views,
        notes: Notes,
        now: Callable[[], datetime],
        tuning: Tuning,
    ) -> None:
        self._messenger, self._views, self._notes = messenger, views, notes
        self._now, self._tuning = now, tuning
        self._lock = asyncio.Lock()

    async def tell(self, route: Route, effects: Sequence[TellPeople]) -> Outcomes:
        async with self._lock:
            seen = self._views.get(CHATS, route.to)
            if seen.lost(self._now()):
                return _all(effects, Missed(seen.why, lost=True))
            found: Outcomes = {}
            try:
                await self._edit(route, effects, found)
                await self._send(route, seen, effects, found)
            except MessengerFailed as failure:
                missed = Missed(str(failure), failure.gone, failure.retry_after_s)
                if failure.gone:
                    await self._note(effects[0], ChatLost(chat=route.to, why=_why(failure)))
            except TimeoutError:
                missed = Missed("no answer in time")
            else:
                if seen.lost_at is not None:
                    await self._note(effects[0], ChatFound(chat=route.to))
                return found
            return _all(effects, missed) | found

    async def _edit(self, route: Route, effects: Sequence[TellPeople], found: Outcomes) -> None:
        """Those whose message stands there already; one that was deleted is sent anew."""
        standing: dict[int, list[TellPeople]] = {}
        for effect in effects:
            number = effect.messages.get(route.to)
            if number is not None and effect.round in ("resolved", effect.heard.get(route.to)):
                standing.setdefault(number, []).append(effect)
        for number, theirs in standing.items():
            members = self._members(route.to, number, theirs)
            text = together(members) if len(members) > 1 else theirs[0].text
            beneath = buttons(members[0]) if len(members) == 1 else ()
            if not await self._edited(route.to, number, text, beneath):
                continue
            await self._reply(route, number, theirs)
            found |= _all(theirs, Reached(number, len(members) > 1))

    async def _edited(self, chat: str, number: int, text: str, beneath: Buttons = ()) -> bool:
        try:
            async with asyncio.timeout(TELL_S):
                await self._messenger.edit(chat, number, text, buttons=beneath)
        except MessengerFailed as failure:
            if failure.gone:
                return False
            raise
        return True

    async def _reply(self, route: Route, number: int, effects: Sequence[TellPeople]) -> None:
        """An edit makes no sound: that it is over is said beneath it."""
        over = [one for one in effects if one.reply and one.heard.get(route.to) != one.round]
        if over:
            text = _replies([one.reply for one in over])
            await self._said(route, over, text, reply_to=number)

    async def _send(
        self, route: Route, seen: Seen, effects: Sequence[TellPeople], found: Outcomes
    ) -> None:
        groups = _grouped([one for one in effects if one.key not in found])
        now, tuning = self._now(), self._tuning
        free = max(0, tuning.storm - seen.recent(now, tuning.storm_within))
        alone = groups if len(groups) <= free else groups[: max(0, free - 1)]
        for group in alone:
            views = [self._view(one) for one in group]
            text = together(views) if len(group) > 1 else group[0].text
            before = group[0].messages.get(route.to)
            beneath = buttons(views[0]) if len(views) == 1 else ()
            number = await self._said(route, group, text, reply_to=before, beneath=beneath)
            found |= _all(group, Reached(number, len(group) > 1))
        rest = [one for group in groups[len(alone) :] for one in group]
        if rest:
            found |= _all(rest, await self._gathered(route, seen, rest))

    async def _gathered(self, route: Route, seen: Seen, effects: Sequence[TellPeople]) -> Reached:
        """In a storm one message takes all that comes, and a new one after a while."""
        fresh = seen.recent(self._now(), self._tuning.storm_within, newest=1)
        if seen.shared and fresh:
            members = self._members(route.to, seen.last, effects, shared=True)
            if await self._edited(route.to, seen.last, together(members)):
                return Reached(seen.last, shared=True)
        text = together([self._view(one) for one in effects])
        return Reached(await self._said(route, effects, text), shared=True)

    async def _said(
        self,
        route: Route,
        effects: Sequence[TellPeople],
        text: str,
        reply_to: int | None = None,
        beneath: Buttons = (),
    ) -> int:
        worst = max((one.severity for one in effects), key=SEVERITIES.index)
        silent = route.silent(worst, self._now())
        async with asyncio.timeout(TELL_S):
            return await self._messenger.send(
                route.to, text, silent=silent, reply_to=reply_to, buttons=beneath
            )

    def _members(
        self, chat: str, number: int, effects: Sequence[TellPeople], *, shared: bool = False
    ) -> list[Alert]:
        """Every alert that this message holds, and those of ``effects``."""
        own = {one.key: one for one in (self._view(effect) for effect in effects)}
        if shared or any(chat in one.telling.shared for one in own.values()):
            for one in self._views.of(ALERTS).values():
                if one.telling.messages.get(chat) == number:
                    own[one.key] = one
        return list(own.values())

    def _view(self, effect: TellPeople) -> Alert:
        return self._views.get(ALERTS, effect.alert.rsplit("#", 1)[0])

    async def _note(self, effect: TellPeople, event: ChatLost | ChatFound) -> None:
        await self._notes.add_each(effect, CHAT.stream(event.chat), [(None, event)])


def _replies(replies: Sequence[str]) -> str:
    said, more = replies[:10], len(replies) - 10
    return "\n".join([*said, *([f"and {more} more"] if more > 0 else [])])


def _grouped(effects: Iterable[TellPeople]) -> list[list[TellPeople]]:
    """By tenant, cause and round; the most urgent first."""
    groups: dict[tuple[str, ...], list[TellPeople]] = {}
    for effect in effects:
        tenant, name, _ = effect.alert.split("/", 2)
        groups.setdefault((tenant, name, effect.round.partition("-")[0]), []).append(effect)
    worst = {key: max(SEVERITIES.index(one.severity) for one in of) for key, of in groups.items()}
    return [groups[key] for key in sorted(groups, key=lambda key: -worst[key])]


def _all(effects: Sequence[TellPeople], outcome: Outcome) -> Outcomes:
    return dict.fromkeys((effect.key for effect in effects), outcome)


def _why(failure: MessengerFailed) -> str:
    return fragment(str(failure))
