"""Keeps the caps of a tenant's addresses within its daily quota, and gives back what is left.

What must fall falls first and at once; what may rise waits for it, and for the midnight after
something was left over: PowerMTA and MailWizz count by the day.
"""

from datetime import datetime, timedelta

from engine.commands.ip_cap import LimitCap
from engine.effects import Dispatch
from engine.ids import IpAddr
from engine.projections.quotas import QUOTAS, Quotas, Share
from engine.reactors.reactor import Agenda, Reactor, Want, agenda
from engine.rules import days, shares

AT_ONCE = 100  # addresses; the others follow when these have been asked


def react(view: Quotas, now: datetime) -> Agenda:
    fits = view.quota is None or view.wanted <= view.quota
    if fits and not view.limited:
        return Agenda()
    sending = [(ip, one) for ip, one in view.shares() if one.want]
    level = None
    if view.quota is not None:
        level = shares.level((one.want for _, one in sending), view.quota)
    falls = [ip for ip, one in sending if one.cap > shares.within(one.want, level)]
    rises = [ip for ip, one in sending if one.cap < shares.within(one.want, level)]
    share = dict(sending)
    if view.review_since is not None:
        rises = []
    wants = [_limit(view, ip, share[ip], level) for ip in sorted(falls or rises)[:AT_ONCE]]
    at = None
    if view.freed_on is not None and not falls:
        at = days.midnight(view.freed_on + timedelta(days=1), view.day_tz)
    if view.waits is not None and not falls:
        at = max(view.waits, at or view.waits)
    return agenda([Want(one, at) for one in wants], now)


def _limit(view: Quotas, ip: IpAddr, share: Share, level: int | None) -> Dispatch:
    command = LimitCap(ip=ip, limit=level, quota=view.quota, wanted=view.wanted)
    return Dispatch(tenant=view.tenant, command=command, cycle=share.since)


QUOTA_REACTOR = Reactor(name="quotas", reads=QUOTAS, react=react)
