"""Pulling the levers of a node that need no file."""

import asyncio
import contextlib

from engine.effects import HoldQueues, PauseJob, PauseQueues, ResumeJob, ResumeQueues
from engine.events.node import (
    NODE,
    JobPaused,
    JobPauseFailed,
    JobResumed,
    JobResumeFailed,
    PauseFailed,
    QueuesHeld,
    QueuesPaused,
    QueuesResumed,
    ResumeFailed,
)
from engine.ids import IpAddr
from engine.ports import NodeRefused, NodeSilent, PmtaNode
from engine.rules.pmta_config import tenant_file
from engine.rules.redaction import fragment
from engine.runtime.notes import Notes

PAUSE_S = 10
HOLD_S = 30  # for all of a tenant's: a new stop waits no longer than that for them
HOLD_AT_ONCE = 8
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


async def hold(effect: HoldQueues, *, pmta: PmtaNode, notes: Notes) -> None:
    """Each by itself, for one that is refused says nothing of the others."""
    node, failed = effect.node, dict.fromkeys(effect.ips, "no answer in time")
    room = asyncio.Semaphore(HOLD_AT_ONCE)

    async def give(ip: IpAddr) -> None:
        async with room:
            try:
                async with asyncio.timeout(PAUSE_S):
                    await pmta.pause(node, tenant_file.vmta(effect.tenant, ip))
            except FAILURES as failure:
                failed[ip] = why(failure)
            else:
                del failed[ip]

    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(HOLD_S):
            await asyncio.gather(*map(give, effect.ips))
    held = QueuesHeld(node=node, cycle=effect.cycle, failed=dict(sorted(failed.items())))
    await notes.add(effect, NODE.stream(node), held)


async def resume(effect: ResumeQueues, *, pmta: PmtaNode, notes: Notes) -> None:
    node, ip, cycle = effect.node, effect.ip, effect.cycle
    outcome: QueuesResumed | ResumeFailed = QueuesResumed(node=node, ip=ip, cycle=cycle)
    try:
        async with asyncio.timeout(PAUSE_S):
            await pmta.resume(node, tenant_file.vmta(effect.tenant, ip))
    except FAILURES as failure:
        outcome = ResumeFailed(node=node, ip=ip, cycle=cycle, why=why(failure))
    await notes.add(effect, NODE.stream(node), outcome)


async def pause_job(effect: PauseJob, *, pmta: PmtaNode, notes: Notes) -> None:
    """A silent node is asked again, as with queues."""
    node, job, cycle, ip = effect.node, effect.job, effect.cycle, effect.ip
    outcome: JobPaused | JobPauseFailed = JobPaused(node=node, job=job, cycle=cycle, ip=ip)
    try:
        async with asyncio.timeout(PAUSE_S):
            await pmta.pause_job(node, job)
    except FAILURES as failure:
        lacking = isinstance(failure, NodeRefused) and failure.kind == "lacking"
        outcome = JobPauseFailed(
            node=node, job=job, cycle=cycle, ip=ip, why=why(failure), lacking=lacking
        )
    await notes.add(effect, NODE.stream(node), outcome)


async def resume_job(effect: ResumeJob, *, pmta: PmtaNode, notes: Notes) -> None:
    node, job, cycle = effect.node, effect.job, effect.cycle
    outcome: JobResumed | JobResumeFailed = JobResumed(node=node, job=job, cycle=cycle)
    try:
        async with asyncio.timeout(PAUSE_S):
            await pmta.resume_job(node, job)
    except FAILURES as failure:
        outcome = JobResumeFailed(node=node, job=job, cycle=cycle, why=why(failure))
    await notes.add(effect, NODE.stream(node), outcome)
