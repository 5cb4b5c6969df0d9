"""What every log must keep: the one in memory and the one in Postgres run the same suite."""

import asyncio
from contextlib import aclosing
from datetime import timedelta
from uuid import UUID

import pytest

from engine.errors import RepeatedId, VersionConflict
from engine.events.effect import EFFECT
from engine.events.engine import ENGINE, EngineLed
from engine.ids import Actor, EngineId, Position
from engine.ports import ALL, Log, New, Slice, Tip, Wanted
from engine.store.postgres_log import PostgresLog
from tests.support.entries import ACME, BOLT, DAY_1, SOMEBODY, event, event_id, into, numbers, write
from tests.support.log_processes import Processes


async def test_an_event_comes_back_in_its_envelope(log: Log) -> None:
    assert await write(log, into("a", 1, expected=0)) == 1
    (back,) = await log.read(EFFECT, "a")
    assert (back.position, back.stream, back.version, back.id) == (1, "effect-a", 1, event_id(1))
    assert (back.tenant, back.actor, back.cause) == (ACME, SOMEBODY, "a test")
    assert back.event == event("a 1")
    assert back.at > DAY_1
    assert await log.read_from(Position(0), 10) == [back]


async def test_an_event_of_the_platform_has_no_tenant(log: Log) -> None:
    await write(log, into("a", 1, tenant=None))
    (back,) = await log.read(EFFECT, "a")
    assert back.tenant is None


async def test_positions_have_no_gaps_and_versions_count_each_stream(log: Log) -> None:
    await write(log, into("a", 1, 2))
    await write(log, into("b", 3), into("a", 4))
    found = [(one.position, one.stream, one.version) for one in await log.read_from(Position(0), 9)]
    assert found == [
        (1, "effect-a", 1),
        (2, "effect-a", 2),
        (3, "effect-b", 1),
        (4, "effect-a", 3),
    ]


async def test_an_append_answers_its_last_position_and_the_head_moves_there(log: Log) -> None:
    assert await log.head() == 0
    assert await write(log, into("a", 1, 2, 3)) == 3
    assert await write(log, into("b", 4)) == 4
    assert await log.head() == 4


async def test_a_stream_that_moved_since_it_was_read_refuses(log: Log) -> None:
    await write(log, into("a", 1, expected=0))
    with pytest.raises(VersionConflict, match="effect-a: expected version 0, found 1"):
        await write(log, into("a", 2, expected=0))
    await write(log, into("a", 2, expected=1))
    assert await numbers(log) == [1, 2]


async def test_a_version_that_is_not_there_yet_refuses_too(log: Log) -> None:
    with pytest.raises(VersionConflict):
        await write(log, into("a", 1, expected=1))
    assert await numbers(log) == []


async def test_a_repeated_id_refuses_in_whatever_stream_it_comes(log: Log) -> None:
    await write(log, into("a", 1))
    with pytest.raises(RepeatedId, match=str(event_id(1))):
        await write(log, into("b", 1))
    with pytest.raises(RepeatedId):
        await write(log, into("b", 2), into("c", 2))
    assert await numbers(log) == [1]


@pytest.mark.parametrize("refused", [into("a", 9, expected=0), into("z", 1)])
async def test_what_is_refused_takes_its_whole_append_with_it(log: Log, refused: Slice) -> None:
    await write(log, into("a", 1))
    with pytest.raises((VersionConflict, RepeatedId)):
        await write(log, into("new", 2, expected=0), refused)
    assert await numbers(log) == [1]
    assert await write(log, into("new", 2, expected=0)) == 2, "and hinders nobody afterwards"


async def test_slices_of_one_append_follow_each_other_even_in_one_stream(log: Log) -> None:
    await write(log, into("a", 1, expected=0), into("a", 2, expected=1), into("b", 3))
    found = [(one.position, one.version) for one in await log.read_from(Position(0), 9)]
    assert found == [(1, 1), (2, 2), (3, 1)]


async def test_an_append_without_events_only_asks_for_the_versions(log: Log) -> None:
    await write(log, into("a", 1, 2))
    assert await write(log, into("a", expected=2)) == 2
    assert await log.append([], actor=SOMEBODY, cause="nothing") == 2
    with pytest.raises(VersionConflict):
        await write(log, into("a", expected=1), into("b", 3))
    assert await numbers(log) == [1, 2]


async def test_an_observation_expects_nothing(log: Log) -> None:
    await asyncio.gather(*(write(log, into("a", number)) for number in range(1, 21)))
    assert [one.version for one in await log.read(EFFECT, "a")] == list(range(1, 21))


async def test_of_many_who_decided_on_the_same_version_one_is_heard(log: Log) -> None:
    tries = (write(log, into("a", number, expected=0)) for number in range(1, 11))
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert [answer for answer in answers if isinstance(answer, int)] == [1]
    assert sum(isinstance(answer, VersionConflict) for answer in answers) == 9


async def test_the_log_is_read_in_order_from_any_position(log: Log) -> None:
    for number in range(1, 6):
        await write(log, into("a", number))
    pages = [await numbers(log, after, 2) for after in (0, 2, 4, 5)]
    assert pages == [[1, 2], [3, 4], [5], []]


async def test_a_stream_is_read_alone(log: Log) -> None:
    await write(log, into("a", 1), into("ab", 2))
    assert [UUID(one.id).int for one in await log.read(EFFECT, "a")] == [1]
    assert await log.read(EFFECT, "c") == []


async def test_whoever_waits_for_more_is_woken_by_it(log: Log) -> None:
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(log.wait_beyond(Position(1)))
        await write(log, into("a", 1))
        await asyncio.sleep(0)
        assert not waiting.done()
        await write(log, into("a", 2))
    await log.wait_beyond(Position(1))


async def test_whoever_reads_after_an_answer_finds_what_was_answered(log: Log) -> None:
    for number in range(1, 21):
        position = await write(log, into("a", number))
        assert [one.position for one in await log.read_from(Position(position - 1), 9)] == [
            position
        ]


async def some(log: Log) -> None:
    await write(log, into("a", 1), into("b", 2, tenant=BOLT))
    await write(log, into("c", 3, 4, tenant=None), into("a", 5))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (ALL, [1, 2, 3, 4, 5]),
        (Wanted(tenant=ACME), [1, 5]),
        (Wanted(tenant=BOLT), [2]),
        (Wanted(streams=("effect-a", "effect-c")), [1, 3, 4, 5]),
        (Wanted(streams=("effect-a", "effect-c"), tenant=ACME), [1, 5]),
        (Wanted(streams=("effect-z",)), []),
        (Wanted(tags=("effect.stuck",), tenant=ACME), [1, 5]),
        (Wanted(tags=("engine.led",)), []),
    ],
)
async def test_a_reader_gets_what_it_wants_and_no_more(
    log: Log, wanted: Wanted, expected: list[int]
) -> None:
    await some(log)
    found = await log.read_from(Position(0), 9, wanted)
    assert [UUID(one.id).int for one in found] == expected
    async with aclosing(log.pages(Position(0), Position(99), wanted, 2)) as pages:
        read = [page async for page in pages]
    assert [UUID(one.id).int for page in read for one in page.events] == expected
    assert read[-1].end == 5, "all of it was looked through"
    assert all(len(page.events) <= 2 for page in read)


async def test_pages_end_where_they_shall(log: Log) -> None:
    await some(log)
    async with aclosing(log.pages(Position(1), Position(4))) as pages:
        read = [(page.end, [one.position for one in page.events]) async for page in pages]
    assert read == [(4, [2, 3, 4])]
    assert [page async for page in log.pages(Position(5), Position(5))] == []


async def test_whoever_leaves_in_the_middle_of_a_page_harms_nobody(log: Log) -> None:
    await some(log)
    for _ in range(9):  # more often than there are connections to lend
        async with aclosing(log.pages(Position(0), Position(5), ALL, 1)) as pages:
            async for page in pages:
                assert page.end == 1
                break
    assert await numbers(log) == [1, 2, 3, 4, 5]


async def test_an_event_is_found_by_its_id_by_those_who_may_see_it(log: Log) -> None:
    await some(log)
    assert await log.position_of(event_id(2)) == 2
    assert await log.position_of(event_id(2), BOLT) == 2
    assert await log.position_of(event_id(2), ACME) is None
    assert await log.position_of(event_id(77)) is None


async def test_a_moment_is_a_position(log: Log) -> None:
    assert await log.position_at(DAY_1) == 0
    await some(log)
    times = [one.at for one in await log.read_from(Position(0), 9)]
    assert [await log.position_at(at) for at in times] == [2, 2, 5, 5, 5]
    assert await log.position_at(times[0] - timedelta(microseconds=1)) == 0
    assert await log.position_at(times[2] - timedelta(microseconds=1)) == 2
    assert await log.position_at(times[-1] + timedelta(days=999)) == 5


async def test_the_tip_is_the_last_event(log: Log) -> None:
    empty = await log.tip()
    assert empty == Tip(Position(0), bytes(32), None)
    await some(log)
    tip = await log.tip()
    (last,) = await log.read_from(Position(4), 9)
    assert (tip.position, tip.at) == (5, last.at)
    assert tip.digest != empty.digest


async def test_a_clock_that_was_set_back_a_little_does_not_turn_time_back(
    processes: Processes,
) -> None:
    log = await processes()
    for number in (1, 2):  # the second process's clock begins where the first one's did
        log = await processes()
        await log.lead(f"process {number}")
        await write(log, into("a", 10 * number))
        await write(log, into("a", 10 * number + 1))
        if isinstance(log, PostgresLog):
            await log.close()
    times = [one.at for one in await log.read_from(Position(0), 9)]
    assert times == sorted(times)


async def test_of_a_group_each_that_fails_fails_alone_and_whole(log: Log) -> None:
    """A conflict, a repeated id in the log, one within the group, and appends of two slices."""
    await write(log, into("a", 1), into("b", 2))
    answers = await asyncio.gather(
        write(log, into("a", 3, expected=1)),
        write(log, into("c", 4), into("a", 5, expected=1)),  # the one before it was first
        write(log, into("d", 6), into("e", 2)),
        write(log, into("f", 7, expected=0)),
        write(log, into("g", 7)),
        write(log, into("b", 8, expected=0)),  # believes that the stream is new
        write(log, into("h", 9, expected=0), into("h", 10, expected=1)),
        return_exceptions=True,
    )
    kinds = [type(answer) for answer in answers]
    assert kinds == [int, VersionConflict, RepeatedId, int, RepeatedId, VersionConflict, int]
    assert await numbers(log) == [1, 2, 3, 7, 9, 10]
    read = await log.read_from(Position(0), 99)
    assert [one.position for one in read] == [1, 2, 3, 4, 5, 6]
    assert {one.stream for one in read} == {f"effect-{key}" for key in "abfh"}
    assert [answers[0], answers[3], answers[6]] == [3, 4, 6]


async def test_two_tenants_and_the_platform_fit_into_one_append(log: Log) -> None:
    platform = New(event_id(3), EngineLed(engine=EngineId("main"), epoch=1, version="0"))
    await write(
        log,
        into("a", 1, tenant=ACME),
        into("b", 2, tenant=BOLT),
        Slice(stream=ENGINE.stream("main"), tenant=None, events=[platform]),
    )
    assert [one.tenant for one in await log.read_from(Position(0), 9)] == [ACME, BOLT, None]


async def test_texts_of_any_language_come_back_as_they_were(log: Log) -> None:
    text = "Größe 尺寸 \x00 \U0001f600 ' \" \\ {} $1"
    slice_ = Slice(stream=EFFECT.stream("ü'"), tenant=ACME, events=[New(event_id(1), event(text))])
    await log.append([slice_], actor=Actor("key:1"), cause="Grund: 'ü'")
    (back,) = await log.read(EFFECT, "ü'")
    assert (back.event, back.cause) == (event(text), "Grund: 'ü'")


async def test_an_id_that_is_no_uuid_is_a_bug_of_its_maker(log: Log) -> None:
    bad = Slice(stream="effect-a", tenant=ACME, events=[New(event_id(1)[:-1], event())])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="UUID"):
        await write(log, bad)
    assert await write(log, into("a", 1)) == 1
