"""A large fleet's first week, in which all went well, and a clock that is moved by hand."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby

from msgspec.structs import replace

from bench.fleet import Fleet, Happened, first_day
from bench.history import CLEAN, GUARDS, START, STARTED
from engine.events.dns import FcrdnsLooked
from engine.events.dnsbl import DnsblLooked
from engine.events.ip import IpRegistered, StageEntered
from engine.events.node import NodeLooked
from engine.events.rollout import RolloutEnded, RolloutPlanned
from engine.events.server import ServerClaimed
from engine.ports import Ids, Log, New, Slice
from engine.rules import ladder
from engine.rules.pmta_config import tenant_file

TOGETHER = 500  # events of one append
EVENING = START + timedelta(days=6, hours=23, minutes=50)  # the last thing that is known


class Clock:
    def __init__(self, start: datetime) -> None:
        self._now = start
        self._moved = asyncio.Event()
        self.asked = asyncio.Event()  # somebody waits: the pump naps

    def now(self) -> datetime:
        return self._now

    def move(self, instant: datetime) -> None:
        self._now = instant
        self.asked.clear()
        self._moved.set()
        self._moved = asyncio.Event()

    async def wait_until(self, instant: datetime) -> None:
        self.asked.set()
        while self._now < instant:
            await self._moved.wait()


def past(known: Fleet) -> Iterator[Happened]:
    """A first week in which all went well."""
    for one in first_day(known, START):
        if isinstance(one.event, IpRegistered):
            yield one._replace(event=replace(one.event, instance=None))
        elif not isinstance(one.event, ServerClaimed):
            yield one
    stage = ladder.levers(1)
    for own in known.ips:
        entered = StageEntered(
            ip=own.ip, node=own.node, stage=1, vmta=own.vmta(stage), evidence=GUARDS
        )
        yield Happened(START, f"ip-{own.ip}", own.tenant, entered)
    for tenant, theirs in known.tenants.items():
        node, vmtas = theirs[0].node, {own.ip: own.vmta(stage) for own in theirs}
        digest = tenant_file.digest(tenant_file.render(tenant, vmtas))
        planned = RolloutPlanned(node=node, vmtas=vmtas, digest=digest, before="")
        ended = RolloutEnded(node=node, ending="done", changed=dict.fromkeys(vmtas, stage))
        for event in (planned, ended):
            yield Happened(START, f"rollout-{node}/{tenant}", tenant, event)
    for node in known.nodes:
        looked = NodeLooked(node=node, paused=(), started=STARTED, version="5.0r1")
        yield Happened(EVENING, f"node-{node}", None, looked)
    for own in known.ips:
        seen = FcrdnsLooked(ip=own.ip, names=(own.hostname,), confirmed=(own.hostname,))
        yield Happened(EVENING, f"dns-{own.ip}", own.tenant, seen)
        clean = DnsblLooked(ip=own.ip, round="r", answers=CLEAN, catalogue=2, whole=True)
        yield Happened(EVENING, f"dnsbl-{own.ip}", own.tenant, clean)


async def write(log: Log, clock: Clock, known: Fleet, ids: Ids) -> None:
    for at, together in groupby(past(known), key=lambda one: one.at):
        clock.move(at)
        left = list(together)
        while left:
            some, left = left[:TOGETHER], left[TOGETHER:]
            slices = [
                Slice(stream=one.stream, tenant=one.tenant, events=[New(ids(), one.event)])
                for one in some
            ]
            await log.append(slices, actor=some[0].actor, cause="bench")
