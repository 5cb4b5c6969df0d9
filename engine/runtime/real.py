"""Real seconds, for waits that are not the engine's: a log that is away, looks that gather."""

import asyncio


async def pause(seconds: float) -> None:
    await asyncio.sleep(seconds)
