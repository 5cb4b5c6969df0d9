"""Every part of the benchmark of the log still runs; its figures here mean nothing."""

import pytest

from bench import log
from bench.options import Options
from bench.server import Server
from engine.errors import StartRefused
from tests.support.postgres import PostgresServer

TINY = Options(events=500, rounds=2, seconds=0.05, callers=4, held=500)

pytestmark = pytest.mark.real


@pytest.mark.parametrize("part", log.PARTS)
async def test_each_part_measures_all_its_contenders_in_all_its_rounds(
    postgres: PostgresServer, part: str
) -> None:
    table = await log.PARTS[part](Server(postgres.embedded), TINY)
    assert table.lines
    for line in table.lines:
        assert [sample.events > 0 for sample in line.samples] == [True, True], line.name


async def test_a_server_that_does_not_wait_for_its_disk_is_refused(
    postgres: PostgresServer,
) -> None:
    async with postgres.set_to("fsync", "off"):
        with pytest.raises(StartRefused, match="fsync is off"):
            await Server(postgres.embedded).settings()
