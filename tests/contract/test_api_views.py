"""The read models themselves, as their keepers see them."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from engine.errors import LogUnavailable, ViewsBroken
from engine.ports import Row
from engine.projections import PROJECTIONS
from engine.runtime.laying import codecs_of
from tests.support.api_world import ApiWorld, Said, api_world
from tests.support.postgres import eventually

VIEWS = "/api/v2/views"
REBUILD = "/api/v2/views/rebuild"


@pytest.fixture
async def world() -> AsyncIterator[ApiWorld]:
    """One that rebuilds when it is asked."""
    async with api_world() as made, asyncio.TaskGroup() as tasks:
        rebuilding = tasks.create_task(made.rebuilds.run())
        yield made
        rebuilding.cancel()


async def ended(world: ApiWorld) -> None:
    await eventually(lambda: not world.rebuilds.progress.doing)


async def test_a_rebuild_is_begun_at_once_and_looked_for_elsewhere(world: ApiWorld) -> None:
    admin, *_ = await world.two_tenants()
    before = (await admin.get(VIEWS)).body
    assert (before["rebuild"], before["last"], before["codecs"]) == (None, None, {})
    assert before["position"] == world.length
    said = await admin.post(REBUILD)
    assert (said.status, said.headers["Location"]) == (202, VIEWS)
    assert said.body["rebuild"]["doing"] == "folding"
    await ended(world)
    after = (await admin.get(VIEWS)).body
    assert after["rebuild"] is None
    assert after["generation"] == before["generation"] + 1
    assert after["codecs"] == codecs_of(PROJECTIONS)
    assert after["last"]["why"].startswith("asked for by key:")
    assert (after["last"]["wrong"], after["last"]["first"]) == (0, "")
    assert after["last"]["position"] == world.length
    assert after["last"]["rows"] == sum(map(len, world.log.database.rows.values()))


async def test_what_a_rebuild_mended_is_shown(world: ApiWorld) -> None:
    admin, *_ = await world.two_tenants()
    del world.log.database.rows["tenants"]["ulixai"]
    await admin.post(REBUILD)
    await ended(world)
    last = (await admin.get(VIEWS)).body["last"]
    assert (last["wrong"], last["first"]) == (1, "tenants ulixai is missing")
    assert (await admin.get("/api/v2/tenants/ulixai")).status == 200


async def test_a_second_one_at_the_same_time_is_refused(world: ApiWorld) -> None:
    admin = await world.admin()
    async with world.pump.held():
        assert (await admin.post(REBUILD)).status == 202
        said = await admin.post(REBUILD)
    assert said.problem[:2] == (409, "refused")
    assert "one is under way" in said.body["detail"]
    await ended(world)
    assert (await admin.post(REBUILD)).status == 202


async def test_one_that_failed_says_so_until_the_next(world: ApiWorld) -> None:
    admin = await world.admin()

    async def away(_: object) -> None:
        raise LogUnavailable("nobody answers")

    lay, world.models.lay = world.models.lay, away  # type: ignore[method-assign, assignment]
    await admin.post(REBUILD)
    await ended(world)
    rebuild = (await admin.get(VIEWS)).body["rebuild"]
    assert (rebuild["doing"], "nobody answers" in rebuild["failed"]) == ("", True)
    world.models.lay = lay  # type: ignore[method-assign]
    await admin.post(REBUILD)
    await ended(world)
    assert (await admin.get(VIEWS)).body["rebuild"] is None


async def test_no_tenant_looks_behind_the_rows(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    for said in (await sos.get(VIEWS), await sos.post(REBUILD)):
        assert said.problem[:2] == (403, "forbidden")


async def test_a_reader_of_a_broken_table_is_told_and_nothing_of_the_database(
    world: ApiWorld,
) -> None:
    admin, *_ = await world.two_tenants()

    async def broken(*_: object, **__: object) -> list[Row]:
        raise ViewsBroken('db.internal: relation "engine.view_tenants" does not exist')

    world.models.some = broken  # type: ignore[method-assign, assignment]
    said: Said = await admin.get("/api/v2/tenants")
    assert said.problem[:2] == (503, "views-broken")
    assert "db.internal" not in str(said.body)
