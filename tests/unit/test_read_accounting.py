"""Reading accounting files: nothing is lost and nothing counted twice, wherever a process dies."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.effects.traffic import ReadAccounting
from engine.errors import VersionConflict
from engine.events import Event, Recorded
from engine.events.authority import AuthoritySet
from engine.events.host import HostRegistered
from engine.events.ip import IpRegistered
from engine.events.node import QueuesPaused
from engine.events.traffic import TRAFFIC, FileRead, FilesLooked, StopLeaked, TrafficCounted
from engine.ids import Actor, EventId, IpAddr, Position, TenantId
from engine.ports import New, Slice
from engine.projections import PROJECTIONS
from engine.projections.accounting import ACCOUNTING
from engine.reactors.accounting import accounting as accounting_reactor
from engine.runtime.perform import accounting
from engine.runtime.perform.accounting import Accounts, World
from engine.runtime.views import Views
from engine.store.memory import MemoryDatabase, MemoryLog
from engine.values.authority import ENGINE, Mode, over_node
from engine.values.levers import STOPPED
from engine.values.traffic import Counts, Source
from engine.values.tuning import Tuning
from engine.values.vmta import Vmta
from tests.support.accounting import HEADER, Killed, MemoryFiles, line
from tests.support.entries import CountingClock
from tests.support.event_samples import SAMPLES
from tests.support.samples import stopped
from tests.support.spec import DAY_1, NODE

ACME = TenantId("acme")
IP = IpAddr("192.0.2.10")
FILE = "acct-2026-01-05-0001.csv"


class StillClock(CountingClock):
    """Goes on only where a test says so."""

    at = DAY_1 + timedelta(days=10)

    def now(self) -> datetime:
        return self.at


class Dying(MemoryLog):
    """Dies before or after its nth append is committed."""

    appends = 0
    dies_before: int | None = None
    dies_after: int | None = None

    async def append(self, slices: Sequence[Slice], *, actor: Actor, cause: str) -> Position:
        self.appends += 1
        if self.appends == self.dies_before:
            raise Killed
        position = await super().append(slices, actor=actor, cause=cause)
        if self.appends == self.dies_after:
            raise Killed
        return position


class Bench:
    """An engine's accounting, which may be started again on the same log and files."""

    def __init__(self, *, own: bool = False) -> None:
        self.files, self.clock, self.database = MemoryFiles(), StillClock(), MemoryDatabase()
        self._own, self._ids = own, 0
        self.start()

    def start(self) -> None:
        self.files.calls, self.files.dies_at = 0, None
        self.log = Dying(self.clock, self.database)

    async def register(self) -> None:
        tenant = next(one for one in SAMPLES if type(one).__name__ == "TenantCreated")
        host = next(one for one in SAMPLES if isinstance(one, HostRegistered))
        for event in (tenant, host):
            await self.append("setup", event)
        for one in (ENGINE, over_node(NODE)) if self._own else ():
            await self.let("act", one)

    async def let(self, mode: Mode, over: str) -> None:
        await self.append("setup", AuthoritySet(over=over, mode=mode, why="a test"))

    async def append(self, stream: str, event: Event, tenant: TenantId | None = None) -> None:
        one = Slice(stream=stream, tenant=tenant, events=[New(self.id(), event)])
        await self.log.append([one], actor=Actor("test"), cause="test")

    def id(self) -> EventId:
        self._ids += 1
        return EventId(f"00000000-0000-7000-8000-{self._ids:012x}")

    async def views(self) -> Views:
        views = Views(PROJECTIONS)
        for recorded in await self.log.read_from(Position(0), 100_000):
            for _ in views.fold(recorded):
                pass
        return views

    async def look(self, views: Views | None = None) -> None:
        views = views or await self.views()
        sources = {NODE: Source(directory="/x", own=self._own)}
        world = World(self.files, self.log, self.clock, self.id, sources)
        work = views.get(ACCOUNTING, NODE).work
        effect = ReadAccounting(
            tenant=None, node=NODE, cycle=work.since, attempt=work.retry.attempt
        )
        await Accounts(world, views).read(effect)

    async def events(self) -> list[Recorded[Event]]:
        return [*await self.log.read(TRAFFIC, NODE)]

    async def total(self) -> Counter[TenantId | None]:
        """Messages delivered, by tenant."""
        found: Counter[TenantId | None] = Counter()
        for one in await self.events():
            if isinstance(one.event, TrafficCounted):
                for of_hour in one.event.hours.values():
                    for providers in of_hour.values():
                        found[one.tenant] += sum(providers.values(), Counts()).delivered
        return found

    async def reads(self) -> list[FileRead]:
        return [one.event for one in await self.events() if isinstance(one.event, FileRead)]

    async def last(self) -> FilesLooked:
        event = (await self.events())[-1].event
        assert isinstance(event, FilesLooked)
        return event


@pytest.fixture
async def bench() -> Bench:
    one = Bench()
    await one.register()
    return one


async def test_a_file_is_counted_once_however_often_one_looks(bench: Bench) -> None:
    bench.files.files[FILE] = (HEADER + line() * 3).encode()
    for _ in range(3):
        await bench.look()
    assert await bench.total() == {ACME: 3}
    assert [type(one.event).__name__ for one in await bench.events()] == [
        "FileRead", "TrafficCounted", "FilesLooked", "FilesLooked", "FilesLooked",
    ]  # fmt: skip


async def test_what_is_read_and_what_is_counted_is_one_append(bench: Bench) -> None:
    bench.files.files[FILE] = (HEADER + line() + line(vmta="x")).encode()
    await bench.look()
    read, *counted = (await bench.events())[:-1]
    assert isinstance(read.event, FileRead)
    assert (read.event.start, read.event.end) == (0, len(bench.files.files[FILE]))
    assert {one.tenant for one in counted} == {ACME, None}
    assert len({one.cause for one in (read, *counted)}) == 1
    assert bench.log.appends == 2 + 2, "two for the setting, one for the piece, one for the look"


async def test_a_torn_last_line_waits_and_is_counted_when_it_is_whole(bench: Bench) -> None:
    whole = (HEADER + line() * 2).encode()
    bench.files.files[FILE] = whole[:-5]
    await bench.look()
    assert await bench.total() == {ACME: 1}
    bench.files.files[FILE] = whole + line().encode()
    await bench.look()
    assert await bench.total() == {ACME: 3}


async def test_a_file_that_goes_on_after_it_was_read_to_its_end_keeps_its_columns(
    bench: Bench,
) -> None:
    for rows in (1, 2, 40):
        bench.files.files[FILE] = (HEADER + line() * rows).encode()
        await bench.look()
    assert await bench.total() == {ACME: 40}
    assert not [one for one in await bench.reads() if one.unreadable]


HALF = (HEADER + line() * 2).encode()[:-9]  # in its last cell but one
STRAY = (HEADER + line()).encode() + b'b,2026-01-05 10:00:00+0000,a@gmail.com,,"no,,,,,\r\n'


@pytest.mark.parametrize(
    ("data", "rows", "unreadable"),
    [
        ((HEADER + line() * 2).encode()[:-2], 2, 0),
        (HALF, 1, 1),
        (STRAY + line().encode() * 3, 4, 1),
        ((HEADER + line() * 2).replace("\r\n", "\r").encode(), 2, 0),
        ((HEADER + line()).encode() + bytes(700), 1, 1),
    ],
)
async def test_what_ends_torn_is_counted_to_its_end_once_nothing_more_will_come(
    bench: Bench, data: bytes, rows: int, unreadable: int
) -> None:
    """Rows behind a stray quote must not wait for ever, and what is lost must be said."""
    bench.files.files[FILE] = data
    bench.files.changed[FILE] = bench.clock.at.timestamp()
    for hours in (0, 0.5, 0.6, 5):
        bench.clock.at += timedelta(hours=hours)
        await bench.look()
    assert await bench.total() == {ACME: rows}
    reads = await bench.reads()
    assert sum(one.unreadable for one in reads) == unreadable
    assert (reads[-1].end, reads[-1].size) == (len(data), len(data))


async def test_what_is_torn_waits_while_its_node_says_that_it_was_written_lately(
    bench: Bench,
) -> None:
    bench.files.files[FILE] = HALF
    await bench.look()
    for _ in range(3):
        bench.clock.at += timedelta(hours=2)
        bench.files.changed[FILE] = bench.clock.at.timestamp() - 60
        await bench.look()
    assert (await bench.reads())[-1].end < len(HALF)


async def test_what_is_torn_waits_although_its_node_has_a_wrong_clock(bench: Bench) -> None:
    """To which all files are old."""
    bench.files.files[FILE] = HALF
    for _ in range(2):
        await bench.look()
    assert (await bench.reads())[-1].end < len(HALF)


@pytest.mark.parametrize("rows", [1, 40])
async def test_a_file_that_was_renamed_is_read_on_and_not_again(bench: Bench, rows: int) -> None:
    """However often, and also once its older names are forgotten."""
    data = (HEADER + line() * rows).encode()
    for name, more in (("a.csv", 0), ("b.csv", 0), ("c.csv", 50), ("d.csv", 50), ("e.csv", 50)):
        bench.files.files = {name: data + line("d").encode() * (more if rows > 1 else 0)}
        await bench.look()
        bench.clock.at += timedelta(days=9)
    assert await bench.total() == {ACME: rows + (50 if rows > 1 else 0)}


async def test_a_copy_is_not_counted_beside_its_file(bench: Bench) -> None:
    data = (HEADER + line() * 40).encode()
    bench.files.files = {"a.csv": data, "b.csv": data}
    await bench.look()
    bench.files.files["a.csv"] += line().encode()
    await bench.look()
    assert await bench.total() == {ACME: 41}


async def test_a_copy_that_is_seen_before_its_file_is_counted_with_that(bench: Bench) -> None:
    data = (HEADER + line() * 40).encode()
    bench.files.files = {"b.csv": data}
    await bench.look()
    more = data + line().encode()
    bench.files.files = {"a.csv": more, "b.csv": more}
    await bench.look()
    assert await bench.total() == {ACME: 41}


async def test_a_file_that_was_renamed_and_cut_short_is_not_counted_again(bench: Bench) -> None:
    data = (HEADER + line() * 40).encode()
    bench.files.files = {"a.csv": data}
    await bench.look()
    bench.files.files = {"b.csv": data[: len(data) // 2]}
    await bench.look()
    assert await bench.total() == {ACME: 40}
    assert (await bench.reads())[-1].end == len(data) // 2


async def test_a_file_that_was_short_when_it_was_first_seen_is_known_again(bench: Bench) -> None:
    for name, rows in (("a.csv", 0), ("a.csv", 1), ("a.csv", 40), ("b.csv", 40)):
        bench.files.files = {name: (HEADER + line() * rows).encode()}
        await bench.look()
    assert await bench.total() == {ACME: 40}


async def test_a_file_that_was_copied_and_begun_anew_is_counted_once(bench: Bench) -> None:
    """As `copytruncate` rotates: both names in either order."""
    data = (HEADER + line() * 40).encode()
    new = (HEADER + line(at="2026-01-06 10:00:00+0000") * 30).encode()
    bench.files.files = {"acct.csv": data}
    await bench.look()
    bench.files.files = {"acct.csv": new, "acct.1.csv": data + line().encode()}
    await bench.look()
    await bench.look()
    assert await bench.total() == {ACME: 40 + 1 + 30}


async def test_files_that_begin_alike_for_they_are_short_are_several(bench: Bench) -> None:
    for day in (5, 6, 7):
        bench.files.files[f"acct-{day}.csv"] = HEADER.encode()
    await bench.look()
    for day in (5, 6, 7):
        row = line(at=f"2026-01-0{day} 10:00:00+0000")
        bench.files.files[f"acct-{day}.csv"] = (HEADER + row).encode()
    await bench.look()
    assert await bench.total() == {ACME: 3}


@pytest.mark.parametrize("size", [1_000, 1_400, 6_000])
async def test_files_with_many_columns_are_several_though_they_begin_alike(
    bench: Bench, size: int
) -> None:
    columns = f"{HEADER.rstrip()},{'x' * size}\r\n"
    for second in range(3):
        row = line(at=f"2026-01-05 10:00:0{second}+0000").rstrip() + ",\r\n"
        bench.files.files[f"acct-{second}.csv"] = (columns + row * 40).encode()
    await bench.look()
    bench.files.files = {f"moved-{name}": data for name, data in bench.files.files.items()}
    await bench.look()
    assert await bench.total() == {ACME: 120}


async def test_compressed_files_are_told_unless_they_were_counted_before(bench: Bench) -> None:
    now = bench.clock.at.timestamp()
    bench.files.files = {"a.csv": (HEADER + line()).encode()}
    await bench.look()
    bench.files.files = {"a.csv.gz": b"1", "b.csv.gz": b"2", "c.csv.xz": b"3"}
    bench.files.changed = {"a.csv.gz": now, "b.csv.gz": now, "c.csv.xz": now - 15 * 86_400}
    await bench.look()
    last = await bench.last()
    assert (last.files, last.packed) == (0, ("b.csv.gz",))
    assert await bench.total() == {ACME: 1}


async def test_another_file_of_the_same_name_is_read_from_its_beginning(bench: Bench) -> None:
    bench.files.files[FILE] = (HEADER + line() * 2).encode()
    await bench.look()
    bench.files.files[FILE] = (HEADER + line(at="2026-01-06 10:00:00+0000") * 5).encode()
    await bench.look()
    assert await bench.total() == {ACME: 7}


async def test_a_file_that_was_cut_short_is_not_counted_again(bench: Bench) -> None:
    data = (HEADER + line() * 40).encode()
    bench.files.files[FILE] = data
    await bench.look()
    bench.files.files[FILE] = data[: len(data) // 2]
    await bench.look()
    assert await bench.total() == {ACME: 40}


async def test_rows_belong_to_whoever_had_the_address_then(bench: Bench) -> None:
    registered = IpRegistered(
        ip=IP, node=NODE, vmta=Vmta("", "", STOPPED), warmup="auto", day_tz="UTC"
    )
    await bench.append(f"ip-{IP}", registered, TenantId("other"))
    since = bench.clock.at
    bench.clock.at += timedelta(hours=1)
    early, late = since - timedelta(seconds=1), since
    lines = "".join(line(vmta="x", at=f"{at:%Y-%m-%d %H:%M:%S}+0000") for at in (early, late))
    bench.files.files[FILE] = (HEADER + lines).encode()
    await bench.look()
    assert await bench.total() == {None: 1, TenantId("other"): 1}


async def test_a_silent_node_is_said_and_asked_again_later(bench: Bench) -> None:
    bench.files.silent = True
    await bench.look()
    assert (await bench.last()).files is None
    view = (await bench.views()).get(ACCOUNTING, NODE)
    assert (view.silent_since, view.work.retry.attempt) == (bench.clock.at, 2)
    wish = accounting_reactor(Tuning(accounting={NODE: Source(directory="/x")})).react
    assert wish(view, bench.clock.at).effects == ()
    assert len(wish(view, bench.clock.at + timedelta(minutes=1)).effects) == 1


async def test_a_node_without_a_source_is_not_asked(bench: Bench) -> None:
    view = (await bench.views()).get(ACCOUNTING, NODE)
    assert accounting_reactor(Tuning()).react(view, bench.clock.at).effects == ()


async def test_who_looked_at_an_old_view_appends_nothing(bench: Bench) -> None:
    old = await bench.views()
    bench.files.files[FILE] = (HEADER + line()).encode()
    await bench.look()
    with pytest.raises(VersionConflict):
        await bench.look(old)
    assert await bench.total() == {ACME: 1}


async def test_a_look_takes_no_more_than_its_share_and_the_next_goes_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounting, "CHUNK", 100)
    monkeypatch.setattr(accounting, "PIECE", 300)
    monkeypatch.setattr(accounting, "PIECES_MAX", 2)
    bench.files.files[FILE] = (HEADER + line() * 50).encode()
    await bench.look()
    view = (await bench.views()).get(ACCOUNTING, NODE)
    assert view.behind > 0
    wish = accounting_reactor(Tuning(accounting={NODE: Source(directory="/x")})).react
    assert len(wish(view, bench.clock.at).effects) == 1, "at once"
    for _ in range(20):
        await bench.look()
    assert (await bench.total(), (await bench.last()).behind) == ({ACME: 50}, 0)


async def test_only_the_engines_own_files_are_removed_and_only_long_after_they_were_counted() -> (
    None
):
    for own, days, removed in ((True, 3.1, [FILE]), (True, 2.9, []), (False, 9, [])):
        bench = Bench(own=own)
        await bench.register()
        bench.files.files[FILE] = (HEADER + line()).encode()
        await bench.look()
        bench.clock.at += timedelta(days=days)
        await bench.look()
        assert bench.files.removed == removed
        assert (await bench.last()).removed == tuple(removed)


@pytest.mark.parametrize("observing", [ENGINE, over_node(NODE)])
async def test_where_the_engine_only_observes_files_are_counted_and_none_is_taken_away(
    observing: str,
) -> None:
    bench = Bench(own=True)
    await bench.register()
    await bench.let("observe", observing)
    bench.files.files[FILE] = (HEADER + line()).encode()
    await bench.look()
    bench.clock.at += timedelta(days=9)
    await bench.look()
    assert (await bench.total(), bench.files.removed) == ({ACME: 1}, [])
    await bench.let("act", observing)
    await bench.look()
    assert bench.files.removed == [FILE]


async def test_what_was_not_counted_to_its_end_is_never_removed() -> None:
    bench = Bench(own=True)
    await bench.register()
    bench.files.files[FILE] = (HEADER + line())[:-3].encode()
    await bench.look()
    bench.clock.at += timedelta(days=9)
    await bench.look()
    assert bench.files.removed == []


async def test_a_file_that_vanishes_and_comes_back_is_not_counted_again(bench: Bench) -> None:
    data = bench.files.files[FILE] = (HEADER + line()).encode()
    await bench.look()
    bench.files.files.clear()
    bench.clock.at += timedelta(days=5)
    await bench.look()
    bench.files.files[FILE] = data
    await bench.look()
    assert await bench.total() == {ACME: 1}


async def test_files_are_forgotten_once_they_are_removed_or_long_gone(bench: Bench) -> None:
    mine = Bench(own=True)
    for one, days, known in ((mine, 4, set()), (bench, 13, {FILE}), (bench, 15, set())):
        if one is mine:
            await one.register()
        one.files.files[FILE] = (HEADER + line()).encode()
        await one.look()
        if one is bench:
            one.files.files.clear()
        one.clock.at += timedelta(days=days)
        await one.look()
        assert {*(await one.views()).get(ACCOUNTING, NODE).files} == known


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.sampled_from(["files", "before", "after"]), st.integers(1, 12))
async def test_killed_anywhere_nothing_is_lost_and_nothing_is_counted_twice(
    rows: int, where: str, nth: int
) -> None:
    """Small pieces, so that there are many places to die at; then started again on the same log."""
    bench = Bench(own=True)
    await bench.register()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounting, "CHUNK", 200)
        patch.setattr(accounting, "PIECE", 600)
        bench.files.files[FILE] = (HEADER + line() * rows).encode()
        bench.files.files["b.csv"] = (HEADER + line(vmta="x") * 3).encode()
        for _ in range(2):
            bench.start()
            if where == "files":
                bench.files.dies_at = nth
            else:
                setattr(bench.log, f"dies_{where}", nth)
            with suppress(Killed):
                await bench.look()
        bench.start()
        await bench.look()
    assert await bench.total() == {ACME: rows, None: 3}


async def test_a_leak_is_told_once_for_all_pieces_and_looks_until_the_lever_was_pulled_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounting, "CHUNK", 200)
    monkeypatch.setattr(accounting, "PIECE", 200)
    stop = stopped(ip=IP)
    await bench.append(f"ip-{IP}", stop, ACME)
    cycle = (await bench.log.head()) or Position(0)
    obeyed = QueuesPaused(node=NODE, ip=IP, cycle=cycle)
    await bench.append(f"node-{NODE}", obeyed, ACME)
    late = f"{bench.clock.at + timedelta(minutes=5):%Y-%m-%d %H:%M:%S+0000}"
    bench.files.files[FILE] = (HEADER + line(at=late) * 9).encode()
    await bench.look()
    bench.files.files["acct-2.csv"] = (HEADER + line(at=late) * 2).encode()
    await bench.look()
    (leak,) = [one for one in await bench.events() if isinstance(one.event, StopLeaked)]
    assert (leak.tenant, leak.event.ip, leak.event.stopped) == (ACME, IP, cycle)  # type: ignore[union-attr]
    assert await bench.total() == {ACME: 11}
    again = QueuesPaused(node=NODE, ip=IP, cycle=leak.position)
    await bench.append(f"node-{NODE}", again, ACME)
    later = f"{bench.clock.at + timedelta(minutes=9):%Y-%m-%d %H:%M:%S+0000}"
    bench.files.files["acct-3.csv"] = (HEADER + line(at=later)).encode()
    await bench.look()
    assert sum(isinstance(one.event, StopLeaked) for one in await bench.events()) == 2
