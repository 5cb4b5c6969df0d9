"""Keeps still on a node what must stand still, and looks now and then whether it does."""

from collections.abc import Iterator
from datetime import datetime

from engine.effects import HoldQueues, LookAtNode, PauseJob, PauseQueues, ResumeJob, ResumeQueues
from engine.projections.pauses import PAUSES, Pauses
from engine.reactors.reactor import Agenda, Reactor, Want, agenda
from engine.values.tuning import Tuning


def node_pauses(tuning: Tuning) -> Reactor[Pauses]:
    def react(view: Pauses, now: datetime) -> Agenda:
        node = view.node
        wants = [
            Want(
                PauseQueues(
                    tenant=due.tenant, node=node, ip=due.ip, cycle=due.cycle, attempt=due.attempt
                ),
                due.at,
            )
            for due in view.new()
        ]
        for ip, resume in view.resumes.items():
            n, since = resume.work.retry.attempt, resume.work.since
            lever = ResumeQueues(tenant=resume.tenant, node=node, ip=ip, cycle=since, attempt=n)
            wants.append(Want(lever, resume.work.retry.at))
        wants += _jobs(view)
        wants += _again(view, now)
        if view.registered:
            wants.append(_look(view, tuning))
        return agenda(wants, now)

    return Reactor(name="node_pauses", reads=PAUSES, react=react)


def _jobs(view: Pauses) -> Iterator[Want]:
    node, jobs = view.node, view.jobs
    for job, tenant, due in jobs.due(view.cleared, moving=bool(view.open)):
        cycle, attempt, at = due
        behind = jobs.behind.get(job)
        pause = PauseJob(tenant=tenant, node=node, job=job, ip=behind, cycle=cycle, attempt=attempt)
        yield Want(pause, at)
    for job, resume in jobs.resumes.items():
        n, since = resume.work.retry.attempt, resume.work.since
        lever = ResumeJob(tenant=resume.tenant, node=node, job=job, cycle=since, attempt=n)
        yield Want(lever, resume.work.retry.at)


def _again(view: Pauses, now: datetime) -> Iterator[Want]:
    for tenant, (ips, cycle, attempt, at) in view.again(now):
        hold = HoldQueues(tenant=tenant, node=view.node, ips=ips, cycle=cycle, attempt=attempt)
        yield Want(hold, at)


def _look(view: Pauses, tuning: Tuning) -> Want:
    retry, since = view.look.retry, view.look.since
    look = LookAtNode(tenant=None, node=view.node, cycle=since, attempt=retry.attempt)
    regular = view.looked_at + tuning.node_look_every if view.looked_at else None
    return Want(look, retry.at or regular)
