"""How many requests are being answered: a simulated clock may jump only when none is."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any


class OpenRequests:
    def __init__(self) -> None:
        self._open = 0
        self._ending = asyncio.Event()

    @property
    def idle(self) -> bool:
        return self._open == 0

    @contextmanager
    def counted(self) -> Iterator[None]:
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1

    @property
    def ending(self) -> bool:
        return self._ending.is_set()

    def end(self) -> None:
        """The process is about to: nobody waits any longer."""
        self._ending.set()

    async def until_end(self, wait: Coroutine[Any, Any, None]) -> bool:
        """Whether what was waited for came, and not the end."""
        async with asyncio.TaskGroup() as group:
            waiting, ending = group.create_task(wait), group.create_task(self._ended())
            await asyncio.wait({waiting, ending}, return_when=asyncio.FIRST_COMPLETED)
            came = waiting.done()
            waiting.cancel()
            ending.cancel()
        return came

    async def _ended(self) -> None:
        await self._ending.wait()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """A counted request that only waits for something to happen: a long poll."""
        self._open -= 1
        try:
            yield
        finally:
            self._open += 1
