"""Pauses what tried to send more than its cap, by the engine's own count, until the day turns.

PowerMTA's rate is the first limiter; this one holds where that was set wrongly, or not obeyed.
"""

from datetime import datetime, timedelta

from engine.commands.ip_limiter import EndLimiter, IpLimiterCommand, PauseByLimiter
from engine.effects import Dispatch
from engine.projections.limits import LIMITS, Limits
from engine.reactors.reactor import Agenda, Reactor, Want, agenda
from engine.rules import midnights

PERCENT = 110  # of the day's cap


def react(view: Limits, now: datetime) -> Agenda:
    if view.until is not None:
        return agenda([_want(view, EndLimiter(ip=view.ip), view.until)], now)
    attempts = view.day(now) if view.cap is not None else 0
    if view.cap is None or attempts * 100 <= view.cap * PERCENT:
        return Agenda()
    tomorrow = now.astimezone(midnights.zone(view.zone)).date() + timedelta(days=1)
    until = midnights.midnight(tomorrow, view.zone)
    pause = PauseByLimiter(ip=view.ip, attempts=attempts, cap=view.cap, until=until)
    return agenda([_want(view, pause, None)], now)


def _want(view: Limits, command: IpLimiterCommand, at: datetime | None) -> Want:
    return Want(Dispatch(tenant=view.tenant, command=command, cycle=view.since), at)


LIMITER = Reactor(name="limiter", reads=LIMITS, react=react)
