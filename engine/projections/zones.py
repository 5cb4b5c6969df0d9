"""How each block list itself is: a platform view."""

from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.ip import IpStopped
from engine.events.ip_listing import SuspicionLifted
from engine.events.ip_removal import IpRemoved
from engine.events.zone import SuspicionEnded, ZoneAsked, ZoneHealthChanged, ZoneSuspected
from engine.ids import IpAddr, TenantId, Zone
from engine.projections.projection import Projection
from engine.rules.looking import DEAD_FOR, STANDS
from engine.values.verdict import Health

STOPS_MAX = 200  # kept of those lately stopped by one zone


class Stop(Struct, frozen=True, gc=False):
    at: datetime
    tenant: TenantId
    ip: IpAddr


class Counts(Struct, frozen=True, gc=False):
    """Answers about addresses, ever since the first."""

    clean: int = 0
    listed: int = 0
    refused: int = 0
    unanswered: int = 0


class ZoneView(Struct, frozen=True, gc=False):
    zone: Zone = Zone("")
    health: Health | None = None  # None: never asked
    since: datetime | None = None
    dead_since: datetime | None = None  # silence meanwhile disproves nothing
    why: str = ""
    asked_at: datetime | None = None  # the last round that had a question for it
    day: date | None = None  # in UTC
    questions: int = 0  # on that day
    skipped: int = 0  # addresses, on that day
    counts: Counts = Counts()
    suspected_since: datetime | None = None
    suspicion: str = ""  # what it rests on
    trusted_at: datetime | None = None  # when an admin said that it is to be believed
    stops: tuple[Stop, ...] = ()  # by it, in the 4 h before the last of them


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    event = recorded.event
    return tuple(event.zones) if isinstance(event, IpStopped | IpRemoved) else (event.zone,)


def named(view: ZoneView, key: str) -> ZoneView:
    return replace(view, zone=Zone(key))


def evolve(view: ZoneView, recorded: Recorded[Event]) -> ZoneView:
    at = recorded.at
    match recorded.event:
        case ZoneAsked() as asked:
            return _asked(view, asked, at)
        case ZoneHealthChanged(health=health, why=why):
            dead = _dead_since(view, health, at)
            return replace(view, health=health, since=at, why=why, dead_since=dead)
        case ZoneSuspected(asked=asked, hits=hits):
            said = f"{hits} new hits among {asked} addresses in one round"
            return replace(view, suspected_since=view.suspected_since or at, suspicion=said)
        case SuspicionEnded():
            return replace(view, suspected_since=None, suspicion="")
        case SuspicionLifted():
            return replace(view, trusted_at=at)
        case IpStopped(ip=ip) if recorded.tenant:
            lately = tuple(one for one in view.stops if at - one.at <= STANDS)
            stops = (*lately, Stop(at, recorded.tenant, ip))
            return replace(view, stops=stops[-STOPS_MAX:])
        case IpRemoved(ip=ip):
            return replace(view, stops=tuple(one for one in view.stops if one.ip != ip))
        case _:
            return view


def _dead_since(view: ZoneView, health: Health, at: datetime) -> datetime | None:
    if health == "dead":
        return view.dead_since or at
    return view.dead_since if health == "silent" else None


def _asked(view: ZoneView, asked: ZoneAsked, at: datetime) -> ZoneView:
    today = view.day == at.date()
    return replace(
        view,
        asked_at=at,
        day=at.date(),
        questions=asked.questions + (view.questions if today else 0),
        skipped=asked.skipped + (view.skipped if today else 0),
        counts=Counts(
            view.counts.clean + asked.clean,
            view.counts.listed + asked.listed,
            view.counts.refused + asked.refused,
            view.counts.unanswered + asked.unanswered,
        ),
    )


def gone(view: ZoneView, now: datetime) -> bool:
    """Dead for so long that what it said last is worth nothing."""
    return view.dead_since is not None and now - view.dead_since >= DEAD_FOR


def trusted(view: ZoneView, now: datetime) -> bool:
    """An admin's word holds as long as a hit must stand that nobody vouched for."""
    return view.trusted_at is not None and now - view.trusted_at < STANDS


def stopped_lately(view: ZoneView, now: datetime, span: timedelta = STANDS) -> tuple[Stop, ...]:
    return tuple(one for one in view.stops if now - one.at <= span)


ZONES = Projection(
    name="zones",
    folds=(
        *(ZoneHealthChanged, ZoneAsked, ZoneSuspected, SuspicionEnded),
        *(SuspicionLifted, IpStopped, IpRemoved),
    ),
    keys=keys,
    initial=ZoneView(),
    named=named,
    evolve=evolve,
    columns=lambda view: {"health": view.health},
    version=3,
)
