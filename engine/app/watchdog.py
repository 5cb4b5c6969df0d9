"""Is the engine well?  Its loop turns, its log answers, its agenda is looked at.

systemd hears of it as long as all three hold, and /healthz, metrics and the engine's own log say
which does not.  A log that is known to be away is no reason to be started again: that would not
bring it back.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from engine.adapters.systemd import Systemd
from engine.errors import LogUnavailable
from engine.ids import Position
from engine.ports import Clock
from engine.runtime.real import pause

UNWATCHED_S = 30.0  # between two looks where systemd does not wait for them
ANSWER_S = 5.0  # for a log to say where it ends, or that it is away
OVERDUE = timedelta(minutes=5)  # of an agenda; the pump naps a minute at most

LOGS = structlog.get_logger("engine")


class PumpLike(Protocol):
    @property
    def log_away_since(self) -> datetime | None: ...

    def alive(self) -> bool: ...

    def next_wake(self) -> datetime | None: ...


class Vitals:
    """What the last look found."""

    def __init__(
        self, pump: PumpLike, head: Callable[[], Awaitable[Position]], clock: Clock
    ) -> None:
        self._pump = pump
        self._head = head
        self._clock = clock
        self.reasons: tuple[str, ...] = ()  # why it is not well
        self.late_s = 0.0  # of the loop, at the last look

    async def look(self) -> None:
        found = [await self._log_hangs(), self._pump_hangs(), self._overdue()]
        self.reasons = tuple(one for one in found if one)

    async def _log_hangs(self) -> str:
        try:
            async with asyncio.timeout(ANSWER_S):
                await self._head()
        except LogUnavailable:
            return ""
        except TimeoutError:
            return f"the log neither answers nor fails within {ANSWER_S:g} s"
        return ""

    def _pump_hangs(self) -> str:
        return "" if self._pump.alive() else "the pump has ended no pass since the last look"

    def _overdue(self) -> str:
        """What is due cannot be done while the log is away."""
        due = self._pump.next_wake()
        if due is None or self._pump.log_away_since or self._clock.now() - due < OVERDUE:
            return ""
        return f"the agenda was to be looked at by {due:%Y-%m-%dT%H:%M:%SZ}"


def _loop_s() -> float:
    return asyncio.get_running_loop().time()


async def watchdog(
    systemd: Systemd,
    every_s: float,
    vitals: Vitals,
    *,
    wait: Callable[[float], Awaitable[None]] = pause,
    now: Callable[[], float] = _loop_s,
) -> None:
    """Never returns.  ``every_s`` is what systemd waits for; 0: it does not watch."""
    rest_s = every_s / 2 or UNWATCHED_S
    said: tuple[str, ...] = ()
    while True:
        began = now()
        await wait(rest_s)
        vitals.late_s = max(0.0, now() - began - rest_s)
        await vitals.look()
        if vitals.reasons != said:
            said = vitals.reasons
            LOGS.warning("engine.unwell", why="; ".join(said)) if said else LOGS.info("engine.well")
        if every_s and not said:
            systemd.tell("WATCHDOG=1")
