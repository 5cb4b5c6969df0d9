"""A look at a node: one event for itself, and one for each tenant whose queues changed much."""

from datetime import timedelta

import pytest

from engine.effects import LookAtNode
from engine.events import Event
from engine.events.node import NODE as NODES
from engine.events.node import NodeLooked, QueuesSeen
from engine.events.rollout import RolloutEnded, RolloutPlanned
from engine.events.server import ServerTold
from engine.ids import EventId, IpAddr, NodeId, Position, ServerId, TenantId
from engine.projections.ip_row import IpRow
from engine.projections.ips import IPS
from engine.projections.rollouts import ROLLOUTS
from engine.rules import ladder, queue_depth
from engine.rules.pmta_config import tenant_file
from engine.runtime.notes import Notes
from engine.runtime.perform.node_look import look
from engine.runtime.views import Views
from engine.store.memory import MemoryLog
from engine.values.levers import Levers
from engine.values.node import Depth, Measures
from engine.values.server import ServerRow, ServerWish
from tests.support.entries import CountingClock
from tests.support.fake_node import FakeNode
from tests.support.samples import registered, retiring, stage
from tests.support.spec import ACME, DAY_1, IP, NODE, OTHER, RIVAL, record, vmta

VMTA = tenant_file.vmta(ACME, IP)
OPEN, CLOSED = ladder.levers(1), Levers("closed", ladder.levers(1).output)


class Node:
    """Acme and Rival each have an address on it, and the log is in memory."""

    def __init__(self) -> None:
        self.fake = FakeNode(answers_s=0)
        self.host = self.fake.host(NODE)
        self.views = Views((IPS, ROLLOUTS))
        self.log = MemoryLog(CountingClock())
        self._count = self._ids = 0
        for tenant, ip in ((ACME, IP), (RIVAL, OTHER)):
            self.happens(registered(ip=ip), tenant)
            self.happens(stage(1, ip=ip), tenant)
            self.told(OPEN, tenant, ip)

    def new_id(self) -> EventId:
        self._ids += 1
        return EventId(f"00000000-0000-7000-8000-{self._ids:012}")

    def happens(self, event: Event, tenant: TenantId = ACME) -> None:
        self._count += 1
        at = DAY_1 + timedelta(minutes=self._count)
        [*self.views.fold(record(self._count, event, at=at, tenant=tenant))]

    def told(self, levers: Levers, tenant: TenantId = ACME, ip: IpAddr = IP) -> None:
        self.happens(
            RolloutPlanned(node=NODE, vmtas={ip: vmta(levers)}, digest="d", before=""), tenant
        )
        self.happens(RolloutEnded(node=NODE, ending="done", changed={ip: levers}), tenant)

    async def looked(self) -> list[tuple[TenantId | None, Event]]:
        """What the look added to the log, which is folded too."""
        before = len(await self.log.read(NODES, NODE))
        notes = Notes(self.log, self.new_id)
        effect = LookAtNode(tenant=None, node=NODE, cycle=Position(1))
        await look(effect, pmta=self.fake, notes=notes, views=self.views)
        found = (await self.log.read(NODES, NODE))[before:]
        for one in found:
            if one.tenant:
                self.happens(one.event, one.tenant)
        return [(one.tenant, one.event) for one in found]

    async def tenants(self) -> dict[TenantId | None, Event]:
        return {tenant: event for tenant, event in (await self.looked())[1:]}

    def row(self) -> IpRow:
        return self.views.get(IPS, f"{ACME}/{IP}")


@pytest.fixture
def node() -> Node:
    return Node()


def seen(waiting: int, ip: IpAddr = IP) -> QueuesSeen:
    return QueuesSeen(node=NODE, depths={ip: Depth(waiting=waiting)})


async def test_each_tenant_hears_of_its_own_queues_alone(node: Node) -> None:
    node.host.depths = {VMTA: Depth(waiting=400), tenant_file.vmta(RIVAL, OTHER): Depth(waiting=70)}
    node.host.measures = Measures(waiting=470, disks={"/": 30})
    (whose, looked), *others = await node.looked()
    assert whose is None
    assert isinstance(looked, NodeLooked)
    assert looked.measures == Measures(waiting=470, disks={"/": 30})
    assert others == [(ACME, seen(400)), (RIVAL, seen(70, OTHER))]
    assert await node.tenants() == {}, "nothing changed"


async def test_a_queue_that_breathes_makes_no_events_and_one_that_grows_does(node: Node) -> None:
    node.host.depths = {VMTA: Depth(waiting=400)}
    await node.looked()
    for waiting in (399, 300, 550, 205):
        node.host.depths = {VMTA: Depth(waiting=waiting)}
        assert await node.tenants() == {}
    node.host.depths = {VMTA: Depth(waiting=700)}
    assert await node.tenants() == {ACME: seen(700)}
    node.host.depths = {}
    assert await node.tenants() == {ACME: seen(0)}


async def test_errors_are_told_when_they_begin_and_when_they_end(node: Node) -> None:
    for errs in (3, 7):
        node.host.depths = {VMTA: Depth(waiting=5, failing=errs, error="ETIMEDOUT")}
        assert (ACME in await node.tenants()) == (errs == 3)
    node.host.depths = {VMTA: Depth(waiting=5)}
    assert await node.tenants() == {ACME: seen(5)}


async def test_a_node_that_does_not_tell_or_answer_says_nothing_of_queues(node: Node) -> None:
    assert node.host.depths is None
    assert await node.tenants() == {}
    assert node.row().mail.queue is None
    node.host.depths, node.fake.deaf = {VMTA: Depth(waiting=400)}, 1
    ((_, looked),) = await node.looked()
    assert isinstance(looked, NodeLooked)
    assert (looked.paused, looked.measures) == (None, None)


async def test_addresses_on_another_node_are_its_own_affair(node: Node) -> None:
    node.host.depths = {VMTA: Depth(waiting=400)}
    elsewhere = NodeId("pmta-2")
    node.fake.hosts[elsewhere] = node.host
    effect = LookAtNode(tenant=None, node=elsewhere, cycle=Position(1))
    notes = Notes(node.log, node.new_id)
    await look(effect, pmta=node.fake, notes=notes, views=node.views)
    assert len(await node.log.read(NODES, elsewhere)) == 1


# --- empty is believed when it was seen after intake was closed


async def test_what_drains_is_counted_to_the_last_recipient(node: Node) -> None:
    node.happens(retiring("at_once", CLOSED))
    node.told(CLOSED)
    for waiting in (9, 8, 1, 0):
        node.host.depths = {VMTA: Depth(waiting=waiting)}
        assert await node.tenants() == {ACME: seen(waiting)}
        assert node.row().mail.empty == (waiting == 0)
    assert await node.tenants() == {}


async def test_a_queue_seen_empty_before_intake_closed_is_looked_at_again(node: Node) -> None:
    node.host.depths = {}
    node.happens(seen(0))
    node.happens(retiring("at_once", CLOSED))
    assert not node.row().mail.empty, "the node was not told"
    node.told(CLOSED)
    assert not node.row().mail.empty, "what was seen before says nothing"
    assert await node.tenants() == {ACME: seen(0)}
    assert node.row().mail.empty


async def test_while_mailwizz_lets_mail_in_no_queue_is_empty(node: Node) -> None:
    def server(*, on: bool) -> ServerTold:
        row = ServerRow(ServerId(3), "h", "active" if on else "disabled", 50, 10)
        return ServerTold(ip=IP, wish=ServerWish(on=on, daily=None), row=row)

    node.happens(server(on=True))
    node.happens(retiring("at_once", CLOSED))
    node.told(CLOSED)
    node.host.depths = {}
    await node.looked()
    assert not node.row().mail.empty
    node.happens(server(on=False))
    assert not node.row().mail.empty, "it may have grown until then"
    await node.looked()
    assert node.row().mail.empty


def test_a_small_queue_of_an_address_that_sends_is_noise_and_an_error_is_not() -> None:
    assert not queue_depth.differs(Depth(), Depth(waiting=queue_depth.FEW))
    assert queue_depth.differs(Depth(), Depth(waiting=queue_depth.FEW + 1))
    assert queue_depth.differs(Depth(), Depth(backing_off=1))
    assert not queue_depth.differs(Depth(backing_off=1), Depth(backing_off=9))
