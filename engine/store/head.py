"""The end of the log as far as it is acknowledged, and a bell for those who wait beyond it."""

import asyncio

from engine.ids import Position


class Head:
    def __init__(self) -> None:
        self.position = Position(0)
        self._grown = asyncio.Event()

    def move(self, position: Position) -> None:
        if position > self.position:
            self.position = position
            self._grown.set()
            self._grown = asyncio.Event()

    async def beyond(self, position: Position) -> None:
        while self.position <= position:
            await self._grown.wait()
