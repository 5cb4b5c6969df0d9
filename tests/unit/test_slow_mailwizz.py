"""How long MailWizz's database took to be read."""

import asyncio
from itertools import count

import pytest

from engine.demo.mailwizz import DemoMailwizz
from engine.effects import FindServer
from engine.events.mailwizz import MailwizzLooked
from engine.ids import EventId, InstanceId, Position
from engine.projections import PROJECTIONS
from engine.runtime.command_handler import CommandHandler
from engine.runtime.perform.server import LOOK_S, SLOW_S, Servers
from engine.runtime.views import Views
from engine.store.memory import MemoryLog
from engine.values.server import ServerRow
from tests.support.api_world import StandingClock
from tests.support.spec import ACME, IP
from tests.support.world import virtually

MAIN = InstanceId("main")


class SlowMailwizz(DemoMailwizz):
    def __init__(self, rows_s: float, clock_s: float) -> None:
        super().__init__(MAIN)
        self._rows_s, self._clock_s = rows_s, clock_s

    async def rows(self, instance: InstanceId) -> tuple[ServerRow, ...]:
        await asyncio.sleep(self._rows_s)
        return await super().rows(instance)

    async def clock(self, instance: InstanceId) -> str:
        await asyncio.sleep(self._clock_s)
        return await super().clock(instance)


def looked(rows_s: float, clock_s: float) -> MailwizzLooked:
    async def look() -> MailwizzLooked:
        numbers, log = count(1), MemoryLog(StandingClock())

        def ids() -> EventId:
            return EventId(f"00000000-0000-7000-8000-{next(numbers):012x}")

        servers = Servers(
            mailwizz=SlowMailwizz(rows_s, clock_s),
            handler=CommandHandler(log=log, clock=StandingClock(), ids=ids),
            views=Views(PROJECTIONS),
            log=log,
            ids=ids,
        )
        name = "mail1.acme.example"
        find = FindServer(tenant=ACME, ip=IP, instance=MAIN, hostname=name, cycle=Position(0))
        await servers.find(find)
        (one,) = await log.read_from(Position(0), 9)
        assert isinstance(one.event, MailwizzLooked)
        return one.event

    return virtually(look)


@pytest.mark.parametrize(
    ("rows_s", "clock_s", "slow_s"),
    [(0.1, 0.1, 0), (SLOW_S - 0.5, 0.1, 0), (SLOW_S, 0.0, 5), (3.0, 9.5, 12)],
)
def test_a_look_says_how_long_it_took_only_where_that_is_too_long(
    rows_s: float, clock_s: float, slow_s: int
) -> None:
    seen = looked(rows_s, clock_s)
    assert (seen.slow_s, seen.why) == (slow_s, "")


def test_a_database_that_takes_longer_than_a_look_is_silent_and_not_slow() -> None:
    seen = looked(LOOK_S + 1, 0)
    assert (seen.slow_s, seen.why) == (0, "no answer in time")
