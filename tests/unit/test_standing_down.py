"""A node that another log led, or whose files this one never wrote, is looked at and left alone."""

import pytest

from engine.commands import By
from engine.commands.authority import SetAuthority
from engine.effects import LookAtNode
from engine.events import Event
from engine.events.authority import AuthoritySet
from engine.events.node import NodeLooked
from engine.events.rollout import RolloutPlanned
from engine.ids import Actor, EventId, Position, TenantId
from engine.ports import Fence
from engine.projections.authorities import AUTHORITIES
from engine.projections.node_files import NODE_FILES
from engine.projections.nodes import NODES
from engine.projections.rollouts import ROLLOUTS
from engine.rules.pmta_config.tenant_file import digest
from engine.runtime.command_handler import Asked, CommandHandler
from engine.runtime.notes import Notes
from engine.runtime.perform.node_look import look
from engine.runtime.perform.standing_down import StandingDown
from engine.runtime.views import Views
from engine.store.memory import MemoryLog
from engine.values.authority import Mode, over_node
from engine.values.node_file import NodeOwn
from tests.support.entries import CountingClock
from tests.support.fake_node import FakeNode
from tests.support.spec import ACME, NODE, record

LEADER = Fence(5, "main 1")
HERE = over_node(NODE)
LEFT, OWN = "left by somebody", "<acct-file /x>\n  records d\n</acct-file>\n"


class World:
    """A node that may be touched, under a leader of the fifth epoch."""

    def __init__(self) -> None:
        self.fake = FakeNode(answers_s=0)
        self.host = self.fake.host(NODE)
        self.views = Views((AUTHORITIES, NODES, ROLLOUTS, NODE_FILES))
        self.log = MemoryLog(CountingClock())
        self._ids = self._read = 0
        self.handler = CommandHandler(log=self.log, clock=CountingClock(), ids=self.id)

    def id(self) -> EventId:
        self._ids += 1
        return EventId(f"00000000-0000-7000-8000-{self._ids:012}")

    async def let(self, mode: Mode) -> None:
        by = By(tenant=None, actor=Actor("key:1"), cause="a test")
        await self.handler.handle([Asked(SetAuthority(over=HERE, mode=mode, why="x"), None)], by)
        await self.fold()

    async def fold(self) -> None:
        for one in await self.log.read_from(Position(self._read), 1_000):
            self._read = one.position
            [*self.views.fold(one)]

    def wrote(self, text: str, tenant: TenantId | None) -> None:
        own = None if tenant else NodeOwn()
        plan = RolloutPlanned(node=NODE, vmtas={}, digest=digest(text), before="", own=own)
        [*self.views.fold(record(1, plan, tenant=tenant))]

    async def look(self) -> list[Event]:
        """What it wrote down."""
        before = self._read
        down = StandingDown(
            pmta=self.fake, views=self.views, fence=lambda: LEADER, handler=self.handler
        )
        effect = LookAtNode(tenant=None, node=NODE, cycle=Position(1))
        notes = Notes(self.log, self.id)
        await look(effect, pmta=self.fake, notes=notes, views=self.views, heed=down.heed)
        await self.fold()
        return [one.event for one in await self.log.read_from(Position(before), 1_000)]


@pytest.fixture
async def world() -> World:
    made = World()
    await made.let("act")
    return made


def stood_down(events: list[Event]) -> list[str]:
    down = [one for one in events if isinstance(one, AuthoritySet)]
    assert all((one.over, one.mode, one.unasked) == (HERE, "observe", True) for one in down)
    assert isinstance(events[-1], NodeLooked)
    return [one.why for one in down]


@pytest.mark.parametrize("there", [None, Fence(4, "another"), LEADER, Fence(5, "another")])
async def test_a_node_that_nobody_led_further_may_be_touched(
    world: World, there: Fence | None
) -> None:
    world.host.fence = there
    assert stood_down(await world.look()) == []


async def test_a_node_that_was_led_further_is_observed_each_time_until_that_is_mended(
    world: World,
) -> None:
    await world.look()
    world.host.fence = Fence(6, "main 2")
    (why,) = stood_down(await world.look())
    assert "epoch 6 by main 2, and this log is at 5" in why
    assert stood_down(await world.look()) == [], "it is observed already"
    await world.let("act")
    assert len(stood_down(await world.look())) == 1, "whatever was recorded"
    world.host.fence = LEADER
    await world.let("act")
    assert stood_down(await world.look()) == []


async def test_a_node_that_comes_with_files_of_the_engine_is_observed(world: World) -> None:
    world.host.files = {ACME: LEFT, TenantId(""): OWN}
    (why,) = stood_down(await world.look())
    assert why.endswith("that this log never wrote: _node.conf, acme.conf")
    await world.let("act")
    assert stood_down(await world.look()) == [], "a person has looked, and it is known now"


async def test_what_the_log_wrote_is_known_and_a_later_edit_is_that_files_affair(
    world: World,
) -> None:
    world.host.files = {ACME: LEFT, TenantId(""): OWN}
    world.wrote(LEFT, ACME)
    world.wrote(OWN, None)
    assert stood_down(await world.look()) == []
    world.host.files[ACME] = "edited"
    assert stood_down(await world.look()) == []


async def test_a_node_that_is_silent_at_first_is_asked_for_its_files_once_it_answers(
    world: World,
) -> None:
    world.host.files, world.fake.deaf = {ACME: LEFT}, 1
    assert stood_down(await world.look()) == []
    assert len(stood_down(await world.look())) == 1


async def test_a_node_that_is_observed_is_left_at_that(world: World) -> None:
    await world.let("observe")
    world.host.fence, world.host.files = Fence(9, "another"), {ACME: LEFT}
    assert stood_down(await world.look()) == []
