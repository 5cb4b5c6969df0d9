"""Asking a decider, in the engine's own name."""

from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from engine.commands import By, Command
from engine.commands.ip import StopIp
from engine.effects import Dispatch, Effect
from engine.ids import IpAddr, TenantId
from engine.projections.traffic import TRAFFIC_VIEW
from engine.rules import days, jobs_behind
from engine.runtime.command_handler import Asked, CommandHandler
from engine.runtime.notes import ENGINE
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
        return jobs_behind.ranked(mail.jobs, days.day_of(now() - jobs_behind.HOURS, mail.day_tz))

    return found


async def dispatch(effect: Dispatch, *, handler: CommandHandler, jobs: Behind = nobody) -> None:
    """A stop by a list names the jobs behind it, as far as its traffic tells."""
    command = effect.command
    if isinstance(command, StopIp):
        command = replace(command, jobs=jobs(effect.tenant, command.ip))
    await ask(effect, command, handler)


async def ask(effect: Effect, command: Command, handler: CommandHandler) -> None:
    """Raises Rejected."""
    by = By(tenant=effect.tenant, actor=ENGINE, cause=effect.key)
    await handler.handle([Asked(command, effect.tenant)], by)
