"""Who asks what is being asked already waits for the same packet; who asks later sends his own."""

import asyncio

import pytest

from engine.adapters.open_questions import OpenQuestions
from engine.values.dns import DnsAnswer, Question
from tests.support import simloop

ASKED = Question("example.com", "TXT")


class Server:
    """Each answer takes a second and tells which one it is."""

    def __init__(self) -> None:
        self.heard = 0

    async def __call__(self, _: Question) -> DnsAnswer:
        self.heard += 1
        number = self.heard
        await asyncio.sleep(1)
        return DnsAnswer("ok", (str(number),))


@pytest.fixture
def server() -> Server:
    return Server()


def test_equal_questions_at_the_same_time_are_one(server: Server) -> None:
    async def two() -> None:
        questions = OpenQuestions(server)
        other = Question("example.com", "MX")
        answers = await asyncio.gather(*(questions.answer(one) for one in (ASKED, ASKED, other)))
        assert answers[0] is answers[1]
        assert server.heard == 2

    simloop.run(two)


def test_a_question_that_was_answered_is_asked_anew(server: Server) -> None:
    async def again() -> None:
        questions = OpenQuestions(server)
        assert (await questions.answer(ASKED)).records == ("1",)
        assert (await questions.answer(ASKED)).records == ("2",)

    simloop.run(again)


def test_whoever_gives_up_takes_the_answer_from_nobody(server: Server) -> None:
    async def one_leaves() -> None:
        questions = OpenQuestions(server)
        hasty = asyncio.create_task(questions.answer(ASKED))
        patient = asyncio.create_task(questions.answer(ASKED))
        await asyncio.sleep(0.5)
        hasty.cancel()
        assert (await patient).records == ("1",)
        assert hasty.cancelled()

    simloop.run(one_leaves)


def test_what_nobody_waits_for_any_more_is_no_answer_for_whoever_asks_then(server: Server) -> None:
    async def all_leave() -> None:
        questions = OpenQuestions(server)
        hasty = asyncio.create_task(questions.answer(ASKED))
        await asyncio.sleep(0.5)
        hasty.cancel()
        await asyncio.wait([hasty])
        assert (await questions.answer(ASKED)).records == ("2",)

    simloop.run(all_leave)


def test_a_failure_reaches_everybody_and_closes_the_question() -> None:
    async def broken(_: Question) -> DnsAnswer:
        await asyncio.sleep(1)
        raise RuntimeError("a bug")

    async def both() -> None:
        questions = OpenQuestions(broken)
        asked = [questions.answer(ASKED) for _ in range(2)]
        found = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(one) for one in found] == [RuntimeError, RuntimeError]
        assert not questions._open

    simloop.run(both)
