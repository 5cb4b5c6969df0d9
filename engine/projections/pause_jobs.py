"""Jobs whose waiting mail must stand still on a node: the first behind a listing, and those that a
person names.  Only a person lets one go on.
"""

from collections.abc import Iterator
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.ip import IpStopped
from engine.events.node import JobPaused, JobPauseFailed, JobResumed, JobResumeFailed
from engine.events.tenant_jobs import JobPauseAsked, JobResumeAsked
from engine.ids import IpAddr, Position, TenantId
from engine.projections import pause_wishes
from engine.projections.pause_wishes import Due, Resume, Stop
from engine.rules.job import pausable
from engine.values.retry import Work
from engine.values.traffic import JobBehind

V = TypeVar("V")
ASKED = (JobPauseAsked, JobResumeAsked)
TOLD = (JobPaused, JobPauseFailed, JobResumed, JobResumeFailed)


class Jobs(Struct, frozen=True, gc=False):
    stops: dict[str, Stop] = {}  # few
    behind: dict[str, IpAddr] = {}  # the address whose listing it lies behind
    resumes: dict[str, Resume] = {}
    lacking: bool = False  # the node has no such lever, as far as it said

    def due(self, cleared: Position, *, moving: bool) -> Iterator[tuple[str, TenantId, Due]]:
        for job, stop in self.stops.items():
            found = pause_wishes.due(stop, cleared, moving=moving)
            if found and not self.lacking:
                yield job, stop.tenant, found


def evolve(jobs: Jobs, recorded: Recorded[Event]) -> Jobs:
    here, tenant, at = recorded.position, recorded.tenant, recorded.at
    match recorded.event:
        case IpStopped(ip=ip, jobs=(first, *_)) if tenant and _alone(first):
            return replace(_stop(jobs, first.job, tenant, here), behind=_first(jobs, first.job, ip))
        case JobPauseAsked(job=job) if tenant:
            return _stop(jobs, job, tenant, here)
        case JobResumeAsked(job=job) if job in jobs.stops and jobs.stops[job].tenant == tenant:
            resumes = jobs.resumes | {job: Resume(tenant, Work(here))}
            left, behind = _without(jobs.stops, job), _without(jobs.behind, job)
            return Jobs(left, behind, resumes, jobs.lacking)
        case JobPaused(job=job, cycle=cycle) if stop := jobs.stops.get(job):
            told = pause_wishes.told(stop, cycle, at)
            return replace(jobs, stops=jobs.stops | {job: told})
        case JobPauseFailed(job=job, lacking=lacking) if stop := jobs.stops.get(job):
            failed = pause_wishes.failed(stop, at)
            return replace(jobs, stops=jobs.stops | {job: failed}, lacking=lacking)
        case JobResumed(job=job):
            return replace(jobs, resumes=_without(jobs.resumes, job))
        case JobResumeFailed(job=job) if resume := jobs.resumes.get(job):
            again = replace(resume, work=resume.work.failed(at))
            return replace(jobs, resumes=jobs.resumes | {job: again})
        case _:
            return jobs


def _alone(first: JobBehind) -> bool:
    """PowerMTA knows jobs by name alone: the lever would hold the other tenant's mail too."""
    return pausable(first.job) and not first.shared


def _stop(jobs: Jobs, job: str, tenant: TenantId, here: Position) -> Jobs:
    """Whoever asked first; a job that was being resumed is stopped anew."""
    stop = jobs.stops.get(job) or Stop(tenant, here)
    return replace(jobs, stops=jobs.stops | {job: stop}, resumes=_without(jobs.resumes, job))


def _first(jobs: Jobs, job: str, ip: IpAddr) -> dict[str, IpAddr]:
    return {job: ip} | jobs.behind if job not in jobs.stops else jobs.behind


def _without(found: dict[str, V], job: str) -> dict[str, V]:
    return {other: one for other, one in found.items() if other != job}
