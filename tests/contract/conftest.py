"""As most contracts begin: the engine's API, people who talk to its bot, and nodes over SSH."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.api_world import ApiWorld, api_world
from tests.support.conversation import Conversation, furnished
from tests.support.node_bench import OVER_SSH, SshBench, demo_bench, ssh_bench_of


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
