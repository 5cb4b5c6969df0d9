"""What people want of a tenant's jobs (MailWizz campaigns, from ``X-Job``)."""

from engine.events.base import Fact
from engine.ids import NodeId, Position, TenantId


class JobPauseAsked(Fact, frozen=True, kw_only=True, tag="tenant.job_pause_asked"):
    """What waits of its mail stands still on these nodes."""

    slug: TenantId
    job: str
    nodes: tuple[NodeId, ...]
    reason: str


class JobResumeAsked(Fact, frozen=True, kw_only=True, tag="tenant.job_resume_asked"):
    slug: TenantId
    job: str
    nodes: tuple[NodeId, ...]
    ends: Position  # the last event that asked for the pause: a person's, or a listing
    reason: str


TenantJobEvent = JobPauseAsked | JobResumeAsked
