"""An engine whose log lost its end looks, and touches nothing until a person has decided."""

from pathlib import Path

import pytest

from engine.adapters.system import SystemClock, TimeOrderedIds, token
from engine.adapters.systemd import Systemd
from engine.app import restored
from engine.app.parts import Parts
from engine.app.serve import running
from engine.app.settings import Settings
from engine.commands import By
from engine.commands.authority import SetAuthority
from engine.config import Api, Config
from engine.demo.mailwizz import DemoMailwizz
from engine.events.authority import AUTHORITY, AuthoritySet
from engine.ids import Actor, EventId, InstanceId, Position
from engine.ports import Deployed, NotKept
from engine.rules.dnsbl_health import unused_ip
from engine.runtime.command_handler import Asked, CommandHandler
from engine.store.memory import MemoryLog
from engine.store.memory_images import MemoryImages
from engine.store.memory_models import MemoryReadModels
from engine.values.authority import ENGINE
from tests.support.entries import CountingClock
from tests.support.fake_messenger import FakeMessenger
from tests.support.fake_node import FakeNode
from tests.support.fake_resolver import FakeResolver

DIGEST = "9f" * 32


class Kept:
    """ports.ConfigHistory, whose newest commit names a head."""

    def __init__(self, *head: int) -> None:
        self._head = [(Position(one), DIGEST) for one in head]

    async def commit(self, deployed: Deployed) -> str:
        raise AssertionError(f"{deployed.node} has nothing to keep")

    async def head(self) -> tuple[Position, str] | None:
        return self._head[0] if self._head else None


class Torn(Kept):
    async def head(self) -> tuple[Position, str] | None:
        raise NotKept("config.git: a bad object")


class Life:
    """Of an engine that may act, by the first event of its log."""

    def __init__(self) -> None:
        self.log = MemoryLog(CountingClock())
        self._ids = 0
        self._handler = CommandHandler(log=self.log, clock=CountingClock(), ids=self._id)

    def _id(self) -> EventId:
        self._ids += 1
        return EventId(f"00000000-0000-7000-8000-{self._ids:012}")

    async def act(self) -> None:
        act = SetAuthority(over=ENGINE, mode="act", why="looked at")
        by = By(tenant=None, actor=Actor("key:1"), cause="a test")
        await self._handler.handle([Asked(act, None)], by)

    async def starts(self, history: Kept | None) -> list[AuthoritySet]:
        """What it adds."""
        before = len(await self.log.read(AUTHORITY, ENGINE))
        await restored.stand_down(self.log, history, self._handler)
        return [one.event for one in (await self.log.read(AUTHORITY, ENGINE))[before:]]


@pytest.fixture
async def life() -> Life:
    made = Life()
    await made.act()
    return made


async def test_a_log_that_ends_before_the_newest_commit_stands_the_engine_down(life: Life) -> None:
    end = (await life.log.tip()).position
    (down,) = await life.starts(Kept(end + 60))
    assert (down.over, down.mode, down.unasked) == (ENGINE, "observe", True)
    assert f"knows the log up to {end + 60}:9f9f9f9f9f9f9f9f, and it ends at {end}:" in down.why


async def test_what_a_person_decided_then_outlives_every_further_start(life: Life) -> None:
    assert len(await life.starts(Kept(60))) == 1
    assert await life.starts(Kept(60)) == []
    await life.act()
    assert await life.starts(Kept(60)) == []
    assert len(await life.starts(Kept(90))) == 1, "but for another end that was lost"


@pytest.mark.parametrize("history", [None, Kept(), Kept(1), Torn()])
async def test_nothing_is_made_of_a_history_that_proves_nothing(
    life: Life, history: Kept | None
) -> None:
    assert (await life.log.tip()).position >= 1
    assert await life.starts(history) == []


async def test_an_engine_that_starts_asks_before_anything_acts(tmp_path: Path) -> None:
    clock = SystemClock()
    log = MemoryLog(clock)
    parts = Parts(
        log=log,
        models=MemoryReadModels(log),
        images=MemoryImages(log),
        clock=clock,
        ids=TimeOrderedIds(clock.now),
        resolver=FakeResolver(takes_s=0),
        pmta=FakeNode(answers_s=0),
        mailwizz=DemoMailwizz(InstanceId("main")),
        messenger=FakeMessenger(),
        chats=lambda _: (),
        fence=log.fence,
        unused_ip=lambda: unused_ip(7),
        history=Kept(60),
    )
    config = Config(api=Api(port=0), data_dir=str(tmp_path))
    async with running(parts, Settings(config, token, Systemd(""))):
        first, *_ = await log.read_from(Position(0), 1)
        assert isinstance(first.event, AuthoritySet)
        modes = [one.event.mode for one in await log.read(AUTHORITY, ENGINE)]
    assert modes == ["observe"], "a first start's own word does not go over it"
