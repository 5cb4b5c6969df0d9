"""Rules that ask as they go: generators that yield questions and receive the answers.

They never know who answers: the DNS, the answers an event kept, or records somebody proposes.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import TypeVar

from engine.values.dns import DnsAnswer, Question, RecordType

T = TypeVar("T")

Asking = Generator[tuple[Question, ...], tuple[DnsAnswer, ...], T]


def ask(name: str, type: RecordType) -> Asking[DnsAnswer]:
    (answer,) = yield (Question(name, type),)
    return answer


def ask_all(questions: Sequence[Question]) -> Asking[tuple[DnsAnswer, ...]]:
    """All at once, answered in their order."""
    if not questions:
        return ()
    return (yield tuple(questions))


def together(askings: Sequence[Asking[T]]) -> Asking[list[T]]:
    """All of them in step: what each would ask next is asked at once."""
    results: dict[int, T] = {}
    waiting: dict[int, tuple[Question, ...]] = {}
    for number, asking in enumerate(askings):
        _step(asking, None, number, waiting, results)
    while waiting:
        order = list(waiting.items())
        answers = yield tuple(question for _, questions in order for question in questions)
        waiting, at = {}, 0
        for number, questions in order:
            own = answers[at : at + len(questions)]
            at += len(questions)
            _step(askings[number], own, number, waiting, results)
    return [results[number] for number in range(len(askings))]


def _step(
    asking: Asking[T],
    answers: tuple[DnsAnswer, ...] | None,
    number: int,
    waiting: dict[int, tuple[Question, ...]],
    results: dict[int, T],
) -> None:
    try:
        waiting[number] = next(asking) if answers is None else asking.send(answers)
    except StopIteration as done:
        results[number] = done.value


def answered(asking: Asking[T], answer: Callable[[Question], DnsAnswer]) -> T:
    """Run it to its end, for what needs no waiting:
    answers that an event kept, proposed records, test suites.
    """
    try:
        questions = next(asking)
        while True:
            questions = asking.send(tuple(answer(question) for question in questions))
    except StopIteration as done:
        result: T = done.value
        return result


def once(asking: Asking[T], given: Mapping[Question, DnsAnswer] | None = None) -> Asking[T]:
    """No question twice: what was answered in this run is answered again from memory, and what is
    asked by several at the same time is asked once.  What is ``given`` is never asked.
    """
    known = dict(given or {})
    try:
        questions = next(asking)
        while True:
            new = tuple(dict.fromkeys(one for one in questions if one not in known))
            if new:
                known.update(zip(new, (yield new), strict=True))
            questions = asking.send(tuple(known[question] for question in questions))
    except StopIteration as done:
        result: T = done.value
        return result
