"""Rules that ask, over the DNS: as many questions at once as they yield, none of them twice."""

import asyncio
from collections.abc import Awaitable, Callable

from engine.rules.asking import Asking, T
from engine.rules.domain_report import UNASKED
from engine.values.dns import DnsAnswer, Question
from engine.values.validation import Heard

QUESTIONS_MAX = 500  # of one run: SPF alone may lead to two hundred
WITHIN_S = 20.0  # real seconds for all of it
PATIENCE_S = 5.0  # and for one question: a dead name server holds up what waits for it, no more

Lookup = Callable[[Question], Awaitable[DnsAnswer]]


class Questions:
    """Those of one run, which begins now.  What is not answered in time, and what goes beyond the
    limit, counts as unanswered.
    """

    def __init__(
        self, lookup: Lookup, *, within_s: float = WITHIN_S, most: int = QUESTIONS_MAX
    ) -> None:
        self._lookup = lookup
        self._most = most
        self._began = asyncio.get_running_loop().time()
        self._end = self._began + within_s
        self._known: dict[Question, asyncio.Future[DnsAnswer]] = {}
        self._unasked: set[Question] = set()

    async def run(self, asking: Asking[T]) -> T:
        """Several may run at once; they share the answers."""
        return await drive(asking, self.ask)

    async def ask(self, questions: tuple[Question, ...]) -> tuple[DnsAnswer, ...]:
        """Answers in the order of the questions."""
        new = [one for one in questions if self._is_new(one)]
        async with asyncio.TaskGroup() as tasks:
            for one in new:
                tasks.create_task(self._fetch(one))
        return tuple([await self._answer(one) for one in questions])

    @property
    def heard(self) -> tuple[Heard, ...]:
        """What was answered so far, in the order it was asked."""
        done = [(one, future) for one, future in self._known.items() if future.done()]
        return tuple(Heard(one.name, one.type, future.result()) for one, future in done)

    @property
    def unasked(self) -> int:
        return len(self._unasked)

    @property
    def took_ms(self) -> int:
        return round(1000 * (asyncio.get_running_loop().time() - self._began))

    def _is_new(self, question: Question) -> bool:
        """From here on it is known, unless the limit is reached."""
        if question in self._known:
            return False
        if len(self._known) >= self._most:
            self._unasked.add(question)
            return False
        self._known[question] = asyncio.get_running_loop().create_future()
        return True

    async def _fetch(self, question: Question) -> None:
        heard = self._known[question]
        try:
            heard.set_result(await self._looked_up(question))
        finally:
            heard.cancel()  # if there is no result, for nobody shall wait for it

    async def _answer(self, question: Question) -> DnsAnswer:
        heard = self._known.get(question)
        return UNASKED if heard is None else await asyncio.shield(heard)

    async def _looked_up(self, question: Question) -> DnsAnswer:
        now = asyncio.get_running_loop().time()
        if now >= self._end:
            return UNASKED
        try:
            async with asyncio.timeout_at(min(self._end, now + PATIENCE_S)):
                return await self._lookup(question)
        except TimeoutError:
            return UNASKED


async def drive(
    asking: Asking[T],
    ask: Callable[[tuple[Question, ...]], Awaitable[tuple[DnsAnswer, ...]]],
) -> T:
    try:
        questions = next(asking)
        while True:
            questions = asking.send(await ask(questions))
    except StopIteration as done:
        result: T = done.value
        return result
