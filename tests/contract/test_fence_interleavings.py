"""An append against a takeover, in every order into which the steps of two engines can fall.

Nothing but the fence's row stands between them: no advisory lock, and the engine's own statements,
each in a transaction of the test's, so that the other side can come in between.
"""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, cast

import asyncpg
import pytest

from engine.errors import Deposed
from engine.ids import Position
from engine.ports import Fence
from engine.store import fence, statements
from engine.store.admission import BEGINNING, Tail, drafted
from tests.support.entries import DAY_1, SOMEBODY, into, write
from tests.support.log_bench import NewLog, entries, whole
from tests.support.postgres import Database, eventually

pytestmark = pytest.mark.real

OLD = ("begin", "append", "commit")
NEW = ("begin", "take", "commit", "begin", "append", "commit")
ORDERS = list(itertools.combinations(range(len(OLD) + len(NEW)), len(OLD)))  # 84, by OLD's turns

# What is no fence: to look whether one leads still, and to believe the table about its end.
_LOOK = (
    "SELECT $1::bigint, $2::bytea, $5::bigint FROM engine.fence WHERE epoch = $3 AND holder = $4"
)
_TAKE_LOOKING = fence._TAKE.replace(
    "position, digest,", "(SELECT max(position) FROM engine.event) AS position, digest,"
)


class Engine:
    """What ``statements`` asks of a leader, and a life of few steps, one after the other."""

    where = "here"

    def __init__(self, connection: Any, name: str) -> None:
        self.connection = connection
        self.name = name
        self.number = 0  # of the first event to append
        self.events = 1  # in one append
        self.failed: Exception | None = None
        self.waited = False
        self._last: asyncio.Task[None] | None = None

    async def ask(self, statement: str, *args: object) -> list[asyncpg.Record]:
        return list(await self.connection.fetch(statement, *args))

    async def change(self, statement: str, *args: object) -> int:
        return fence.changed(await self.connection.execute(statement, *args))

    async def take(self) -> None:
        (row,) = await self.ask(fence._TAKE, self.name)
        self.fence = Fence(row["epoch"], self.name)
        self.position, self.digest = Position(row["position"] or 0), row["digest"]
        self.at = None

    async def append(self) -> None:
        tail = Tail(self.position, self.digest, BEGINNING, {}, set())
        numbers = range(self.number, self.number + self.events)
        ours = drafted([into(f"{self.name} {self.number}", *numbers)], SOMEBODY, "a test")
        await statements.write(cast(fence.Lead, self), tail.admit(ours, DAY_1))

    async def begin(self) -> None:
        await self.connection.execute("BEGIN")

    async def commit(self) -> None:
        await self.connection.execute("COMMIT")

    def begin_anew(self, number: int, events: int) -> None:
        self.number, self.events = number, events
        self.failed, self.waited, self._last = None, False, None

    async def turn(self, step: str, watch: Any) -> None:
        """Returns when the step is done, or waits until the other engine has gone on."""
        self._last = asyncio.ensure_future(self._then(self._last, step))
        blocked = "SELECT pg_blocking_pids($1) <> '{}'"
        while not (await asyncio.wait({self._last}, timeout=0.002))[0]:
            if await watch.fetchval(blocked, self.connection.get_server_pid()):
                self.waited = True
                return

    async def ended(self) -> None:
        assert self._last is not None
        await self._last

    async def _then(self, before: "asyncio.Task[None] | None", step: str) -> None:
        if before is not None:
            await before
        if self.failed is None:
            try:
                await getattr(self, step)()
            except (Deposed, asyncpg.PostgresError) as error:
                self.failed = error
                await self.connection.execute("ROLLBACK")


class Outcomes:
    """How the orders ended."""

    def __init__(self) -> None:
        self.old_written = 0
        self.old_deposed = 0
        self.unseen = 0  # written by the old leader, and the new one does not know
        self.new_failed = 0
        self.waited = 0

    def count(self, old: Engine, new: Engine, seen: int, there: dict[str, int]) -> None:
        place = there.get(f"effect-{old.name} {old.number}")
        self.old_written += place is not None
        self.old_deposed += isinstance(old.failed, Deposed)
        self.unseen += place is not None and place > seen
        self.new_failed += new.failed is not None
        self.waited += old.waited or new.waited


@pytest.fixture
async def connections(database: Database) -> AsyncIterator[list[Any]]:
    """Of two engines, and of one who watches."""
    role = {"role": "ee_engine"}
    opened = [await asyncpg.connect(database.dsn, server_settings=role) for _ in range(2)]
    opened.append(await asyncpg.connect(database.superuser))
    yield opened
    for one in opened:
        await one.close()


async def all_orders(connections: list[Any], events: int) -> Outcomes:
    *both, watch = connections
    old, new = Engine(both[0], "old"), Engine(both[1], "new")
    outcomes = Outcomes()
    for number, turns in enumerate(ORDERS):
        old.begin_anew(10 * number + 1, events)
        new.begin_anew(10 * number + 5, events)
        await old.take()
        steps = {id(old): iter(OLD), id(new): iter(NEW)}
        for turn in range(len(OLD) + len(NEW)):
            engine = old if turn in turns else new
            await engine.turn(next(steps[id(engine)]), watch)
        await old.ended()
        await new.ended()
        rows = await watch.fetch("SELECT stream, position FROM engine.event")
        # Where the new leader believed the log to end when it appended.
        seen = new.position if new.failed else new.position - events
        outcomes.count(old, new, seen, dict(map(tuple, rows)))
    return outcomes


@pytest.mark.parametrize("events", [1, 2])  # of an append: they are two statements
async def test_nothing_of_a_deposed_leader_is_written_behind_the_new_ones_back(
    connections: list[Any], database: Database, events: int
) -> None:
    outcomes = await all_orders(connections, events)
    assert (outcomes.unseen, outcomes.new_failed) == (0, 0)
    assert outcomes.old_written + outcomes.old_deposed == len(ORDERS)
    assert min(outcomes.old_written, outcomes.old_deposed, outcomes.waited) > 0
    assert await whole(database)


@pytest.mark.parametrize("events", [1, 2])
async def test_a_look_at_the_epoch_would_be_no_fence(
    connections: list[Any], monkeypatch: pytest.MonkeyPatch, events: int
) -> None:
    """The same orders find it out, so the test above can fail."""
    for name in ("_WRITE", "_WRITE_ONE"):
        looking = re.sub(
            "UPDATE.*?RETURNING true", _LOOK, getattr(statements, name), count=1, flags=re.DOTALL
        )
        monkeypatch.setattr(statements, name, looking)
    monkeypatch.setattr(fence, "_TAKE", _TAKE_LOOKING)
    outcomes = await all_orders(connections, events)
    assert min(outcomes.unseen, outcomes.new_failed) > 0


async def test_a_leader_that_waited_for_the_last_append_of_the_one_before_knows_its_time(
    new_log: NewLog, database: Database
) -> None:
    """Time does not decrease along the log, whoever's clock is behind."""
    first = new_log()
    await first.lead("old")
    await write(first, into("a", 1))
    await first.close()
    (last,) = await entries(database)
    late = last.at + timedelta(minutes=5)
    connection = await asyncpg.connect(database.superuser)
    try:
        async with connection.transaction():
            await connection.execute("UPDATE engine.fence SET position = 2, digest = digest")
            await connection.execute(
                "INSERT INTO engine.event SELECT 2, stream, 2, gen_random_uuid(), tag, $1, tenant,"
                " actor, cause, body, digest FROM engine.event",
                late,
            )
            second = new_log()
            leading = asyncio.ensure_future(second.lead("new"))
            blocked = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            await eventually(lambda: connection.fetchval(blocked))
        await leading
    finally:
        await connection.close()
    assert (await second.tip()).at == late
    await write(second, into("a", 3))
    assert [one.at for one in await entries(database)] == [last.at, late, late]
