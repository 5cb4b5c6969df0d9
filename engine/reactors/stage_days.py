"""When a stage of a warm-up is over, by what was delivered (DESIGN §4)."""

from datetime import date, datetime, timedelta

from engine.commands.ip import AdvanceStage
from engine.effects import Dispatch
from engine.projections.results import Warming
from engine.reactors.reactor import Want
from engine.rules import days, timing


def ends(view: Warming, today: date) -> date | None:
    """The day at whose beginning the stage is over, by the days before ``today``; it may be still
    to come.  None: not enough of them counted, or something holds it.
    """
    mail = view.mail
    if mail.first is None or view.holds or view.review or view.still or view.clamped:
        return None
    each = mail.each(view.day_tz, today)
    over = days.stage_ends_by_mail(mail.first, each, date.max, mail.days)
    if over is None or view.resumed_on is None:
        return over
    return max(over, view.resumed_on + timedelta(days=1))


def advance(view: Warming, now: datetime) -> Want | None:
    """The next stage, once the day before is accounted for, or was waited for long enough."""
    mail, today = view.mail, days.day_of(now, view.day_tz)
    over = ends(view, today)
    if mail.first is None or over is None or over > today:
        return None
    began = days.midnight(today, view.day_tz)
    read = mail.counted_to is not None and mail.counted_to >= began
    evidence = days.evidence_by_mail(
        mail.first,
        mail.each(view.day_tz, today),
        today,
        mail.days,
        accounting="read" if read else "waited",
    )
    step = AdvanceStage(ip=view.ip, stage=view.stage + 1, days=evidence)
    effect = Dispatch(tenant=view.tenant, command=step, cycle=view.since)
    later = [view.wait.until] if view.wait else []
    later += [] if read else [began + timing.ACCOUNTING_WAIT]
    return Want(effect, max(later, default=None))
