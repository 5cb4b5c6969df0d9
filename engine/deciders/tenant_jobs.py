"""Decisions about jobs whose mail stands still because a person says so."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from engine.commands.tenant_jobs import PauseJob, ResumeJob
from engine.events.tenant_jobs import JobPauseAsked, JobResumeAsked
from engine.ids import NodeId, Position


class Jobs(Struct, frozen=True):
    paused: dict[str, tuple[NodeId, ...]] = {}
    ended: dict[str, Position] = {}  # by job: the pause that was ended last


def evolve(state: Jobs, event: JobPauseAsked | JobResumeAsked) -> Jobs:
    if isinstance(event, JobPauseAsked):
        return replace(state, paused=state.paused | {event.job: event.nodes})
    left = {job: nodes for job, nodes in state.paused.items() if job != event.job}
    return Jobs(paused=left, ended=state.ended | {event.job: event.ends})


def decide(state: Jobs, command: PauseJob | ResumeJob) -> Sequence[JobPauseAsked | JobResumeAsked]:
    slug, job, nodes, reason = command.slug, command.job, command.nodes, command.reason
    if isinstance(command, PauseJob):
        same = set(nodes) <= set(state.paused.get(job, ()))
        return [] if same else [JobPauseAsked(slug=slug, job=job, nodes=nodes, reason=reason)]
    if not nodes or state.ended.get(job, Position(0)) >= command.ends:
        return []
    return [JobResumeAsked(slug=slug, job=job, nodes=nodes, ends=command.ends, reason=reason)]
