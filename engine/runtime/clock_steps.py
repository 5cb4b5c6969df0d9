"""Writes down that the machine's clock was set: nothing is raised for an hour, by whoever leads."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

from engine.errors import LogUnavailable
from engine.events.engine import ENGINE, ClockStepped
from engine.ids import EngineId
from engine.ports import Ids, Log, New, Slice, Step
from engine.runtime.notes import ENGINE as BY
from engine.runtime.real import pause

LOOK_S = 5.0  # real seconds


async def watch(
    stepped: Callable[[], Step | None],
    log: Log,
    ids: Ids,
    engine: EngineId,
    *,
    wait: Callable[[float], Awaitable[None]] = pause,
) -> None:
    """Never returns.  A log that is away hears of it once it is back."""
    said: Step | None = None
    while True:
        step = stepped()
        if step is not None and step != said:
            event = ClockStepped(engine=engine, by_s=step.by_s, at=step.at)
            news = Slice(stream=ENGINE.stream(engine), tenant=None, events=[New(ids(), event)])
            with suppress(LogUnavailable):
                await log.append([news], actor=BY, cause="clock")
                said = step
        await wait(LOOK_S)
