"""Telling one chat of several alerts at once: few messages, each edited as things go on."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from engine.effects import TellPeople
from engine.events.chat import CHAT, ChatFound, ChatLost
from engine.ids import EffectKey
from engine.ports import Buttons, Messenger, MessengerFailed
from engine.projections.alerts import ALERTS, Alert
from engine.projections.chats import CHATS
from engine.projections.chats import Chat as Seen
from engine.reactors.alert_buttons import buttons_of_all
from engine.reactors.alert_messages import Part, digest, lines, split
from engine.rules.redaction import fragment
from engine.runtime.notes import Notes
from engine.runtime.perform.alert_edits import edits, gathered
from engine.runtime.real import turn
from engine.runtime.views import Views
from engine.values.alert import SEVERITIES, Route
from engine.values.tuning import Tuning

TELL_S = 30


class Reached(NamedTuple):
    number: int
    shared: bool = False  # its message, or those with the same buttons, holds other alerts too
    named: bool = False  # its message only names it
    under: int = 0  # the message with its buttons


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
                await turn()
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
        """Those whose message stands there already.  One that was deleted, or that has no room in
        its message any more, is sent anew.
        """
        by = {
            _key(one): one
            for one in effects
            if route.to in one.messages and one.round in ("resolved", one.heard.get(route.to))
        }
        for edit in await edits(route.to, self._there(route.to, by.values()), by.keys()):
            theirs = [by[view.key] for view in edit.part.views if view.key in by]
            alone = len(edit.part.views) == 1 and theirs
            text = theirs[0].text if alone else edit.part.html
            if await self._edited(route.to, edit.number, text, edit.buttons):
                await self._reply(route, edit.number, theirs)
                shared = len(edit.part.views) > 1
                found |= _all(theirs, Reached(edit.number, shared, edit.part.named, edit.under))

    async def _edited(self, chat: str, number: int, text: str, beneath: Buttons) -> bool:
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
        for text in lines([one.reply for one in over]) if over else ():
            await self._said(route, over, text, reply_to=number)

    async def _send(
        self, route: Route, seen: Seen, effects: Sequence[TellPeople], found: Outcomes
    ) -> None:
        """In a storm only as many messages as are left, and what is more is gathered."""
        now, tuning = self._now(), self._tuning
        free = max(0, tuning.storm - seen.recent(now, tuning.storm_within))
        groups: list[tuple[list[TellPeople], list[Part]]] = []
        left = free + 1
        for theirs in _grouped([one for one in effects if one.key not in found]):
            views = self._views_of(theirs)
            await turn()
            parts = await _written(islice(split(views), left))
            groups.append((theirs, parts))
            left -= len(parts)
        if not left:
            free = max(0, free - 1)
        for theirs, parts in groups:
            await self._together(route, theirs, parts[:free], found)
            free -= len(parts[:free])
        if rest := [one for one in effects if one.key not in found]:
            await turn()
            await self._gathered(route, seen, rest, found)

    async def _together(
        self,
        route: Route,
        effects: Sequence[TellPeople],
        parts: Sequence[Part],
        found: Outcomes,
        *,
        gathers: bool = False,
    ) -> None:
        """One after the other; the buttons beneath the last are for all of them.  ``gathers``:
        others may join them.
        """
        by = {_key(effect): effect for effect in effects}
        views = [view for part in parts for view in part.views]
        shared = gathers or len(views) > 1
        sent: dict[int, list[TellPeople]] = {}
        try:
            for part in parts:
                theirs = [by[view.key] for view in part.views]
                text = part.html if len(theirs) > 1 else theirs[0].text
                before = theirs[0].messages.get(route.to, theirs[0].beneath.get(route.to))
                beneath = buttons_of_all(views) if part is parts[-1] else ()
                number = await self._said(route, theirs, text, reply_to=before, beneath=beneath)
                sent[number] = theirs
        finally:
            for part, (number, theirs) in zip(parts, sent.items(), strict=False):
                found |= _all(theirs, Reached(number, shared, part.named, max(sent)))

    async def _gathered(
        self, route: Route, seen: Seen, effects: Sequence[TellPeople], found: Outcomes
    ) -> None:
        """One message takes what comes, and new ones what it has no room for."""
        by = {_key(effect): effect for effect in effects}
        fresh = seen.recent(self._now(), self._tuning.storm_within, newest=1)
        if seen.shared and fresh:
            there = self._there(route.to, effects, shared=True)
            await turn()
            edit = gathered(
                route.to,
                seen.last,
                [view for view in there if view.key not in by],
                self._views_of(effects),
            )
            if edit and await self._edited(route.to, seen.last, edit.part.html, edit.buttons):
                joined = [by.pop(view.key) for view in edit.part.views if view.key in by]
                found |= _all(joined, Reached(seen.last, True, edit.part.named, seen.last))
        if by:
            rest = list(by.values())
            views = self._views_of(rest)
            await turn()
            parts = await _written(digest(views))
            await self._together(route, rest, parts, found, gathers=True)

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

    def _there(
        self, chat: str, effects: Collection[TellPeople], *, shared: bool = False
    ) -> list[Alert]:
        """Every alert that a message of the chat holds; of effects whose messages hold no other,
        they alone.
        """
        own = {view.key: view for view in self._views_of(effects)}
        if shared or any(chat in one.telling.shared for one in own.values()):
            own |= self._views.of(ALERTS)
        return [one for one in own.values() if chat in one.telling.messages]

    def _views_of(self, effects: Collection[TellPeople]) -> list[Alert]:
        keys = dict.fromkeys(map(_key, effects))
        return [self._views.get(ALERTS, key) for key in keys]

    async def _note(self, effect: TellPeople, event: ChatLost | ChatFound) -> None:
        await self._notes.add_each(effect, CHAT.stream(event.chat), [(None, event)])


def _key(effect: TellPeople) -> str:
    """Of its view."""
    return effect.alert.rsplit("#", 1)[0]


def _grouped(effects: Iterable[TellPeople]) -> list[list[TellPeople]]:
    """By tenant, cause and round; the most urgent first."""
    groups: dict[tuple[str, ...], list[TellPeople]] = {}
    for effect in effects:
        tenant, name, _ = effect.alert.split("/", 2)
        groups.setdefault((tenant, name, effect.round.partition("-")[0]), []).append(effect)
    worst = {key: max(SEVERITIES.index(one.severity) for one in of) for key, of in groups.items()}
    return [groups[key] for key in sorted(groups, key=lambda key: -worst[key])]


async def _written(parts: Iterator[Part]) -> list[Part]:
    found = []
    for part in parts:
        found.append(part)
        await turn()
    return found


def _all(effects: Sequence[TellPeople], outcome: Outcome) -> Outcomes:
    return dict.fromkeys((effect.key for effect in effects), outcome)


def _why(failure: MessengerFailed) -> str:
    return fragment(str(failure))
