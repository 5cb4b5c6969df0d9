"""Asking a decider, in the engine's own name."""

from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from engine.commands import By, Command
from engine.commands.ip import StopIp
from engine.commands.ip_removal import FinishRemoval
from engine.commands.ip_warmup import RewarmIp
from engine.commands.tenant import JudgeCapacity
from engine.effects import Dispatch, Effect
from engine.events import Event
from engine.ids import IpAddr, TenantId
from engine.projections.accounting import ACCOUNTING
from engine.projections.idling import IDLING
from engine.projections.ips import IPS
from engine.projections.rollouts import ROLLOUTS
from engine.projections.traffic import TRAFFIC_VIEW
from engine.rules import days, jobs_behind
from engine.runtime.command_handler import Asked, CommandHandler
from engine.runtime.notes import ENGINE
from engine.runtime.perform import capacity
from engine.runtime.perform.raising import Stepped, heeding, never
from engine.runtime.views import Views
from engine.values.traffic import JobBehind

Behind = Callable[[TenantId | None, IpAddr], tuple[JobBehind, ...]]


def nobody(_tenant: TenantId | None, _ip: IpAddr) -> tuple[JobBehind, ...]:
    """Where no traffic is counted."""
    return ()


def behind(views: Views, now: Callable[[], datetime]) -> Behind:
    """The jobs that most probably brought an address on a list, by its traffic until now."""

    def found(tenant: TenantId | None, ip: IpAddr) -> tuple[JobBehind, ...]:
        mail = views.get(TRAFFIC_VIEW, f"{tenant}/{ip}")
        first = days.day_of(now() - jobs_behind.HOURS, mail.day_tz)
        ranked = jobs_behind.ranked(mail.jobs, first)
        others = _of_others(views, tenant, ip) if ranked else frozenset()
        return tuple(replace(one, shared=one.job in others) for one in ranked)

    return found


def _of_others(views: Views, tenant: TenantId | None, ip: IpAddr) -> frozenset[str]:
    """Jobs that mail of other tenants on the node was counted under: its one lever would hold that
    of both.
    """
    node = views.get(IPS, f"{tenant}/{ip}").node
    files = views.of(ROLLOUTS).values()
    others = (one for one in files if one.node == node and one.tenant != tenant)
    counted = (
        views.get(TRAFFIC_VIEW, f"{one.tenant}/{other}") for one in others for other in one.lives
    )
    return frozenset(job for mail in counted for of_day in mail.jobs.values() for job in of_day)


async def dispatch(
    effect: Dispatch,
    *,
    handler: CommandHandler,
    jobs: Behind = nobody,
    views: Views | None = None,
    stepped: Stepped = never,
) -> None:
    """What a command needs of views that its reactor does not read is put into it here: a stop by
    a list names the jobs behind it, as far as its traffic tells.
    """
    command = effect.command
    if views is not None:
        command = heeding(command, effect.tenant, views, stepped)
    if isinstance(command, JudgeCapacity) and views is not None:
        command = await capacity.looked(command, views)
    if isinstance(command, FinishRemoval) and views is not None:
        told = views.get(IPS, f"{effect.tenant}/{command.ip}").spf
        command = replace(command, domains=tuple(sorted(told)))
    if isinstance(command, RewarmIp) and views is not None:
        command = replace(command, read=counted_until(views, command.ip, effect.tenant))
    if isinstance(command, StopIp):
        command = replace(command, jobs=jobs(effect.tenant, command.ip))
    await ask(effect, command, handler)


def counted_until(views: Views, ip: IpAddr, tenant: TenantId | None) -> datetime | None:
    """The last look that found nothing more to count on its node; None: none did."""
    node = views.get(ACCOUNTING, views.get(IDLING, f"{tenant}/{ip}").node)
    return None if node.behind or node.silent_since else node.looked_at


async def ask(effect: Effect, command: Command, handler: CommandHandler) -> tuple[Event, ...]:
    """What was decided.  Raises Rejected."""
    by = By(tenant=effect.tenant, actor=ENGINE, cause=effect.key)
    return await handler.decided([Asked(command, effect.tenant)], by)
