"""One event of every kind that a node has: its queues, jobs and files."""

from engine.events import Event
from engine.events.node import (
    JobPaused,
    JobPauseFailed,
    JobResumed,
    JobResumeFailed,
    NodeLooked,
    PauseFailed,
    QueuesHeld,
    QueuesPaused,
    QueuesResumed,
    QueuesSeen,
    ResumeFailed,
)
from engine.events.rollout import (
    CanaryPassed,
    ConflictEnded,
    RolloutApproved,
    RolloutBreached,
    RolloutEnded,
    RolloutPlanned,
    RolloutTorn,
    RolloutUnknown,
    RolloutWatched,
    VersionCommitted,
    WatchUnanswered,
)
from engine.events.tenant_jobs import JobPauseAsked, JobResumeAsked
from engine.events.traffic import RateSeen, StopLeaked
from engine.ids import NodeId
from engine.values.node import Depth
from engine.values.rollout import Evidence
from tests.support.sample_values import ACME, AT, CYCLE, IP, NODE, OPEN

NODE_SAMPLES: tuple[Event, ...] = (
    QueuesPaused(node=NODE, ip=IP, cycle=CYCLE),
    PauseFailed(node=NODE, ip=IP, cycle=CYCLE, why="no answer in time"),
    QueuesHeld(node=NODE, cycle=CYCLE, failed={IP: "no answer in time"}),
    QueuesResumed(node=NODE, ip=IP, cycle=CYCLE),
    ResumeFailed(node=NODE, ip=IP, cycle=CYCLE, why="no answer in time"),
    NodeLooked(node=NODE, paused=("acme--203-0-113-7",), started="2026-01-01 00:00:00"),
    JobPaused(node=NODE, job="spring", cycle=CYCLE, ip=IP),
    JobPauseFailed(node=NODE, job="spring", cycle=CYCLE, why="no such command", lacking=True),
    JobResumed(node=NODE, job="spring", cycle=CYCLE),
    JobResumeFailed(node=NODE, job="spring", cycle=CYCLE, why="no answer in time"),
    JobPauseAsked(slug=ACME, job="spring", nodes=(NODE,), reason="complaints"),
    JobResumeAsked(slug=ACME, job="spring", nodes=(NODE,), ends=CYCLE, reason="it was cleaned"),
    RateSeen(
        ip=IP,
        signal="complaint",
        standing="proved",
        count=6,
        of=1000,
        threshold=0.001,
        chance=0.0006,
    ),
    StopLeaked(
        node=NODE, ip=IP, file="acct.csv", end=9, stopped=CYCLE, deliveries=7, first=AT, last=AT
    ),
    QueuesSeen(node=NODE, depths={IP: Depth(waiting=40, kb=12.5, connections=2)}),
    RolloutPlanned(node=NODE, vmtas={IP: OPEN}, digest="ef" * 32, before=""),
    RolloutUnknown(node=NODE, attempt=1, why="connection lost"),
    RolloutTorn(node=NODE, found="ef" * 32, why="PowerMTA runs something else"),
    RolloutEnded(node=NODE, ending="done", changed={IP: OPEN.levers}),
    RolloutWatched(
        node=NODE,
        version=1,
        look=4,
        started="2026-01-05 08:00:00",
        failing=2,
        over=True,
        overlay=1,
        followers=(NodeId("pmta-2"),),
    ),
    WatchUnanswered(node=NODE, version=1, attempt=1, down=True, why="not running"),
    RolloutBreached(
        node=NODE,
        version=2,
        evidence=(Evidence("missing", "acme--192-0-2-1", "192.0.2.1 a.acme.example 50/d"),),
        overlay=2,
        back_to=1,
        followers=(NodeId("pmta-2"),),
    ),
    RolloutApproved(node=NODE, overlay=2, reason="the old addresses are given back"),
    CanaryPassed(node=NODE, overlay=2, followers=(NodeId("pmta-2"), NodeId("pmta-3"))),
    ConflictEnded(node=NODE, end="overwrite", found="ab" * 32, reason="edited by mistake"),
    VersionCommitted(node=NODE, version=1, commit="cd" * 20),
)
