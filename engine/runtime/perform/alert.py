"""Telling people: in chats, and by mail where no chat can be reached."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple, TypeVar

from engine.commands.alert import ReportTelling
from engine.effects import TellPeople
from engine.ids import EffectKey, TenantId
from engine.ports import Mailer, Messenger, MessengerFailed
from engine.reactors.alerts import digest
from engine.rules.redaction import fragment
from engine.runtime.command_handler import CommandHandler
from engine.runtime.gather import Gathering
from engine.runtime.notes import Notes
from engine.runtime.perform.alert_chat import Chat, Missed, Outcome, Reached
from engine.runtime.perform.alert_mail import Post
from engine.runtime.perform.command import ask
from engine.runtime.real import turn
from engine.runtime.views import Views
from engine.values.alert import Route
from engine.values.tuning import Tuning

T = TypeVar("T")
AT_ONCE = 100  # alerts between two turns of the loop
Routes = Callable[[TenantId | None], Sequence[Route]]  # who hears of whom, by configuration


def nowhere(tenant: TenantId | None) -> Sequence[Route]:
    del tenant
    return ()


class Ways(NamedTuple):
    """To people."""

    messenger: Messenger
    chats: Routes
    mailer: Mailer
    mail: Routes


class Teller:
    """Alerts of one moment are told together, so that many of one cause are one message."""

    def __init__(
        self,
        ways: Ways,
        *,
        handler: CommandHandler,
        views: Views,
        notes: Notes,
        now: Callable[[], datetime],
        tuning: Tuning,
    ) -> None:
        self._ways = ways
        self._handler = handler
        self._new = partial(Chat, ways.messenger, views, notes, now, tuning)
        self._rooms: dict[str, Chat] = {}
        self._post = Post(ways.mailer, now, tuning.mail_after)
        self._gathering: Gathering[TellPeople] = Gathering(self._tell)
        self._done: dict[EffectKey, ReportTelling] = {}
        self._reporting = asyncio.Semaphore(AT_ONCE)

    async def tell(self, effect: TellPeople) -> None:
        """Every chat that was not reached is tried again; one that was is edited from then on."""
        await self._gathering.join(effect)
        async with self._reporting:
            await turn()
            await ask(effect, self._done.pop(effect.key), self._handler)

    async def _tell(self, effects: Sequence[TellPeople]) -> None:
        found: dict[EffectKey, dict[str, Outcome]] = {}
        async for effect in _in_turns(effects):
            found[effect.key] = {}
        for route, theirs in self._by_route(effects, self._ways.chats):
            room = self._rooms.get(route.to) or self._new()
            self._rooms[route.to] = room
            await turn()
            outcomes = await room.tell(route, theirs)
            async for key, outcome in _in_turns(outcomes.items()):
                found[key][route.to] = outcome
        unheard = [
            one async for one in _in_turns(effects) if self._post.wanted(one, found[one.key])
        ]
        mailed: dict[EffectKey, str] = {}
        for route, theirs in self._by_route(unheard, self._ways.mail):
            mailed |= await self._post.send(route, theirs)
        async for effect in _in_turns(effects):
            mail = mailed.get(effect.key)
            self._done[effect.key] = _report(effect, found[effect.key], mail)

    @staticmethod
    def _by_route(
        effects: Sequence[TellPeople], routes: Routes
    ) -> list[tuple[Route, list[TellPeople]]]:
        by: dict[Route, list[TellPeople]] = {}
        ways = {tenant: routes(tenant) for tenant in {one.tenant for one in effects}}
        for effect in effects:
            for route in ways[effect.tenant]:
                if route.hears(effect.severity):
                    by.setdefault(route, []).append(effect)
        return list(by.items())


async def _in_turns(many: Iterable[T]) -> AsyncIterator[T]:
    """Others have the loop now and then."""
    for number, one in enumerate(many):
        if number % AT_ONCE == AT_ONCE - 1:
            await turn()
        yield one


def _report(effect: TellPeople, found: dict[str, Outcome], mail: str | None) -> ReportTelling:
    """``mail`` None: none was due; "": it went out; else why not."""
    reached = {chat: one for chat, one in found.items() if isinstance(one, Reached)}
    missed = {chat: one for chat, one in found.items() if isinstance(one, Missed)}
    trouble = {chat: one for chat, one in missed.items() if not one.lost}
    failed = [f"{chat}: {fragment(one.why)}" for chat, one in trouble.items()]
    return ReportTelling(
        alert=effect.alert,
        tenant=effect.tenant,
        text=digest(effect.text),
        messages={chat: one.number for chat, one in reached.items()},
        failed=fragment("; ".join([*failed, f"mail: {mail}"] if mail else failed)),
        round=effect.round,
        shared=tuple(chat for chat, one in reached.items() if one.shared),
        lost=tuple(chat for chat, one in missed.items() if one.lost),
        retry_after_s=max((one.retry_after_s for one in trouble.values()), default=0),
        mailed=mail == "",
        under={chat: one.under for chat, one in reached.items() if one.under != one.number},
        named=tuple(chat for chat, one in reached.items() if one.named),
    )


class Nobody:
    """Where no messenger is configured there are no chats either, so nobody asks it anything."""

    async def send(self, chat: str, text: str, **how: object) -> int:
        del chat, text, how
        raise MessengerFailed("no messenger is configured")

    async def edit(self, chat: str, message: int, text: str, **how: object) -> None:
        del chat, message, text, how
        raise MessengerFailed("no messenger is configured")

    async def mail(self, to: Sequence[str], subject: str, text: str) -> None:
        del to, subject, text
        raise MessengerFailed("no mail is configured")

    async def greet(self) -> None:
        raise MessengerFailed("no mail is configured")
