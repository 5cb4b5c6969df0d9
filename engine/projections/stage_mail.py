"""What the days of a warm-up stage count by: what went out, and which caps were told."""

from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from engine.events.traffic import TrafficCounted
from engine.ids import IpAddr
from engine.rules import caps_told, days
from engine.rules.caps_told import By, Told
from engine.rules.days import DayMail
from engine.rules.ladder import STAGE_DAYS
from engine.values.levers import Levers, Paused, PerDay
from engine.values.plan import DayRule
from engine.values.server import ServerWish
from engine.values.traffic import Counts

DAYS_MAX = 40  # with mail, of one stage, which takes at most 30


class StageMail(Struct, frozen=True, gc=False):
    days: int = STAGE_DAYS  # it takes so many, of which enough must count
    rule: DayRule = "default"  # which of them count
    first: date | None = None  # of them, in the tenant's day_tz
    begun: datetime | None = None
    told: tuple[Told, ...] = ()  # oldest first
    by_day: dict[date, Counts] = {}  # those with mail
    counted_to: datetime | None = None  # beginning of the last hour of which anything was counted

    def each(self, day_tz: str, today: date) -> Mapping[date, DayMail]:
        """The days that are over and had a cap."""
        begun = self.begun
        if begun is None:
            return {}
        caps = {
            day: caps_told.in_force(self.told, begun, day, day_tz)
            for day in self.by_day
            if day < today
        }
        return {
            day: DayMail(
                delivered=self.by_day[day].delivered,
                cap=cap,
                waiting=days.waiting_at_most(self.by_day[day]),
                rule=self.rule,
            )
            for day, cap in caps.items()
            if cap is not None
        }


def begun(mail: StageMail, at: datetime, day_tz: str) -> StageMail:
    first = days.day_of(at, day_tz)
    return replace(
        mail,
        first=first,
        begun=at,
        told=caps_told.since(mail.told, at),
        by_day={day: one for day, one in mail.by_day.items() if day >= first},
    )


def node_told(mail: StageMail, levers: Levers, at: datetime) -> StageMail:
    match levers.output:
        case PerDay(cap=cap):
            return _told(mail, "node", cap, at)
        case Paused():
            return _told(mail, "node", 0, at)
        case _:
            return _told(mail, "node", None, at)


def server_told(mail: StageMail, wish: ServerWish, at: datetime) -> StageMail:
    """One that is off lets nothing in, which says nothing of what may go out."""
    return _told(mail, "server", wish.daily if wish.on else None, at)


def paused(mail: StageMail, at: datetime) -> StageMail:
    return _told(mail, "pause", 0, at)


def resumed(mail: StageMail, at: datetime) -> StageMail:
    return _told(mail, "pause", None, at)


def _told(mail: StageMail, by: By, cap: int | None, at: datetime) -> StageMail:
    return replace(mail, told=caps_told.heard(mail.told, Told(by, at, cap)))


def counted(
    mail: StageMail, event: TrafficCounted, ip: IpAddr, day_tz: str, at: datetime
) -> StageMail:
    """Late rows count for the day of their time stamps, and those of a stage before for none."""
    by_day, last = dict(mail.by_day), mail.counted_to
    for hour, of_hour in event.hours.items():
        if ip not in of_hour:
            continue
        if hour <= at:  # a clock that is ahead tells nothing of what was read
            last = hour if last is None else max(last, hour)
        day = days.day_of(hour, day_tz)
        if mail.first is not None and day >= mail.first:
            by_day[day] = sum(of_hour[ip].values(), by_day.get(day, Counts()))
    kept = {day: by_day[day] for day in sorted(by_day)[-DAYS_MAX:]}
    return replace(mail, by_day=kept, counted_to=last)
