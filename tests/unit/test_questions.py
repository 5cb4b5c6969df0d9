"""How rules that ask are answered: at once, once, in time, and within bounds."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec

from engine.rules.asking import Asking, ask, ask_all
from engine.rules.domain_report import UNASKED, judge, judged_again
from engine.runtime.questions import PATIENCE_S, Questions
from engine.runtime.validate import validate
from engine.values.dns import DnsAnswer, Question
from engine.values.domain_check import DomainCheck
from engine.values.validation import Validation
from tests.support import simloop
from tests.support.fake_resolver import FakeResolver

P = ParamSpec("P")
YES = DnsAnswer("ok", ("yes",))
CHECK = DomainCheck(domain="example.com", selectors=("s1",))


def virtual(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """On a loop whose clock jumps to the next timer."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        simloop.run(lambda: test(*args, **kwargs))

    return run


class Slow:
    """Each answer takes its time; a name that is not there is never answered."""

    def __init__(self, **seconds: float) -> None:
        self._seconds = seconds
        self.asked: list[str] = []

    async def __call__(self, question: Question) -> DnsAnswer:
        self.asked.append(question.name)
        await asyncio.sleep(self._seconds.get(question.name, 1_000))
        return YES


def now() -> float:
    return asyncio.get_running_loop().time()


@virtual
async def test_what_is_asked_together_is_waited_for_once() -> None:
    slow, began = Slow(a=2, b=1), now()
    answers = await Questions(slow).run(ask_all([Question("a", "A"), Question("b", "A")]))
    assert answers == (YES, YES)
    assert now() - began == 2


@virtual
async def test_a_question_of_several_rules_is_asked_once_while_it_is_open_and_afterwards() -> None:
    slow = Slow(a=2, b=1)
    questions = Questions(slow)

    def later() -> Asking[DnsAnswer]:
        yield from ask("b", "A")
        return (yield from ask("a", "A"))

    both = await asyncio.gather(questions.run(ask("a", "A")), questions.run(later()))
    assert [*both, await questions.run(ask("a", "A"))] == [YES, YES, YES]
    assert sorted(slow.asked) == ["a", "b"]


@virtual
async def test_what_is_not_answered_in_time_counts_as_unanswered_and_is_kept_as_that() -> None:
    questions, began = Questions(Slow(a=1), within_s=3), now()
    answers = await questions.run(ask_all([Question("a", "A"), Question("dead", "A")]))
    assert answers == (YES, UNASKED)
    assert now() - began == 3
    assert [(one.name, one.answer) for one in questions.heard] == [("a", YES), ("dead", UNASKED)]


@virtual
async def test_after_the_deadline_nobody_is_asked_any_more() -> None:
    slow = Slow(a=1)
    questions = Questions(slow, within_s=0.5)
    await questions.run(ask("a", "A"))
    assert await questions.run(ask("b", "A")) == UNASKED
    assert slow.asked == ["a"]


@virtual
async def test_one_dead_name_takes_no_more_than_its_share_of_the_time() -> None:
    began = now()
    assert await Questions(Slow()).run(ask("dead", "A")) == UNASKED
    assert now() - began == PATIENCE_S


@virtual
async def test_beyond_the_limit_nobody_is_asked_and_it_is_counted() -> None:
    slow = Slow(**{f"n{number}": 0 for number in range(5)})
    questions = Questions(slow, most=3)
    many = [Question(f"n{number}", "A") for number in range(5)]
    assert (await questions.run(ask_all(many))).count(UNASKED) == 2
    await questions.run(ask_all(many))
    assert (len(slow.asked), len(questions.heard), questions.unasked) == (3, 3, 2)


@virtual
async def test_whoever_gives_up_leaves_nobody_waiting() -> None:
    questions = Questions(Slow())
    first = asyncio.create_task(questions.run(ask("a", "A")))
    await asyncio.sleep(1)
    second = asyncio.create_task(questions.run(ask("a", "A")))
    await asyncio.sleep(1)
    first.cancel()
    await asyncio.wait([first, second], timeout=1)
    assert first.cancelled()
    assert second.done()


# --- a whole validation --------------------------------------------------------------------------


def furnished() -> FakeResolver:
    dns = FakeResolver(takes_s=0.02)
    dns.records = {
        "example.com SOA": ("ns. hm. 1 2 3 4 5",),
        "example.com TXT": ("v=spf1 include:dead.example.net -all",),
        "example.com MX": ("10 mx.example.com",),
        "_dmarc.example.com TXT": ("v=DMARC1; p=none; rua=mailto:d@example.com",),
    }
    dns.v4["mx.example.com"] = ("8.8.8.8",)
    return dns


async def validated(dns: FakeResolver, check: DomainCheck = CHECK, most: int = 500) -> Validation:
    return await validate(check, lookup=dns.lookup, resolver="dns", nonce="nobody", most=most)


@virtual
async def test_a_silent_name_leaves_the_other_parts_their_time() -> None:
    """In step, all of them would wait for the slowest of each round."""
    dns = furnished()
    dns.slow["dead.example.net"] = 1_000
    dns.slow["mx.example.com"] = 4
    made = await validated(dns)
    assert made.report.spf.valid is None
    assert (made.report.mx.valid, made.report.dmarc.valid) == (True, True)
    assert made.took_ms == 1000 * PATIENCE_S + 20


@virtual
async def test_a_resolver_that_is_down_ends_in_time_and_says_nothing_of_the_domain() -> None:
    dns = furnished()
    dns.slow["com"] = dns.slow["net"] = 1_000
    made = await validated(dns)
    parts = made.report
    assert made.took_ms <= 20_000
    assert {parts.spf.valid, parts.dkim.valid, parts.dmarc.valid, parts.mx.valid} == {None}
    assert made.report.status == "unknown"


@virtual
async def test_the_kept_answers_judge_the_same_without_asking_anybody() -> None:
    for most in (500, 4):
        dns = furnished()
        made = await validated(dns, most=most)
        assert judged_again(made) == made.report
        assert (made.unasked > 0) == (most == 4)


@virtual
async def test_it_takes_as_long_as_the_longest_chain_of_questions() -> None:
    dns = furnished()
    made = await validated(dns)
    assert made.took_ms == 20 * rounds(dns)


def rounds(dns: FakeResolver) -> int:
    """Of questions that wait for each other."""
    asking, count = judge(CHECK, "nobody"), 0
    try:
        questions = next(asking)
        while True:
            count += 1
            questions = asking.send(tuple(dns._found(one, ()) for one in questions))
    except StopIteration:
        return count
