"""What PowerMTA hosts show, and what they answered to the pause lever."""

from typing import assert_never

from engine.api.sentences.words import because, names, several
from engine.events import Recorded
from engine.events.node import (
    JobPaused,
    JobPauseFailed,
    JobResumed,
    JobResumeFailed,
    NodeEvent,
    NodeJobEvent,
    NodeLooked,
    PauseFailed,
    QueuesHeld,
    QueuesPaused,
    QueuesResumed,
    QueuesSeen,
    ResumeFailed,
)
from engine.ids import IpAddr
from engine.values.node import Depth, Measures


def say(told: Recorded[NodeEvent]) -> str:
    match told.event:
        case QueuesPaused(node=node, ip=ip):
            return f"the queues of {ip} stand still on {node}"
        case PauseFailed(node=node, ip=ip, why=why):
            return f"pausing the queues of {ip} on {node} failed{because(why)}; it is tried again"
        case QueuesHeld(node=node, failed=failed):
            but = names((f"{ip}{because(why)}" for ip, why in failed.items()), apart="; ")
            missed = f", but for {but}; it is tried again" if failed else ""
            return f"what stands still on {node} was paused once more{missed}"
        case QueuesResumed(node=node, ip=ip):
            return f"the queues of {ip} run again on {node}"
        case ResumeFailed(node=node, ip=ip, why=why):
            return f"resuming the queues of {ip} on {node} failed{because(why)}; it is tried again"
        case JobPaused() | JobPauseFailed() | JobResumed() | JobResumeFailed():
            return _job(told.event)
        case NodeLooked(paused=None, node=node, why=why):
            return f"node {node} did not answer{because(why)}"
        case NodeLooked() as looked:
            return _answers(looked)
        case QueuesSeen(node=node, depths=depths):
            waits = names((_waits(ip, one) for ip, one in depths.items()), apart="; ")
            return f"on {node}, {waits}"
        case _:
            assert_never(told.event)


def _job(event: NodeJobEvent) -> str:
    match event:
        case JobPaused(node=node, job=job):
            return f"what waits of job {job} stands still on {node}"
        case JobPauseFailed(node=node, job=job, why=why, lacking=True):
            return f"job {job} cannot be paused on {node}{because(why)}"
        case JobPauseFailed(node=node, job=job, why=why):
            return f"pausing job {job} on {node} failed{because(why)}; it is tried again"
        case JobResumed(node=node, job=job):
            return f"what waits of job {job} goes on on {node}"
        case JobResumeFailed(node=node, job=job, why=why):
            return f"resuming job {job} on {node} failed{because(why)}; it is tried again"
        case _:
            assert_never(event)


def _answers(looked: NodeLooked) -> str:
    version = f" {looked.version}" if looked.version else ""
    since = f" since {looked.started}" if looked.started else ""
    how = _measured(looked.measures) if looked.measures else ""
    paused = f"paused: {names(looked.paused or ())}"
    return f"node {looked.node} runs PowerMTA{version}{since}; {paused}{how}"


def _measured(how: Measures) -> str:
    said = [
        f"{several(how.waiting, 'recipient')} wait{'s' * (how.waiting == 1)}"
        if how.waiting is not None
        else "",
        f"load {how.load:.2f}" if how.load is not None else "",
        *(f"{place} {used} % full" for place, used in how.disks.items()),
    ]
    return "".join(f"; {one}" for one in said if one)


def _waits(ip: IpAddr, depth: Depth) -> str:
    waits = f"{several(depth.waiting, 'recipient')} wait{'s' * (depth.waiting == 1)} for {ip}"
    slow = f", {several(depth.backing_off, 'queue')} in backoff" if depth.backing_off else ""
    errs = f", {several(depth.failing, 'queue')} with errors" if depth.failing else ""
    return f"{waits}{slow}{errs}{because(depth.error)}"
