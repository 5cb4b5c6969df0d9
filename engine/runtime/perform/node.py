"""Pulling the levers of a node that need no file, and looking how they stand."""

import asyncio

from engine.effects import LookAtNode, PauseQueues, ResumeQueues
from engine.events.node import (
    NODE,
    NodeLooked,
    PauseFailed,
    QueuesPaused,
    QueuesResumed,
    ResumeFailed,
)
from engine.ports import NodeRefused, NodeSilent, PmtaNode
from engine.rules.pmta_config import tenant_file
from engine.rules.redaction import fragment
from engine.runtime.notes import Notes

PAUSE_S = 10
LOOK_S = 30
FAILURES = (NodeRefused, NodeSilent, TimeoutError)


def why(failure: Exception) -> str:
    """For people: what went wrong, and nothing personal."""
    return fragment(str(failure)) or "no answer in time"


async def pause(effect: PauseQueues, *, pmta: PmtaNode, notes: Notes) -> None:
    """A silent node is asked again: to pause twice is to pause."""
    node, ip, cycle = effect.node, effect.ip, effect.cycle
    outcome: QueuesPaused | PauseFailed = QueuesPaused(node=node, ip=ip, cycle=cycle)
    try:
        async with asyncio.timeout(PAUSE_S):
            await pmta.pause(node, tenant_file.vmta(effect.tenant, ip))
    except FAILURES as failure:
        outcome = PauseFailed(node=node, ip=ip, cycle=cycle, why=why(failure))
    await notes.add(effect, NODE.stream(node), outcome)


async def resume(effect: ResumeQueues, *, pmta: PmtaNode, notes: Notes) -> None:
    node, ip, cycle = effect.node, effect.ip, effect.cycle
    outcome: QueuesResumed | ResumeFailed = QueuesResumed(node=node, ip=ip, cycle=cycle)
    try:
        async with asyncio.timeout(PAUSE_S):
            await pmta.resume(node, tenant_file.vmta(effect.tenant, ip))
    except FAILURES as failure:
        outcome = ResumeFailed(node=node, ip=ip, cycle=cycle, why=why(failure))
    await notes.add(effect, NODE.stream(node), outcome)


async def look(effect: LookAtNode, *, pmta: PmtaNode, notes: Notes) -> None:
    node = effect.node
    try:
        async with asyncio.timeout(LOOK_S):
            seen = await pmta.look(node)
        looked = NodeLooked(
            node=node, paused=seen.paused, started=seen.started, version=seen.version
        )
    except FAILURES as failure:
        looked = NodeLooked(node=node, paused=None, why=why(failure))
    await notes.add(effect, NODE.stream(node), looked)
