"""What waits for a commit: who goes first, how many may wait, and how long."""

import asyncio
from itertools import count

import pytest

from engine.errors import Deposed, LogUnavailable, RepeatedId, VersionConflict
from engine.events.ip import IP, IpStopped
from engine.ids import Version
from engine.ports import New, Slice
from engine.store.admission import drafted
from engine.store.fence import Limits
from engine.store.queue import BATCH_BYTES, BATCH_EVENTS, Queue
from tests.support.entries import ACME, SOMEBODY, event, event_id, into, numbers, write
from tests.support.event_samples import SAMPLES
from tests.support.log_bench import NewLog, whole
from tests.support.postgres import Database

STOP = next(one for one in SAMPLES if isinstance(one, IpStopped))


def stopping(number: int) -> Slice:
    return Slice(
        stream=IP.stream("192.0.2.1"),
        tenant=ACME,
        events=[New(event_id(number), STOP)],
        expected=Version(0),
    )


def raising(number: int) -> Slice:
    return Slice(
        stream=IP.stream("192.0.2.1"),
        tenant=ACME,
        events=[New(event_id(number), event())],
        expected=Version(0),
    )


@pytest.mark.real
async def test_of_two_who_decided_on_one_version_the_stop_is_heard(new_log: NewLog) -> None:
    log = new_log()
    await log.lead("main")
    answers = await asyncio.gather(
        write(log, raising(1)), write(log, stopping(2)), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [VersionConflict, int]


@pytest.mark.real
async def test_a_version_that_was_learned_is_forgotten_with_the_oldest(
    new_log: NewLog, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More streams than are kept in mind: the versions are asked for, and right."""
    monkeypatch.setattr("engine.store.streams.STREAMS_MAX", 3)
    log = new_log()
    await log.lead("main")
    for turn in range(1, 4):
        for key in range(10):
            await write(log, into(f"s{key}", 100 * turn + key, expected=turn - 1))
    with pytest.raises(VersionConflict):
        await write(log, into("s0", 999, expected=2))
    assert await whole(database)


@pytest.mark.real
async def test_thousands_at_once_are_written_once_each_and_in_one_chain(
    new_log: NewLog, database: Database
) -> None:
    log = new_log(limits=Limits())
    await log.lead("main")
    answers = await asyncio.gather(
        *(write(log, into(f"s{number % 7}", number)) for number in range(1, 3_001)),
        *(write(log, into("twice", number)) for number in range(1, 3_001, 100)),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, RepeatedId) for answer in answers) == 30
    assert sorted(await numbers(log, limit=9_999)) == list(range(1, 3_001))
    assert sorted(answer for answer in answers if isinstance(answer, int)) == list(range(1, 3_001))
    assert await whole(database)


async def test_a_commit_takes_no_more_than_its_share() -> None:
    queue = Queue(9_999_999, 9)
    for number in range(1, 2_502):
        await queue.put(drafted([into("a", number)], SOMEBODY, "a test"))
    assert len(queue.take()) == BATCH_EVENTS
    while queue:
        queue.take()
    large = "x" * (BATCH_BYTES // 3)
    for number in range(5):
        slices = [
            Slice(stream="effect-b", tenant=None, events=[New(event_id(number), event(large))])
        ]
        await queue.put(drafted(slices, SOMEBODY, "a test"))
    assert [len(queue.take()) for _ in range(4)] == [2, 2, 1, 0]


async def test_of_many_an_eighth_is_left_for_the_next_commit() -> None:
    queue = Queue(9_999, 9)
    for number in range(1, 65):
        await queue.put(drafted([into("a", number)], SOMEBODY, "a test"))
    assert [len(queue.take()) for _ in range(3)] == [56, 8, 0]
    assert not queue


async def test_callers_who_come_again_end_as_two_groups_that_take_turns() -> None:
    """Whoever is answered comes again while the next commit is under way."""
    queue, numbers, sizes = Queue(9_999, 9), count(1), list[int]()
    coming = 64
    for _ in range(40):
        for _ in range(coming):
            await queue.put(drafted([into("a", next(numbers))], SOMEBODY, "a test"))
        coming = sizes[-1] if sizes else 0
        sizes.append(len(queue.take()))
    assert sizes[:3] == [56, 8, 49]
    assert all(28 <= size <= 32 for size in sizes[-10:])


async def test_one_append_larger_than_a_commit_is_still_one_append() -> None:
    queue = Queue(9, 9)
    await queue.put(drafted([into("a", *range(1, 2_001))], SOMEBODY, "a test"))
    (asked,) = queue.take()
    assert asked.append.events == 2_000


async def test_whoever_finds_no_room_waits_for_it() -> None:
    queue = Queue(2, 9)
    for number in (1, 2):
        await queue.put(drafted([into("a", number)], SOMEBODY, "a test"))
    third = asyncio.ensure_future(queue.put(drafted([into("a", 3)], SOMEBODY, "a test")))
    await asyncio.sleep(0)
    assert not third.done()
    await queue.put(drafted([stopping(4)], SOMEBODY, "a test"))  # a stop needs no room
    assert [asked.append.ids() for asked in queue.take()] == [
        [event_id(4)],
        [event_id(1)],
        [event_id(2)],
    ]
    await third
    assert len(queue.take()) == 1


async def test_whoever_waits_for_room_in_vain_is_told_how_many_wait() -> None:
    queue = Queue(1, 0.05)
    await queue.put(drafted([into("a", 1)], SOMEBODY, "a test"))
    with pytest.raises(LogUnavailable, match=r"may wait for their commit do \(1\)"):
        await queue.put(drafted([into("a", 2)], SOMEBODY, "a test"))


async def test_whoever_waits_for_room_hears_at_once_that_nobody_is_served_any_more() -> None:
    queue = Queue(1, 60)
    await queue.put(drafted([into("a", 1)], SOMEBODY, "a test"))
    waiting = asyncio.ensure_future(queue.put(drafted([into("a", 2)], SOMEBODY, "a test")))
    await asyncio.sleep(0)
    queue.fail(Deposed("another engine leads"))
    await asyncio.wait({waiting}, timeout=5)
    assert isinstance(waiting.exception(), Deposed)


async def test_whoever_is_not_begun_in_time_is_told_why() -> None:
    queue = Queue(9, 0.05)
    queue.why = "Postgres is away"
    asked = await queue.put(drafted([into("a", 1)], SOMEBODY, "a test"))
    (taken,) = queue.take()
    with pytest.raises(LogUnavailable, match="Postgres is away"):
        await asked.answer
    assert not taken.wanted


async def test_whoever_waits_in_vain_is_told_what_the_trouble_began_with() -> None:
    queue = Queue(9, 9)
    queue.trouble("here", "the disk is full")
    assert queue.why == "here: the disk is full"
    queue.trouble("here", "nobody listens")
    assert queue.why == "here: nobody listens; it began with the disk is full"
    queue.well()
    queue.trouble("here", "nobody listens")
    assert queue.why == "here: nobody listens"


async def test_what_is_sent_only_postgres_can_answer() -> None:
    queue = Queue(9, 0.02)
    asked = await queue.put(drafted([into("a", 1)], SOMEBODY, "a test"))
    queue.take()
    asked.sent = True
    await asyncio.wait({asked.answer}, timeout=0.1)
    assert not asked.answer.done()
