"""What may be asked about a tenant's jobs (MailWizz campaigns, from ``X-Job``)."""

from engine.commands.base import Ask
from engine.ids import NodeId, Position, TenantId


class PauseJob(Ask, frozen=True, kw_only=True, tag="tenant.pause_job"):
    slug: TenantId
    job: str
    nodes: tuple[NodeId, ...]  # on which the tenant sends
    reason: str


class ResumeJob(Ask, frozen=True, kw_only=True, tag="tenant.resume_job"):
    slug: TenantId
    job: str
    nodes: tuple[NodeId, ...]  # on which it is to stand still
    ends: Position  # the last event that asked for it
    reason: str
