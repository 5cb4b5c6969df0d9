"""Many callers and random faults, by seed: whatever each was told about his append is true."""

import asyncio
from itertools import count
from random import Random

import pytest

from engine.errors import Deposed, LogUnavailable, RepeatedId, VersionConflict
from engine.ids import EventId
from engine.store.fence import Limits
from engine.store.postgres_log import PostgresLog
from tests.support.entries import event_id, into, write
from tests.support.fault_proxy import FaultProxy
from tests.support.log_bench import NewLog, end_connections, entries, whole
from tests.support.postgres import Database, eventually

pytestmark = pytest.mark.real

CALLERS = 24
FAULTS = 10
HURRIED = Limits(watch=0.15, patience=0.4, idle=4, lock=0.3, host=1)
MARKS = (b"the fuzzed engine", b"effect-")  # in each write and bump; in each append and look


class Told:
    """What callers heard."""

    def __init__(self) -> None:
        self.written: dict[EventId, int] = {}
        self.not_written: set[EventId] = set()
        self.refused: set[EventId] = set()
        self.unknown: set[EventId] = set()

    async def call(self, log: PostgresLog, random: Random, number: int) -> None:
        """An append of one or two events: to a stream of one's own, or with a wrong or lucky guess
        at the version of a common one; some repeat an id.
        """
        ids = [event_id(number), event_id(number + 1)][: random.choice((1, 1, 2))]
        own, common = f"own {number // 10_000}", f"common {random.randrange(3)}"
        slices = [into(random.choice((own, common)), number)]
        if len(ids) == 2:
            slices.append(into(common, number + 1, expected=random.choice((None, 0, 5))))
        repeats = bool(self.written) and random.random() < 0.1
        if repeats:
            old = int(random.choice(list(self.written)).replace("-", ""), 16)
            slices.append(into("repeated", old, expected=random.choice((None, 0))))
        try:
            position = await write(log, *slices)
        except LogUnavailable:
            self.not_written |= set(ids)
        except (VersionConflict, RepeatedId):
            self.refused |= set(ids)
        except Deposed:
            self.unknown |= set(ids)
        else:
            assert not repeats
            self.written |= {id: position - len(ids) + 1 + n for n, id in enumerate(ids)}


async def callers(log: PostgresLog, told: Told, random: Random, over: asyncio.Event) -> None:
    async def go_on(caller: int) -> None:
        numbers = count(10_000 * (caller + 1), 2)
        while not over.is_set():
            await told.call(log, random, next(numbers))
            await asyncio.sleep(random.random() / 20)

    await asyncio.gather(*map(go_on, range(CALLERS)))


async def trouble(between: FaultProxy, database: Database, random: Random) -> None:
    for _ in range(FAULTS):
        fault = random.choice(("lose_reply", "lose_request", "mute_reply", "end", "refuse"))
        if fault == "end":
            await end_connections(database)
        elif fault == "refuse":
            between.refuse = True
            await end_connections(database)
            await asyncio.sleep(random.random() / 2)
            between.refuse = False
        else:
            between.spare = random.randrange(3)
            setattr(between, fault, random.choice(MARKS))
        await asyncio.sleep(random.random() / 5)


async def is_true(told: Told, database: Database) -> None:
    there = {one.id: one.position for one in await entries(database)}
    assert told.written.items() <= there.items()
    assert there.keys() <= told.written.keys() | told.unknown
    assert not there.keys() & (told.not_written | told.refused)
    assert await whole(database)


async def lived(
    log: PostgresLog, between: FaultProxy, database: Database, seed: int, last_fault: str = ""
) -> Told:
    random, told, over = Random(seed), Told(), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(callers(log, told, random, over))
        await eventually(lambda: told.written and told.refused)
        await trouble(between, database, random)
        if last_fault:
            await database.ask(last_fault)
            await eventually(lambda: told.unknown)
        over.set()
    return told


@pytest.mark.parametrize("seed", range(3))
async def test_what_callers_hear_in_trouble_is_what_the_log_holds(
    new_log: NewLog, log_proxy: tuple[FaultProxy, str], database: Database, seed: int
) -> None:
    between, dsn = log_proxy
    log = new_log(dsn, limits=HURRIED)
    await log.lead("the fuzzed engine")
    told = await lived(log, between, database, seed)
    assert not told.unknown
    await is_true(told, database)


async def test_what_callers_hear_of_an_engine_that_is_deposed_is_true_or_unknown(
    new_log: NewLog, log_proxy: tuple[FaultProxy, str], database: Database
) -> None:
    between, dsn = log_proxy
    log = new_log(dsn, limits=HURRIED)
    await log.lead("the fuzzed engine")
    depose = "UPDATE engine.fence SET epoch = epoch + 1, holder = 'another'"
    told = await lived(log, between, database, 9, depose)
    await is_true(told, database)
