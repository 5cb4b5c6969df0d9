"""Tells systemd that the engine lives, as long as its loop turns and its pump does its rounds."""

from collections.abc import Callable

from engine.adapters.systemd import Systemd
from engine.runtime.real import pause

IDLE_S = 3600.0


async def watchdog(systemd: Systemd, every_s: float, alive: Callable[[], bool]) -> None:
    """Never returns.  ``every_s`` is what systemd waits for; 0: it does not watch."""
    while True:
        await pause(every_s / 2 or IDLE_S)
        if every_s and alive():
            systemd.tell("WATCHDOG=1")
