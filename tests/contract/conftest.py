"""As most contracts begin: the engine's API, people who talk to its bot, nodes over SSH, logs."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from engine.rules import dnsbl
from engine.rules.dnsbl_catalogue import SORBS
from engine.store.memory import MemoryDatabase
from tests.support.api_world import ApiWorld, api_world
from tests.support.conversation import Conversation, furnished
from tests.support.dns_worlds import Literals
from tests.support.log_processes import Led, Processes, in_memory, in_postgres
from tests.support.node_bench import OVER_SSH, SshBench, demo_bench, ssh_bench_of
from tests.support.postgres import PostgresServer


@pytest.fixture
async def world() -> AsyncIterator[ApiWorld]:
    async with api_world() as made:
        yield made


@pytest.fixture
async def bot() -> AsyncIterator[Conversation]:
    async with furnished() as made:
        yield made


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[SshBench]:
    async with demo_bench(tmp_path) as bench:
        yield bench


@pytest.fixture(params=OVER_SSH)
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[SshBench]:
    async with ssh_bench_of(request) as bench:
        yield bench


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.real)])
async def processes(request: pytest.FixtureRequest) -> AsyncIterator[Processes]:
    if request.param == "memory":
        yield in_memory(MemoryDatabase())
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    database = await server.create()
    async with AsyncExitStack() as ending:
        ending.push_async_callback(server.drop, database)
        yield in_postgres(database, ending)


@pytest.fixture
async def log(processes: Processes) -> Led:
    made = await processes()
    await made.lead("the test")
    return made


@pytest.fixture
def lists() -> Literals:
    """All alive and answering at once, but SORBS, which is as it has been since 2024."""
    made = Literals(*dnsbl.to_ask(), takes_s=0)
    made.behave(SORBS, "dead")
    return made
