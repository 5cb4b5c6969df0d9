"""Accounting that PowerMTA posts: counted once, whatever is sent again and wherever we die."""

import asyncio
import csv
from collections.abc import Awaitable, Callable
from contextlib import suppress
from io import StringIO

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import Rejected
from engine.events.traffic import FileRead, FilesLooked, TrafficCounted
from engine.ids import Actor, Position
from engine.projections.accounting import ACCOUNTING
from engine.reactors.accounting import accounting as accounting_reactor
from engine.rules.accounting.batch import lines
from engine.runtime.batches import Batch, Batches, Counted
from engine.runtime.views import Views
from engine.values.traffic import Source
from engine.values.tuning import Tuning
from tests.support.accounting import HEADER, Killed, line
from tests.support.spec import ACME, NODE
from tests.unit.test_read_accounting import Bench
from tests.unit.test_read_accounting import bench as bench  # the fixture

KEY = Actor("key:pmta-1")
TEN = (HEADER + line() * 10).encode()


async def count(bench: Bench, data: bytes, name: str = "", views: Views | None = None) -> Counted:
    seen = views or await bench.views()

    async def reached(position: Position) -> None:
        for recorded in await bench.log.read_from(Position(0), 100_000):
            if views is not None and recorded.position > folded[0]:
                folded[0] = recorded.position
                list(views.fold(recorded))

    folded = [await bench.log.head() or Position(0)]
    batches = Batches(
        log=bench.log, views=seen, clock=bench.clock, ids=bench.id, reached=_typed(reached)
    )
    return await batches.count(Batch(NODE, name, data), KEY)


def _typed(one: Callable[[Position], Awaitable[None]]) -> Callable[[Position], Awaitable[None]]:
    return one


async def test_a_batch_is_one_append_in_the_form_of_a_file(bench: Bench) -> None:
    found = await count(bench, TEN)
    assert (found.rows, found.unreadable) == (10, 0)
    read, counted, looked = [one.event for one in await bench.events()]
    assert isinstance(read, FileRead)
    assert (read.start, read.end, read.size) == (0, len(TEN), len(TEN))
    assert isinstance(counted, TrafficCounted)
    assert isinstance(looked, FilesLooked)
    assert await bench.total() == {ACME: 10}
    view = (await bench.views()).get(ACCOUNTING, NODE)
    assert view.looked_at is not None, "the mail until then is accounted for"


async def test_a_stray_quote_in_a_batch_costs_its_row_and_is_said(bench: Bench) -> None:
    rows = TEN.splitlines(keepends=True)
    stray = b'b,2026-01-05 10:00:00+0000,a@gmail.com,,"no,,,,,\r\n'
    found = await count(bench, b"".join([*rows[:3], stray, *rows[3:]]))
    assert (found.rows, found.unreadable) == (10, 1)


async def test_the_same_batch_again_is_known_by_what_it_holds_or_by_its_name(bench: Bench) -> None:
    await count(bench, TEN)
    assert (await count(bench, TEN)).position is None
    named = TEN + line().encode()
    await count(bench, named, "b1")
    assert (await count(bench, named, "b1")).position is None
    assert await bench.total() == {ACME: 21}
    with pytest.raises(Rejected, match="called 'b1'"):
        await count(bench, TEN + b"x", "b1")


async def test_two_at_once_count_once_each(bench: Bench) -> None:
    views = await bench.views()
    other = TEN + line().encode()
    await asyncio.gather(*(count(bench, one, views=views) for one in (TEN, other, TEN, other)))
    assert await bench.total() == {ACME: 21}


@pytest.mark.parametrize("when", ["dies_before", "dies_after"])
async def test_a_process_that_dies_has_counted_it_or_gets_it_again(bench: Bench, when: str) -> None:
    setattr(bench.log, when, bench.log.appends + 1)
    with suppress(Killed):
        await count(bench, TEN)
    bench.start()
    await count(bench, TEN)
    assert await bench.total() == {ACME: 10}


async def test_old_batches_are_forgotten_in_time(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await count(bench, TEN)
    monkeypatch.setattr(type(bench.clock), "at", bench.clock.at.replace(year=2027))
    await count(bench, TEN + line().encode())
    view = (await bench.views()).get(ACCOUNTING, NODE)
    assert len(view.files) == 1


async def test_of_a_node_that_posts_no_files_are_read(bench: Bench) -> None:
    view = (await bench.views()).get(ACCOUNTING, NODE)
    posts = Tuning(accounting={NODE: Source(http=True)})
    reads = Tuning(accounting={NODE: Source(directory="/x")})
    assert accounting_reactor(posts).react(view, bench.clock.at).effects == ()
    assert accounting_reactor(reads).react(view, bench.clock.at).effects != ()


# --- what is posted

ROWS = [{"type": "d", "timeLogged": "2026-01-05 10:00:00+0000", "vmta": "v"}, {"type": "f"}]


@pytest.mark.parametrize(
    "posted",
    [
        msgspec.json.encode(ROWS),
        b"\n".join(map(msgspec.json.encode, ROWS)),
        b"\n".join(map(msgspec.json.encode, ROWS)) + b"\n",
    ],
)
def test_json_is_read_as_an_array_and_line_by_line(posted: bytes) -> None:
    found = list(csv.DictReader(StringIO(lines(posted, json=True).decode())))
    assert found == [ROWS[0], {"type": "f", "timeLogged": "", "vmta": ""}]


@settings(max_examples=150)
@given(st.lists(st.fixed_dictionaries({"type": st.just("d"), "dsnDiag": st.text(
    st.characters(exclude_categories=("Cs", "Cc")))}), min_size=1, max_size=5))  # fmt: skip
def test_whatever_a_text_holds_it_stays_in_its_cell(records: list[dict[str, str]]) -> None:
    text = lines(msgspec.json.encode(records), json=True).decode()
    assert list(csv.DictReader(StringIO(text, newline=""))) == records


@pytest.mark.parametrize(
    ("data", "json"),
    [
        (b"", False),
        (b"d,2026-01-05 10:00:00+0000,x\r\n", False),
        (b"<html>no</html>", False),
        (b"", True),
        (b"[1,2]", True),
        (b'"type"', True),
        (b'[{"vmta":"v"}]', True),
        (b'[{"type":{"a":1}}]', True),
        (b'{"type":"d"', True),
    ],
)
def test_what_is_no_batch_is_said(data: bytes, json: bool) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        lines(data, json=json)


def test_a_last_line_without_its_end_is_whole_in_a_batch() -> None:
    assert lines(TEN.rstrip(), json=False).endswith(b"job1\n")


async def test_records_that_name_neither_recipient_nor_receiver_nor_queue_are_counted(
    bench: Bench,
) -> None:
    bare = b"type,timeLogged,vmta\r\n" + b"d,2026-01-05 10:00:00+0000,acme--192-0-2-10\r\n" * 3
    assert (await count(bench, bare)).rows == 3
    assert await bench.total() == {ACME: 3}
