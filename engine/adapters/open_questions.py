"""Equal questions that are open at the same time are one: many domains have much in common."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from engine.values.dns import DnsAnswer, Question


class _Open:
    def __init__(self, task: "asyncio.Task[DnsAnswer]") -> None:
        self.task = task
        self.waiting = 0


class OpenQuestions:
    """One is closed by its answer, or when nobody waits for it any more: who asks after that sends
    a packet of his own.
    """

    def __init__(self, look_up: Callable[[Question], Coroutine[Any, Any, DnsAnswer]]) -> None:
        self._look_up = look_up
        self._open: dict[Question, _Open] = {}

    async def answer(self, question: Question) -> DnsAnswer:
        found = self._open.get(question)
        if found is None:
            task = asyncio.get_running_loop().create_task(self._look_up(question))
            self._open[question] = found = _Open(task)
        found.waiting += 1
        try:
            return await asyncio.shield(found.task)
        finally:
            found.waiting -= 1
            if found.task.done() or not found.waiting:
                found.task.cancel()
                self._close(question, found)

    def _close(self, question: Question, found: _Open) -> None:
        if self._open.get(question) is found:
            del self._open[question]
