"""Pausing once more what stands still: together, and each by itself."""

import asyncio
from collections.abc import Sequence
from typing import cast

from engine.effects import Effect, HoldQueues
from engine.events import Event
from engine.events.node import QueuesHeld
from engine.ids import IpAddr, NodeId, Position
from engine.ports import NodeRefused, PmtaNode
from engine.rules.pmta_config import tenant_file
from engine.runtime.notes import Notes
from engine.runtime.perform import node
from tests.support import simloop
from tests.support.spec import ACME, NODE

IPS = tuple(IpAddr(f"203.0.113.{n}") for n in range(1, 41))


class Levers:
    """A node that takes a second for each, refuses some and never answers about others."""

    def __init__(self, refused: Sequence[IpAddr] = (), silent: Sequence[IpAddr] = ()) -> None:
        self.paused: list[str] = []
        self.most = self._now = 0
        self._refused = {tenant_file.vmta(ACME, ip) for ip in refused}
        self._silent = {tenant_file.vmta(ACME, ip) for ip in silent}
        self.said: list[tuple[Effect, str, Event]] = []

    async def pause(self, node: NodeId, vmta: str) -> None:
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            await asyncio.sleep(3_600 if vmta in self._silent else 1)
        finally:
            self._now -= 1
        if vmta in self._refused:
            raise NodeRefused(f"{vmta} is busy")
        self.paused.append(vmta)

    async def add(self, effect: Effect, stream: str, event: Event) -> None:
        self.said.append((effect, stream, event))


def held(levers: Levers, ips: tuple[IpAddr, ...] = IPS) -> tuple[QueuesHeld, float]:
    """What was said of it, and the seconds that it took."""
    effect = HoldQueues(tenant=ACME, node=NODE, ips=ips, cycle=Position(7))

    async def run() -> float:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await node.hold(effect, pmta=cast(PmtaNode, levers), notes=cast(Notes, levers))
        return loop.time() - begun

    took = simloop.run(run)
    ((of, stream, event),) = levers.said
    assert (of, stream) == (effect, f"node-{NODE}")
    assert isinstance(event, QueuesHeld)
    return event, took


def test_what_stands_still_is_paused_again_with_one_event_that_names_only_differences() -> None:
    levers = Levers(refused=IPS[3:4], silent=IPS[5:6])
    event, _ = held(levers)
    assert event.cycle == 7
    assert event.failed == {
        IPS[3]: "acme--203-0-113-4 is busy",
        IPS[5]: "no answer in time",
    }
    assert len(levers.paused) == len(IPS) - 2
    assert held(Levers()) == (QueuesHeld(node=NODE, cycle=Position(7)), 5)


def test_a_node_that_is_silent_holds_up_a_new_stop_for_half_a_minute_at_most() -> None:
    levers = Levers(silent=IPS)
    event, took = held(levers)
    assert (took, levers.most) == (30, 8)
    assert event.failed == dict.fromkeys(IPS, "no answer in time")
