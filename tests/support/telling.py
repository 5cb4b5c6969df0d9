"""The alerts alone: causes go in, people's chats and mail come out, in virtual time."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from engine.effects import Dispatch, TellPeople
from engine.events import Event
from engine.events.ip import IpStopped
from engine.ids import EventId, IpAddr, Position, TenantId
from engine.ports import MessengerFailed, New, Slice
from engine.projections import PROJECTIONS
from engine.projections.alerts import ALERTS
from engine.reactors.alerts import alerts
from engine.runtime.command_handler import CommandHandler
from engine.runtime.notes import ENGINE, Notes
from engine.runtime.perform.alert import Routes, Teller, Ways, nowhere
from engine.runtime.perform.command import ask
from engine.runtime.views import Views
from engine.store.memory import MemoryLog
from engine.values.alert import Route
from engine.values.tuning import Tuning
from tests.support.fake_messenger import FakeMessenger, Read
from tests.support.samples import stopped
from tests.support.spec import ACME, DAY_1
from tests.support.world import virtually

CHAT = "-100"


class FakeMailer:
    """ports.Mailer; ``down`` says why it takes none."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []  # to, subject, text
        self.down = ""

    async def mail(self, to: Sequence[str], subject: str, text: str) -> None:
        if self.down:
            raise MessengerFailed(self.down)
        self.sent += [(one, subject, text) for one in to]

    async def greet(self) -> None:
        if self.down:
            raise MessengerFailed(self.down)


def telling(story: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """A test in virtual time."""

    def test() -> None:
        virtually(story)

    test.__name__, test.__doc__ = story.__name__, story.__doc__
    return test


def listed(n: int) -> IpStopped:
    return stopped(ip=IpAddr(f"203.0.113.{n}"))


def everybody(*routes: Route) -> Routes:
    return lambda _tenant: routes


OPERATORS, USUAL = everybody(Route(CHAT)), Tuning()


class Telling:
    """A clock that stands, a log, and as much of the engine as tells people."""

    def __init__(
        self, chats: Routes = OPERATORS, mail: Routes = nowhere, tuning: Tuning = USUAL
    ) -> None:
        self.at, self._ids = DAY_1, count(1)
        self.log = MemoryLog(self)
        self.messenger, self.mailer = FakeMessenger(), FakeMailer()
        self._chats, self._mail, self._tuning = chats, mail, tuning
        self.restart()

    def restart(self) -> None:
        """Everything in memory is gone; the log and the chats stay."""
        self.views, self._position = Views(PROJECTIONS), Position(0)
        self._handler = CommandHandler(log=self.log, clock=self, ids=self.new_id)
        self._react = alerts(self._tuning).react
        self._teller = Teller(
            Ways(self.messenger, self._chats, self.mailer, self._mail),
            handler=self._handler,
            views=self.views,
            notes=Notes(self.log, self.new_id),
            now=self.now,
            tuning=self._tuning,
        )

    def now(self) -> datetime:
        return self.at

    async def wait_until(self, instant: datetime) -> None:
        raise AssertionError("nobody waits here")

    async def happens(self, *events: Event, tenant: TenantId | None = ACME) -> None:
        """At one moment; then people are told until there is nothing more to tell."""
        await self.meanwhile(*events, tenant=tenant)
        await self.settle()

    async def meanwhile(self, *events: Event, tenant: TenantId | None = ACME) -> None:
        """Nobody is told before something else happens."""
        for event in events:
            new = [New(self.new_id(), event)]
            seen = Slice(stream=f"test-{next(self._ids)}", tenant=tenant, events=new)
            await self.log.append([seen], actor=ENGINE, cause="a test")

    async def later(self, **time: float) -> None:
        """People are told at every moment that is due until then."""
        until = self.at + timedelta(**time)
        while (wake := await self.settle()) is not None and wake <= until:
            self.at = max(wake, self.at)
        self.at = until
        await self.settle()

    async def settle(self) -> datetime | None:
        """The next moment worth looking at."""
        for _ in range(50):
            await self._fold()
            agendas = [self._react(view, self.at) for view in self.views.of(ALERTS).values()]
            effects = [effect for one in agendas for effect in one.effects]
            if not effects:
                wakes = [one.wake_at for one in agendas if one.wake_at is not None]
                return min(wakes, default=None)
            await asyncio.gather(*(self._perform(effect) for effect in effects))
        raise AssertionError("people are told without end")

    def read(self, chat: str = CHAT) -> list[Read]:
        return [one for one in self.messenger.messages.values() if one.chat == chat]

    def texts(self, chat: str = CHAT) -> list[str]:
        return [one.text for one in self.read(chat)]

    async def happened(self, kind: type[Event]) -> int:
        story = await self.log.read_from(Position(0), 9_999)
        return sum(isinstance(one.event, kind) for one in story)

    async def _perform(self, effect: object) -> None:
        if isinstance(effect, Dispatch):
            await ask(effect, effect.command, self._handler)
        else:
            assert isinstance(effect, TellPeople)
            await self._teller.tell(effect)

    async def _fold(self) -> None:
        for one in await self.log.read_from(self._position, 9_999):
            list(self.views.fold(one))
            self._position = one.position

    def new_id(self) -> EventId:
        return EventId(f"00000000-0000-7000-8000-{next(self._ids):012x}")
