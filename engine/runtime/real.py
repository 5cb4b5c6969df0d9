"""Real seconds, for waits that are not the engine's: a log that is away, looks that gather."""

import asyncio


async def pause(seconds: float) -> None:
    await asyncio.sleep(seconds)


async def turn() -> None:
    """Others may have the loop, between two pieces of long work."""
    await asyncio.sleep(0)
