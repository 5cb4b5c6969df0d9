"""What is under way, in which order, and what is never begun twice."""

import asyncio
from collections.abc import Callable, Sequence

from engine.effects import Deploy, Effect, PauseQueues, ReadBack
from engine.errors import LogUnavailable, Rejected
from engine.events.effect import EffectRefused, EffectStuck
from engine.ids import Position
from engine.runtime.performer import Performer
from tests.support.spec import ACME, IP, NODE
from tests.support.world import World, virtually

DEPLOY = Deploy(tenant=ACME, node=NODE, vmtas={}, cycle=Position(1))
LOOK = ReadBack(tenant=ACME, node=NODE, ips=(), cycle=Position(1))
STOP = PauseQueues(tenant=ACME, node=NODE, ip=IP, cycle=Position(1))


class Stage:
    """A performer whose effects take a second, and a pump that is always at the head."""

    def __init__(self, outcome: Callable[[], None] = lambda: None) -> None:
        self.world = World()
        self.begun: list[Effect] = []
        self.performer: Performer = self.world.engine.performer
        self.performer.performs = dict.fromkeys((Deploy, ReadBack, PauseQueues), self._perform)
        self._outcome = outcome

    async def _perform(self, effect: Effect) -> None:
        self.begun.append(effect)
        await asyncio.sleep(1)
        self._outcome()

    async def play(self, *scenes: Sequence[Effect], each_s: float) -> list[Effect]:
        """Ask for one scene after another, starting what may start ten times in each."""
        await self.world.let("act")
        for recorded in await self.world.story():
            list(self.world.engine.views.fold(recorded))
        async with asyncio.TaskGroup() as tasks:
            for scene in scenes:
                self.performer.ask(("reactor", "key"), scene)
                for _ in range(10):
                    self.performer.start(await self.world.log.head(), tasks)
                    await asyncio.sleep(each_s / 10)
        return self.begun


def test_on_one_target_one_after_the_other() -> None:
    assert virtually(lambda: Stage().play([DEPLOY, LOOK], each_s=0.9)) == [DEPLOY]
    assert virtually(lambda: Stage().play([DEPLOY, LOOK], each_s=1.9)) == [DEPLOY, LOOK]


def test_a_stop_goes_first_and_overtakes() -> None:
    assert virtually(lambda: Stage().play([DEPLOY, STOP], each_s=0.9)) == [STOP]
    assert virtually(lambda: Stage().play([DEPLOY], [DEPLOY, STOP], each_s=0.4)) == [DEPLOY, STOP]


def test_what_is_under_way_stays_so_though_nobody_asks_any_more() -> None:
    assert virtually(lambda: Stage().play([DEPLOY], [], [LOOK], each_s=0.3)) == [DEPLOY]


def test_nothing_begins_before_the_pump_has_read_what_came_of_the_last() -> None:
    async def begun() -> list[Effect]:
        stage = Stage()
        await stage.play([DEPLOY], each_s=2)
        async with asyncio.TaskGroup() as tasks:
            stage.performer.ask(("reactor", "key"), [LOOK])
            stage.performer.start(Position(await stage.world.log.head() - 1), tasks)
        return stage.begun

    assert virtually(begun) == [DEPLOY]


def test_what_ended_and_changed_nothing_is_stuck_and_never_spun() -> None:
    async def stuck() -> tuple[list[Effect], list[EffectStuck]]:
        stage = Stage()
        return await stage.play([DEPLOY], each_s=60), await stage.world.happened(EffectStuck)

    said = EffectStuck(key=DEPLOY.key, effect="rollout.deploy")
    assert virtually(stuck) == ([DEPLOY], [said])


def test_a_refusal_is_recorded() -> None:
    def refuse() -> None:
        raise Rejected("a rollout is open")

    async def refusals() -> list[EffectRefused]:
        stage = Stage(refuse)
        await stage.play([DEPLOY], each_s=2)
        return await stage.world.happened(EffectRefused)

    refused = EffectRefused(
        key=DEPLOY.key, effect="rollout.deploy", target=DEPLOY.target, why="a rollout is open"
    )
    assert virtually(refusals) == [refused]


def test_an_effect_whose_outcome_could_not_be_written_is_begun_again() -> None:
    troubles = [LogUnavailable("Postgres is away")]

    def away() -> None:
        if troubles:
            raise troubles.pop()

    assert virtually(lambda: Stage(away).play([DEPLOY], each_s=4)) == [DEPLOY, DEPLOY]


def test_once_closed_nothing_begins_and_what_is_under_way_may_end() -> None:
    async def ended() -> tuple[list[Effect], bool]:
        stage = Stage()
        async with asyncio.TaskGroup() as tasks:
            await stage.world.let("act")
            for recorded in await stage.world.story():
                list(stage.world.engine.views.fold(recorded))
            stage.performer.ask(("reactor", "key"), [DEPLOY])
            stage.performer.start(await stage.world.log.head(), tasks)
            await asyncio.sleep(0.1)
            stage.performer.close()
            stage.performer.ask(("reactor", "other"), [STOP])
            stage.performer.start(await stage.world.log.head(), tasks)
            await stage.performer.settled()
            return stage.begun, stage.performer.running() == []

    assert virtually(ended) == ([DEPLOY], True)
