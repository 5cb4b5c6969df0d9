"""Jobs (MailWizz campaigns, from ``X-Job``) whose waiting mail is held on the nodes.

PowerMTA knows jobs by name alone, whoever's they are, so a tenant names only what it sent itself,
and nothing that another tenant sends under the same name.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from engine.api import auth, reading, writing
from engine.api.call import Answer, Call, Reading
from engine.api.decode import words
from engine.api.ips import Because
from engine.api.problems import Problem
from engine.commands.tenant_jobs import PauseJob, ResumeJob
from engine.ids import CommandId, IpAddr, NodeId, Position, TenantId
from engine.projections.pauses import PAUSES
from engine.projections.rollouts import ROLLOUTS
from engine.projections.traffic import TRAFFIC_VIEW
from engine.rules.job import parse_job
from engine.runtime.command_handler import Asked

PATH = "/api/v2/jobs"


class Whose(Reading, frozen=True, kw_only=True):
    tenant: TenantId | None = None


class JobShown(Struct, frozen=True, kw_only=True):
    job: str
    tenant: TenantId
    node: NodeId
    state: Literal["paused", "wanted", "resuming", "lacking"]
    behind: IpAddr | None  # the address whose listing it lies behind; None: a person paused it
    at: datetime | None  # the node obeyed last


class Asking(Struct, frozen=True, kw_only=True):
    job: str
    tenant: TenantId
    nodes: tuple[NodeId, ...]


async def listed(call: Call, query: Whose) -> Answer:
    tenant = auth.reads_as(call.deps.views, call.caller, query.tenant)
    items = [one for one in _held(call) if tenant in (None, one.tenant)]
    return Answer(reading.Items(items, None))


def _held(call: Call) -> list[JobShown]:
    found = []
    for view in call.deps.views.of(PAUSES).values():
        for job, stop in view.jobs.stops.items():
            obeyed = stop.told >= max(stop.since, view.cleared)
            lacking = view.jobs.lacking
            found.append(
                JobShown(
                    job=job,
                    tenant=stop.tenant,
                    node=view.node,
                    state="lacking" if lacking else "paused" if obeyed else "wanted",
                    behind=view.jobs.behind.get(job),
                    at=stop.told_at,
                )
            )
        found += [
            JobShown(
                job=job, tenant=one.tenant, node=view.node, state="resuming", behind=None, at=None
            )
            for job, one in view.jobs.resumes.items()
        ]
    return sorted(found, key=lambda one: (one.tenant, one.job, one.node))


async def pause(call: Call, body: Because) -> Answer:
    job, tenant, reason = _named(call), _whose(call, body), words("$.reason", body.reason)
    if call.caller.tenant is not None:
        _own(call, tenant, job)
    files = call.deps.views.of(ROLLOUTS).values()
    nodes = tuple(sorted({one.node for one in files if one.tenant == tenant and one.told}))
    if not nodes:
        raise Problem("refused", f"{tenant} sends from no node, so no job of it waits anywhere")
    command = PauseJob(slug=tenant, job=job, nodes=nodes, reason=reason)
    return await _ask(call, command, tenant)


async def resume(call: Call, body: Because) -> Answer:
    job, tenant, reason = _named(call), _whose(call, body), words("$.reason", body.reason)
    request = writing.request_id(call, tenant)
    match await writing.asked_before(call, request):
        case [ResumeJob() as before]:  # when it comes again, nothing may be held any more
            command = replace(before, slug=tenant, job=job, reason=reason)
        case _:
            command = _resumed(call, tenant, job, reason)
    return await _ask(call, command, tenant, request)


def _resumed(call: Call, tenant: TenantId, job: str, reason: str) -> ResumeJob:
    held = {
        view.node: view.jobs.stops[job].since
        for view in call.deps.views.of(PAUSES).values()
        if job in view.jobs.stops and view.jobs.stops[job].tenant == tenant
    }
    if not held:
        raise Problem("not-found", f"no job {job} of {tenant} is paused; GET {PATH}")
    return ResumeJob(
        slug=tenant,
        job=job,
        nodes=tuple(sorted(held)),
        ends=max(held.values(), default=Position(0)),
        reason=reason,
    )


async def _ask(
    call: Call,
    command: PauseJob | ResumeJob,
    tenant: TenantId,
    request: CommandId | None = None,
) -> Answer:
    position = await writing.ask(call, [Asked(command, tenant)], tenant, request)
    await writing.seen(call, position)
    asking = Asking(job=command.job, tenant=tenant, nodes=command.nodes)
    return Answer(asking, 202, position, PATH)


def _named(call: Call) -> str:
    try:
        return parse_job(call.path["job"])
    except ValueError as wrong:
        raise Problem("invalid", str(wrong), field="job") from wrong


def _whose(call: Call, body: Because) -> TenantId:
    return auth.whose(call.deps.views, call.caller, body.tenant)


def _own(call: Call, tenant: TenantId, job: str) -> None:
    senders = {
        view.tenant
        for view in call.deps.views.of(TRAFFIC_VIEW).values()
        if any(job in of_day for of_day in view.jobs.values())
    }
    if senders != {tenant}:
        why = (
            f"no mail of a job {job} of {tenant} alone was counted in the last days; a job that is"
            " too small to be counted is paused by the operator"
        )
        raise Problem("not-found", why)
