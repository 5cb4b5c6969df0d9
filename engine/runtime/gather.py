"""Effects that begin at one moment and are done together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from engine.runtime.real import pause

E = TypeVar("E")
GATHER_S = 0.01  # real seconds; effects of one pass of the pump begin within it


class Gathering(Generic[E]):
    """The first of a moment leads: it waits for the others, and does the work of all."""

    def __init__(self, work: Callable[[Sequence[E]], Awaitable[None]]) -> None:
        self._work = work
        self._open: list[E] | None = None
        self._done: asyncio.Future[None] | None = None

    async def join(self, effect: E) -> None:
        """Return once the work that has this effect in it is done; raises what it raised."""
        if self._open is not None and self._done is not None:
            self._open.append(effect)
            await asyncio.shield(self._done)
            return
        self._open, self._done = [effect], asyncio.get_running_loop().create_future()
        gathered, done = self._open, self._done
        try:
            await pause(GATHER_S)
            self._open = self._done = None
            await self._work(gathered)
        except asyncio.CancelledError:
            self._open = self._done = None
            done.cancel()  # the engine stops; nobody's work was done
            raise
        except Exception as failure:
            self._open = self._done = None
            done.set_exception(failure)
            done.exception()  # nobody else may have joined
            raise
        done.set_result(None)
