"""What every store of read models must keep: in memory and in Postgres."""

from collections.abc import AsyncIterator

import pytest

from engine.errors import Deposed
from engine.ids import Position, TenantId
from engine.ports import Differing, ReadModels, Rebuilt, Row
from engine.store.memory_models import MemoryReadModels
from engine.store.read_models import PostgresReadModels
from engine.store.views import PLATFORM_VIEWS, VIEWS
from tests.support.deposed import IN_BOTH, Two, two
from tests.support.entries import ACME, BOLT
from tests.support.spec import DAY_1


@pytest.fixture(name="two", params=IN_BOTH)
async def of_both(request: pytest.FixtureRequest) -> AsyncIterator[Two[ReadModels]]:
    async with two(request, MemoryReadModels, PostgresReadModels) as made:
        yield made


@pytest.fixture
def models(two: Two[ReadModels]) -> ReadModels:
    return two.leads


def row(
    key: str,
    tenant: TenantId | None = ACME,
    *,
    projection: str = "ips",
    phase: str | None = "WARMING",
    body: bytes = b"{}",
) -> Row:
    columns = {"phase": phase, "node": "n1"} if projection == "ips" else {}
    return Row(projection=projection, key=key, tenant=tenant, columns=columns, body=body)


async def put(models: ReadModels, *rows: Row) -> None:
    was = await models.checkpoint()
    await models.write(rows, was=was, now=Position(was + 1))


async def keys(
    models: ReadModels, projection: str = "ips", tenant: TenantId | None = None, **where: str
) -> list[str]:
    return [key for key, _ in await models.some(projection, tenant=tenant, where=where)]


async def test_rows_and_checkpoint_are_written_together(models: ReadModels) -> None:
    assert await models.checkpoint() == 0
    await models.write([row("a", body=b'{"n":1}')], was=Position(0), now=Position(7))
    assert await models.checkpoint() == 7
    assert await models.one("ips", "a", tenant=None) == b'{"n":1}'


async def test_a_later_row_of_a_key_takes_the_place_of_the_earlier(models: ReadModels) -> None:
    await put(models, row("a", phase="STANDBY", body=b"1"))
    await put(models, row("a", phase="WARMING", body=b"2"), row("a", phase="ACTIVE", body=b"3"))
    assert await models.one("ips", "a", tenant=None) == b"3"
    assert await keys(models, phase="ACTIVE") == ["a"]
    assert await keys(models, phase="STANDBY") == []


async def test_a_row_may_change_hands(models: ReadModels) -> None:
    await put(models, row("a", ACME))
    await put(models, row("a", BOLT))
    assert await models.one("ips", "a", tenant=ACME) is None
    assert await models.one("ips", "a", tenant=BOLT) == b"{}"


async def test_a_write_from_another_position_than_the_checkpoint_deposes(
    models: ReadModels,
) -> None:
    await put(models, row("a"))
    with pytest.raises(Deposed):
        await models.write([row("b")], was=Position(0), now=Position(5))
    assert await keys(models) == ["a"]
    assert await models.checkpoint() == 1


async def test_a_write_may_be_repeated_when_its_answer_was_lost(models: ReadModels) -> None:
    for _ in range(2):
        await models.write([row("a")], was=Position(0), now=Position(5))
    assert await models.checkpoint() == 5


async def test_who_leads_no_more_writes_no_more(two: Two[ReadModels]) -> None:
    await put(two.leads, row("a"))
    with pytest.raises(Deposed, match="second"):
        await two.led.write([row("b")], was=Position(1), now=Position(2))
    with pytest.raises(Deposed):
        await two.led.lay([row("b")])
    with pytest.raises(Deposed):
        await two.led.swap({}, rebuilt(1), was=Position(1))
    with pytest.raises(Deposed):
        await two.led.sweep()
    assert await keys(two.leads) == ["a"]
    assert await two.led.one("ips", "a", tenant=None) == b"{}", "but it may read"


async def test_nobody_sees_rows_of_another_tenant(models: ReadModels) -> None:
    await put(models, row("a", ACME), row("b", BOLT), row("p", None))
    assert await keys(models, tenant=ACME) == ["a"]
    assert await keys(models, tenant=BOLT) == ["b"]
    assert await keys(models, tenant=TenantId("")) == []
    assert await models.one("ips", "b", tenant=ACME) is None
    assert await models.one("ips", "p", tenant=ACME) is None


async def test_the_auditor_sees_all(models: ReadModels) -> None:
    await put(models, row("a", ACME), row("b", BOLT), row("p", None))
    assert await keys(models) == ["a", "b", "p"]


@pytest.mark.parametrize("projection", sorted(PLATFORM_VIEWS))
async def test_no_tenant_reads_a_view_of_the_platform(models: ReadModels, projection: str) -> None:
    await put(models, row("a", ACME, projection=projection))
    assert await keys(models, projection, tenant=ACME) == []
    assert await models.one(projection, "a", tenant=ACME) is None
    assert await keys(models, projection) == ["a"]


@pytest.mark.parametrize("projection", sorted(VIEWS))
async def test_each_view_keeps_the_columns_it_declares(models: ReadModels, projection: str) -> None:
    columns = {name: f"a {name}" for name in VIEWS[projection]}
    await put(
        models,
        Row(projection=projection, key="k", tenant=ACME, columns=columns, body=b"[1]"),
        Row(projection=projection, key="empty", tenant=ACME, columns={}, body=b"[2]"),
    )
    assert await models.some(projection, tenant=None, where=columns) == (
        [("k", b"[1]")] if columns else [("empty", b"[2]"), ("k", b"[1]")]
    )


async def test_pages_follow_each_other_in_the_order_of_keys(models: ReadModels) -> None:
    await put(models, *(row(key) for key in ("ä", "b", "B", "a", "10", "9")))
    pages = [
        [key for key, _ in await models.some("ips", tenant=ACME, where={}, after=after, limit=4)]
        for after in ("", "a", "ä")
    ]
    assert pages == [["10", "9", "B", "a"], ["b", "ä"], []]


async def test_filters_hold_together(models: ReadModels) -> None:
    await put(models, row("a", phase="ACTIVE"), row("b"), row("c", BOLT, phase="ACTIVE"))
    assert await keys(models, tenant=ACME, phase="ACTIVE", node="n1") == ["a"]
    assert await keys(models, tenant=ACME, phase="ACTIVE", node="n2") == []
    assert await keys(models, phase="ACTIVE") == ["a", "c"]


async def test_a_filter_by_an_undeclared_column_is_refused(models: ReadModels) -> None:
    for bad in ("body", "tenant", "phase = '' OR true --"):
        with pytest.raises(KeyError, match="declares no column"):
            await models.some("ips", tenant=ACME, where={bad: "x"})
    with pytest.raises(KeyError, match="no view"):
        await models.one("ips; DROP TABLE engine.event", "a", tenant=None)
    undeclared = Row(projection="ips", key="a", tenant=ACME, columns={"hat": "x"}, body=b"")
    with pytest.raises(KeyError):
        await models.write([undeclared], was=Position(0), now=Position(1))
    assert await models.checkpoint() == 0


# --- made anew -----------------------------------------------------------------------------------


def rebuilt(position: int, why: str = "a test", rows: int = 0) -> Rebuilt:
    return Rebuilt(at=DAY_1, why=why, position=Position(position), rows=rows)


async def swap(models: ReadModels, **codecs: str) -> None:
    at = await models.checkpoint()
    await models.swap(codecs, rebuilt(at), was=at)


async def test_nobody_reads_what_is_laid_until_it_takes_the_place_of_all_the_rest(
    models: ReadModels,
) -> None:
    await put(models, row("a", body=b"1"), row("gone"), row("n", projection="nodes"))
    await models.lay([row("a", body=b"2"), row("new")])
    assert await keys(models) == ["a", "gone"]
    assert await models.one("ips", "a", tenant=ACME) == b"1"
    await swap(models)
    assert await keys(models) == await keys(models, tenant=ACME) == ["a", "new"]
    assert await keys(models, "nodes") == []
    assert await models.one("ips", "a", tenant=ACME) == b"2"


async def test_a_row_may_be_laid_again(models: ReadModels) -> None:
    await models.lay([row("a", BOLT, body=b"1")])
    for _ in range(2):
        await models.lay([row("a", body=b"2")])
    await swap(models)
    assert await models.one("ips", "a", tenant=ACME) == b"2"
    assert await models.one("ips", "a", tenant=BOLT) is None


async def test_rows_go_on_being_written_where_they_are_read(models: ReadModels) -> None:
    await put(models, row("a", body=b"1"))
    await models.lay([row("a", body=b"1")])
    await put(models, row("a", body=b"2"))
    assert await models.one("ips", "a", tenant=None) == b"2"
    await models.lay([row("a", body=b"2")])
    await swap(models)
    await put(models, row("a", body=b"3"))
    assert await models.one("ips", "a", tenant=None) == b"3"


async def test_a_swap_says_what_made_the_rows_and_where_they_stand(models: ReadModels) -> None:
    before = await models.standing()
    assert (before.position, before.codecs, before.rebuilt) == (0, {}, None)
    await models.write([row("a")], was=Position(0), now=Position(9))
    await models.lay([row("a")])
    restored = Rebuilt(
        at=DAY_1, why="a restored log", position=Position(5), rows=1, wrong=2, first="ips b"
    )
    await models.swap({"ips": "1-abc"}, restored, was=Position(9))
    after = await models.standing()
    assert (after.position, after.codecs, after.rebuilt) == (5, {"ips": "1-abc"}, restored)
    assert after.generation == before.generation + 1
    assert await models.checkpoint() == 5


async def test_what_others_wrote_meanwhile_is_not_replaced(models: ReadModels) -> None:
    await models.lay([row("b")])
    await put(models, row("a"))
    with pytest.raises(Deposed, match="stand at 1, not at 0"):
        await models.swap({}, rebuilt(0), was=Position(0))
    assert await keys(models) == ["a"]
    assert (await models.standing()).rebuilt is None


async def test_what_is_wrong_with_the_rows_is_counted_and_the_first_of_it_named(
    models: ReadModels,
) -> None:
    good = [row("a"), row("b"), row("c", phase=None), row("n", projection="nodes")]
    await put(models, *good)
    await models.lay(good)
    assert await models.differing() == Differing()
    await put(models, row("z", projection="zones"), row("b", BOLT))
    assert await models.differing() == Differing(2, "ips b is other than the log gives")
    await models.lay([row("0"), row("b", BOLT)])
    assert await models.differing() == Differing(2, "ips 0 is missing")
    await put(models, row("0"), row("c", phase=""))
    assert await models.differing() == Differing(2, "ips c is other than the log gives")
    await models.lay([row("c", phase="")])
    assert await models.differing() == Differing(1, "zones z should not be there")


async def test_rows_that_nobody_reads_are_swept_until_none_is_left(models: ReadModels) -> None:
    await put(models, row("a"))
    await models.lay([row("died"), row("n", projection="nodes")])
    await swept(models)
    await models.lay([row("a")])
    assert await models.differing() == Differing(), "what a rebuild that died had laid is gone"
    await swap(models)
    await swept(models)
    assert await keys(models) == ["a"]
    assert await models.sweep() == 0


async def swept(models: ReadModels) -> None:
    while await models.sweep():
        pass


async def test_what_is_laid_has_declared_columns_too(models: ReadModels) -> None:
    undeclared = Row(projection="ips", key="a", tenant=ACME, columns={"hat": "x"}, body=b"")
    with pytest.raises(KeyError, match="declares no column"):
        await models.lay([undeclared])
