"""The end of the log as far as it is acknowledged, and a bell for those who wait beyond it."""

import asyncio
from datetime import datetime

from engine.ids import Position
from engine.ports import Tip


class Head:
    def __init__(self) -> None:
        self.tip = Tip(Position(0), bytes(32), None)
        self._grown = asyncio.Event()

    @property
    def position(self) -> Position:
        return self.tip.position

    def move(self, position: Position, digest: bytes, at: datetime | None) -> None:
        if position > self.position:
            self.tip = Tip(position, digest, at)
            self._grown.set()
            self._grown = asyncio.Event()

    async def beyond(self, position: Position) -> None:
        while self.position <= position:
            await self._grown.wait()
