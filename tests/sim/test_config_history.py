"""Every version that a node runs is kept, once, in order, however often the engine starts anew."""

import asyncio
from datetime import timedelta

import pytest

from engine.events.rollout import RolloutEnded, VersionCommitted
from engine.ports import Deployed, NotKept
from engine.projections.rollouts import ROLLOUTS
from tests.support.spec import ACME, DAY_1, NODE, day
from tests.support.world import World, virtually

pytestmark = pytest.mark.sim


class Kept:
    def __init__(self) -> None:
        self.versions: list[Deployed] = []
        self.full = 0  # so many writes fail
        self.dead = 0  # so many find a disk that does not answer

    async def commit(self, deployed: Deployed) -> str:
        if self.dead:
            self.dead -= 1
            await asyncio.Event().wait()
        if self.full:
            self.full -= 1
            raise NotKept("no space left on device")
        self.versions.append(deployed)
        return f"{len(self.versions):040x}"

    async def head(self) -> None:
        """It outlives no world."""


class KeepingWorld(World):
    def __init__(self) -> None:
        self.kept = self.history = Kept()
        super().__init__()


async def lived(world: KeepingWorld, *restarts: int) -> None:
    await world.register_node()
    await world.let("act")
    await world.warm_up()
    await world.run(day(20), restarts=[DAY_1 + timedelta(hours=n) for n in restarts])


def test_each_version_is_committed_once_and_in_order() -> None:
    async def story() -> None:
        world = KeepingWorld()
        await lived(world, 1, 50, 200)
        done = [one for one in await world.happened(RolloutEnded) if one.ending == "done"]
        assert len(done) >= 2
        assert [one.version for one in world.kept.versions] == list(range(1, len(done) + 1))
        committed = await world.happened(VersionCommitted)
        assert [one.version for one in committed] == list(range(1, len(done) + 1))
        view = world.last.views.get(ROLLOUTS, f"{NODE}/{ACME}")
        assert (view.version, view.committed) == (len(done), len(done))
        texts = [one.text for one in world.kept.versions]
        assert world.node.host(NODE).files[ACME] == texts[-1]
        heads = {f"{one.position} {one.digest.hex()}" for one in world.log.database.entries}
        assert {dict(one.trailers)["Log-Head"] for one in world.kept.versions} <= heads

    virtually(story)


def test_a_full_or_a_dead_disk_is_tried_again_and_holds_up_no_rollout() -> None:
    async def story() -> None:
        world = KeepingWorld()
        world.kept.full, world.kept.dead = 3, 2
        await lived(world)
        view = world.last.views.get(ROLLOUTS, f"{NODE}/{ACME}")
        assert view.version == view.committed >= 2
        assert world.kept.full == world.kept.dead == 0

    virtually(story)
