"""What people must know, and how far they have been told.

One view per tenant, alert and subject.  Each time it fires anew is an episode with a message of
its own; within one, the message is edited with every outcome.
"""

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.alert import AlertResolved, AlertSilenced
from engine.events.ip_removal import IpRemoved
from engine.ids import AlertId, IpAddr, TenantId
from engine.projections import alert_causes, alert_engine, alert_removal, alert_told
from engine.projections.alert_change import Change
from engine.projections.alert_told import OWN, Telling
from engine.projections.projection import Projection
from engine.values.alert import Severity
from engine.values.retry import Work

LATE = timedelta(hours=1)  # an end that was over so long before it was recorded is no news
FLAP = timedelta(minutes=10)  # what fires anew so soon after it was over is the same trouble


class Alert(Struct, frozen=True, gc=False):
    key: str = ""  # "<tenant or ->/<name>/<subject>"
    tenant: TenantId | None = None
    name: str = ""
    subject: str = ""
    severity: Severity = "info"
    title: str = ""
    facts: dict[str, str] = {}  # label -> text, in the order they are read
    episode: int = 0  # 0: never fired
    firing: bool = False
    since: datetime | None = None
    lasts: bool = False  # it fires until something ends it; others only inform
    over_at: datetime | None = None  # when that ended it
    silenced_until: datetime | None = None  # outlives the episode
    telling: Telling = Telling()
    doubts: int = 0  # what led to it happened so often in a row
    offered: tuple[IpAddr, ...] = ()  # addresses that a person may release because of it
    again: int = 0  # so often in a row it fired anew soon after it was over
    lull: timedelta = timedelta()  # so long it must be over before that is believed

    @property
    def id(self) -> AlertId:
        return AlertId(f"{self.key}#{self.episode}")


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    event = recorded.event
    if isinstance(event, OWN):
        return (event.alert.rsplit("#", 1)[0],)
    own = isinstance(event, alert_engine.CAUSES)  # the platform's to hear, whoever's event it is
    whose = "-" if own or recorded.tenant is None else recorded.tenant
    return tuple(f"{whose}/{name}/{subject}" for name, subject in alert_causes.of(event))


def evolve(view: Alert, recorded: Recorded[Event]) -> Alert:
    event = recorded.event
    if isinstance(event, OWN):
        return _told(view, event, recorded)
    if isinstance(event, IpRemoved):
        return _changed(view, alert_removal.CHANGE, recorded)
    change = alert_causes.change(view.facts, view.name, view.subject, recorded)
    return _changed(view, change, recorded)


def named(view: Alert, key: str) -> Alert:
    slug, name, subject = key.split("/", 2)
    tenant = None if slug == "-" else TenantId(slug)
    return replace(view, key=key, tenant=tenant, name=name, subject=subject)


def _changed(view: Alert, change: Change, recorded: Recorded[Event]) -> Alert:
    doubts = view.doubts + 1 if change.doubt else (0 if change.clears else view.doubts)
    if doubts != view.doubts:  # most events change nothing
        view = replace(view, doubts=doubts)
    fires = change.fires and (not change.doubt or doubts >= alert_causes.DOUBTS_MAX)
    if fires and _rests(view, recorded.at):
        return replace(view, facts=change.facts, firing=True, over_at=None, again=view.again + 1)
    if fires and (not view.firing or change.anew):
        return _fired(view, change, recorded)
    if not view.episode or not (view.firing or change.late):
        return view
    over_at = recorded.at if view.firing and change.clears else view.over_at
    firing = view.firing and not change.clears
    return replace(view, facts=view.facts | change.facts, firing=firing, over_at=over_at)


def _rests(view: Alert, at: datetime) -> bool:
    """It was over for so short a time that nobody was told: the same episode goes on."""
    if view.firing or view.over_at is None or view.telling.resolved:
        return False
    return at - view.over_at < view.lull


def _fired(view: Alert, change: Change, recorded: Recorded[Event]) -> Alert:
    """What fires again while it fires, or soon after it was over, is told beneath what was told of
    it before.
    """
    flaps = view.over_at is not None and recorded.at - view.over_at <= FLAP
    stands = view.telling.messages or view.telling.beneath
    return replace(
        view,
        severity=change.severity,
        title=change.title,
        facts=change.facts,
        episode=view.episode + 1,
        firing=not change.over,
        lasts=not change.over,
        since=recorded.at,
        over_at=None,
        offered=change.offered,
        again=view.again + 1 if flaps else 0,
        lull=change.lull,
        telling=Telling(
            beneath=stands if flaps or view.firing else {}, work=Work(recorded.position)
        ),
    )


def _told(view: Alert, event: Any, recorded: Recorded[Event]) -> Alert:
    if event.alert != view.id:
        return view
    if isinstance(event, AlertSilenced):
        return replace(view, silenced_until=event.until)
    telling = alert_told.after(view.telling, recorded)
    if isinstance(event, AlertResolved) and not _is_news(view, recorded.at):
        telling = replace(telling, round="resolved")
    return replace(view, telling=telling)


def _is_news(view: Alert, at: datetime) -> bool:
    """An end that nobody wants to hear of is only shown where the alert itself was told."""
    silenced = view.silenced_until is not None and at < view.silenced_until
    late = view.over_at is None or at - view.over_at > LATE
    return not (silenced or late or view.severity == "info")


ALERTS = Projection(
    name="alerts",
    folds=(*OWN, *alert_causes.CAUSES),
    keys=keys,
    initial=Alert(),
    evolve=evolve,
    named=named,
    tenant=lambda view: view.tenant,
    columns=lambda view: {
        "name": view.name,
        "severity": view.severity,
        "state": "firing" if view.firing else "over",
    },
    version=7,
)
