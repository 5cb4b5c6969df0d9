"""What is under way, in which order, and what is never begun twice."""

import asyncio
from collections.abc import Callable, Sequence

from engine.commands.ip import StopIp
from engine.commands.ip_removal import WithdrawIp
from engine.commands.server import ClaimServer
from engine.effects import Deploy, Dispatch, Effect, PauseQueues, ReadBack, ReadServer
from engine.errors import LogUnavailable, Rejected
from engine.events.effect import EffectRefused, EffectStuck
from engine.ids import InstanceId, IpAddr, Position, ServerId
from engine.runtime.performer import ASKING_MAX, Performer
from engine.values.server import ServerName
from tests.support.spec import ACME, IP, NODE
from tests.support.world import World, virtually

DEPLOY = Deploy(tenant=ACME, node=NODE, vmtas={}, cycle=Position(1))
LOOK = ReadBack(tenant=ACME, node=NODE, ips=(), cycle=Position(1))
STOPPING = StopIp(ip=IP, zones={}, looked=Position(1))
SERVER = ServerName(InstanceId("main"), ServerId(7))
STOP = PauseQueues(tenant=ACME, node=NODE, ip=IP, cycle=Position(1))


class Stage:
    """A performer whose effects take a second, and a pump that is always at the head."""

    def __init__(self, outcome: Callable[[], None] = lambda: None) -> None:
        self.world = World()
        self.begun: list[Effect] = []
        self.performer: Performer = self.world.engine.performer
        self.performer.performs = dict.fromkeys((Deploy, ReadBack, PauseQueues), self._perform)
        self._outcome = outcome
        self._read = 0

    async def _perform(self, effect: Effect) -> None:
        self.begun.append(effect)
        await asyncio.sleep(1)
        self._outcome()

    async def play(self, *scenes: Sequence[Effect], each_s: float) -> list[Effect]:
        """Ask for one scene after another, starting what may start ten times in each."""
        await self.world.let("act")
        async with asyncio.TaskGroup() as tasks:
            for scene in scenes:
                self.performer.ask(("reactor", "key"), scene)
                for _ in range(10):
                    await self.start(tasks)
                    await asyncio.sleep(each_s / 10)
        return self.begun

    async def start(self, tasks: asyncio.TaskGroup) -> None:
        """What may start at the head, all of which was folded."""
        head = await self.world.log.head()
        for recorded in (await self.world.story())[self._read : head]:
            list(self.world.engine.views.fold(recorded))
        self._read = head
        self.performer.start(head, tasks)


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
        await stage.play([DEPLOY], each_s=0.9)
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


def test_of_very_many_questions_to_the_log_some_wait_and_a_stop_does_not() -> None:
    """A change of day asks for each address of the fleet."""
    many = ASKING_MAX + 5

    async def begun() -> tuple[int, bool, int]:
        stage = Stage()
        stage.performer.performs = {**stage.performer.performs, Dispatch: stage._perform}
        questions: list[Effect] = [
            Dispatch(tenant=ACME, command=WithdrawIp(ip=IpAddr(f"ip-{n}")), cycle=Position(1))
            for n in range(many)
        ]
        stopping = Dispatch(tenant=ACME, command=STOPPING, cycle=Position(1))
        await stage.play(questions, [*questions, stopping, LOOK], each_s=0.4)
        first = len(stage.begun) - 2
        whole = await stage.play([*questions, stopping, LOOK], each_s=4)
        return first, stopping in whole and LOOK in whole, len(whole)

    assert virtually(begun) == (ASKING_MAX, True, many + 2)


def test_on_its_target_nothing_goes_before_what_had_to_wait() -> None:
    async def begun() -> list[Effect]:
        stage = Stage()
        stage.performer.performs = dict.fromkeys((Dispatch, ReadServer), stage._perform)
        many: list[Effect] = [
            Dispatch(tenant=ACME, command=WithdrawIp(ip=IpAddr(f"ip-{n}")), cycle=Position(1))
            for n in range(ASKING_MAX)
        ]
        claim = Dispatch(tenant=ACME, command=ClaimServer(server=SERVER, ip=IP), cycle=Position(1))
        read = ReadServer(tenant=ACME, ip=IP, server=SERVER, cycle=Position(1))
        whole = await stage.play([*many, claim, read], each_s=4)
        return whole[ASKING_MAX:]

    claimed, looked = virtually(begun)
    assert (claimed.kind, looked.kind) == ("command.dispatch", "server.read")


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
            stage.performer.ask(("reactor", "key"), [DEPLOY])
            await stage.start(tasks)
            await asyncio.sleep(0.1)
            stage.performer.close()
            stage.performer.ask(("reactor", "other"), [STOP])
            await stage.start(tasks)
            await stage.performer.settled()
            return stage.begun, stage.performer.running() == []

    assert virtually(ended) == ([DEPLOY], True)
