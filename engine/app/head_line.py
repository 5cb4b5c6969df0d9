"""The end of the log, said in the process's own log: whoever keeps those lines keeps an anchor."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from engine.errors import LogUnavailable
from engine.ports import Clock, Log
from engine.runtime.real import pause

EVERY = timedelta(hours=1)  # by the engine's clock
LOOK_S = 60.0  # real seconds between two looks at that clock
LOGS = structlog.get_logger("engine")


async def say(log: Log) -> bool:
    """Whether the log was there to be asked."""
    try:
        tip = await log.tip()
    except LogUnavailable:
        return False
    LOGS.info("log.head", position=tip.position, digest=tip.digest.hex())
    return True


async def hourly(
    log: Log, clock: Clock, *, wait: Callable[[float], Awaitable[None]] = pause
) -> None:
    """Never returns.  While the log is away there is nothing to say; it is said once it is back."""
    said = clock.now()
    while True:
        await wait(LOOK_S)
        if clock.now() - said >= EVERY and await say(log):
            said = clock.now()
