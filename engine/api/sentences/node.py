"""What PowerMTA hosts show, and what they answered to the pause lever."""

from typing import assert_never

from engine.api.sentences.words import because, names
from engine.events import Recorded
from engine.events.node import (
    NodeEvent,
    NodeLooked,
    PauseFailed,
    QueuesPaused,
    QueuesResumed,
    ResumeFailed,
)


def say(told: Recorded[NodeEvent]) -> str:
    match told.event:
        case QueuesPaused(node=node, ip=ip):
            return f"the queues of {ip} stand still on {node}"
        case PauseFailed(node=node, ip=ip, why=why):
            return f"pausing the queues of {ip} on {node} failed{because(why)}; it is tried again"
        case QueuesResumed(node=node, ip=ip):
            return f"the queues of {ip} run again on {node}"
        case ResumeFailed(node=node, ip=ip, why=why):
            return f"resuming the queues of {ip} on {node} failed{because(why)}; it is tried again"
        case NodeLooked(paused=None, node=node, why=why):
            return f"node {node} did not answer{because(why)}"
        case NodeLooked() as looked:
            return _answers(looked)
        case _:
            assert_never(told.event)


def _answers(looked: NodeLooked) -> str:
    version = f" {looked.version}" if looked.version else ""
    since = f" since {looked.started}" if looked.started else ""
    return f"node {looked.node} runs PowerMTA{version}{since}; paused: {names(looked.paused or ())}"
