"""What happens to a fleet minute by minute, month after month; the same each time."""

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from bench.fleet import LARGEST, MAIN, Fleet, Happened, Ip, Size, asked, first_day, fleet
from engine.events import Recorded
from engine.events.alert import AlertFired, AlertTold
from engine.events.dns import FcrdnsLooked
from engine.events.dnsbl import DnsblLooked
from engine.events.ip import IpStopped, StageEntered, WarmupFinished
from engine.events.mailwizz import MailwizzLooked
from engine.events.node import NodeLooked, QueuesPaused
from engine.events.rollout import RolloutEnded, RolloutPlanned
from engine.events.server import ServerPlanned, ServerTold
from engine.ids import EventId, IpAddr, Position, TenantId, Version, Zone
from engine.projections.alerts import ALERTS
from engine.reactors.alert_text import message
from engine.reactors.alerts import digest
from engine.rules import ladder
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.runtime.views import Views
from engine.values.evidence import Days, Guards
from engine.values.levers import STOPPED, Levers, PerDay
from engine.values.server import ServerRow, ServerWish
from engine.values.verdict import Answer

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY, LOOK = 24 * 60, 4 * 60  # minutes
WEEK = 7 * DAY
WISHES = 5  # of people, a tenant and day
HITS = 20_000  # looks to one listing
SORBS, ZEN = Zone("dnsbl.sorbs.net"), Zone("zen.spamhaus.org")
CLEAN = {zone: Answer("clean") for zone in DEFAULT} | {SORBS: Answer("unanswered", "unproved")}
HIT = CLEAN | {ZEN: Answer("listed", codes=("127.0.0.2",))}
GUARDS = Guards(
    hostname="mail.example.com",
    fcrdns=Position(1),
    lists=Position(1),
    proved=tuple(zone for zone in DEFAULT if zone != SORBS),
    unproved=(SORBS,),
)
DAYS = Days(first=date(2026, 1, 1), counted=7, needed=7)
QUIET = (DnsblLooked, FcrdnsLooked, MailwizzLooked, NodeLooked)  # nobody hears of these
STARTED = "2025-12-01 00:00:00"


def history(size: Size = LARGEST, start: datetime = START) -> Iterator[Happened]:
    """Without end.  People hear of every alert at once."""
    position, alerts = 0, Views([ALERTS])
    for one in _life(fleet(size), start):
        waiting = [one]
        while waiting:
            happened = waiting.pop(0)
            position += 1
            yield happened
            if not isinstance(happened.event, QUIET):
                touched = list(alerts.fold(_recorded(happened, position)))
                waiting += _told(alerts, (key for _, key in touched), happened)


def _recorded(one: Happened, position: int) -> Recorded[Any]:
    return Recorded(
        position=Position(position),
        stream=one.stream,
        version=Version(1),
        id=EventId(""),
        at=one.at,
        tenant=one.tenant,
        actor=one.actor,
        cause="",
        event=one.event,
    )


def _told(alerts: Views, keys: Iterable[str], last: Happened) -> Iterator[Happened]:
    for key in keys:
        view = alerts.get(ALERTS, key)
        stream = f"alert-{view.id}"
        if view.episode and not view.telling.recorded:
            fired = AlertFired(alert=view.id, severity=view.severity)
            yield Happened(last.at, stream, last.tenant, fired)
        elif view.episode and view.telling.text != digest(message(view)):
            told = AlertTold(alert=view.id, text=digest(message(view)), messages={"-100": 17})
            yield Happened(last.at, stream, last.tenant, told)


def _life(known: Fleet, start: datetime) -> Iterator[Happened]:
    yield from first_day(known, start)
    chance, minute = random.Random(7), 0
    while True:
        minute += 1
        at = start + timedelta(minutes=minute)
        for node in known.nodes:
            looked = NodeLooked(node=node, paused=(), started=STARTED, version="5.0r1")
            yield Happened(at, f"node-{node}", None, looked)
        for one in known.ips[minute % LOOK :: LOOK]:
            yield from _listings(one, at, f"r-{minute}", hit=not chance.randrange(HITS))
        for one in known.ips[minute % DAY :: DAY]:
            seen = FcrdnsLooked(ip=one.ip, names=(one.hostname,), confirmed=(one.hostname,))
            yield Happened(at, f"dns-{one.ip}", one.tenant, seen)
        for turn, (tenant, own) in enumerate(known.tenants.items()):
            yield from _of_tenant(tenant, own, at, minute - turn)


def _of_tenant(
    tenant: TenantId, own: Sequence[Ip], at: datetime, minute: int
) -> Iterator[Happened]:
    """Tenants take turns, so that they do not all do the same in one minute."""
    week, rest = divmod(minute, WEEK)
    if rest == 1 and 0 <= week <= len(ladder.LADDER):
        yield from _stage(tenant, own, at, week + 1)
    if minute % DAY == 0 and minute > 0:
        rows = {one.ip: _row(one, _levers(week + 1)) for one in own}
        looked = MailwizzLooked(instance=MAIN, ips=tuple(rows), rows=rows)
        yield Happened(at, f"mailwizz-{MAIN}", tenant, looked)
    if minute % (DAY // WISHES) == 0:
        yield asked(tenant, at, f"{tenant}-{minute}")


def _levers(week: int) -> Levers:
    return ladder.active() if week > len(ladder.LADDER) else ladder.levers(week)


def _row(one: Ip, levers: Levers) -> ServerRow:
    daily = levers.output.cap if isinstance(levers.output, PerDay) else 0
    return ServerRow(one.server, one.hostname, "active", daily, daily // 5)


def _stage(tenant: TenantId, own: Sequence[Ip], at: datetime, week: int) -> Iterator[Happened]:
    """A week's step of all of a tenant's addresses."""
    levers = _levers(week)
    for one in own:
        given = {"ip": one.ip, "node": one.node, "vmta": one.vmta(levers)}
        evidence = GUARDS if week == 1 else DAYS
        step = (
            WarmupFinished(**given, evidence=DAYS)  # type: ignore[arg-type]
            if week > len(ladder.LADDER)
            else StageEntered(**given, stage=week, evidence=evidence)  # type: ignore[arg-type]
        )
        yield Happened(at, f"ip-{one.ip}", tenant, step)
    yield from _rollout(own, dict.fromkeys((one.ip for one in own), levers), at)
    for one in own:
        wish = ServerWish(on=True, daily=_row(one, levers).daily)
        yield from _tell(one, wish, _row(one, levers), at)


def _listings(one: Ip, at: datetime, round: str, *, hit: bool) -> Iterator[Happened]:
    looked = DnsblLooked(ip=one.ip, round=round, answers=HIT if hit else CLEAN, catalogue=1)
    yield Happened(at, f"dnsbl-{one.ip}", one.tenant, looked)
    if not hit:
        return
    stopped = IpStopped(
        ip=one.ip,
        node=one.node,
        vmta=one.vmta(STOPPED),
        zones={ZEN: ("127.0.0.2",)},
        looked=Position(1),
        at=at,
        earlier=0,
    )
    yield Happened(at, f"ip-{one.ip}", one.tenant, stopped)
    paused = QueuesPaused(node=one.node, ip=one.ip, cycle=Position(1))
    yield Happened(at, f"node-{one.node}", one.tenant, paused)
    yield from _rollout([one], {one.ip: STOPPED}, at)
    row = ServerRow(one.server, one.hostname, "disabled", 50, 10)
    yield from _tell(one, ServerWish(on=False, daily=None), row, at)


def _rollout(own: Sequence[Ip], levers: dict[IpAddr, Levers], at: datetime) -> Iterator[Happened]:
    node, tenant = own[0].node, own[0].tenant
    wanted = {one.ip: one.vmta(levers[one.ip]) for one in own}
    name = sha256(f"{tenant}{at}".encode()).hexdigest()
    planned = RolloutPlanned(node=node, vmtas=wanted, digest=name, before="")
    for event in (planned, RolloutEnded(node=node, ending="done", changed=levers)):
        yield Happened(at, f"rollout-{node}/{tenant}", tenant, event)


def _tell(one: Ip, wish: ServerWish, row: ServerRow, at: datetime) -> Iterator[Happened]:
    for event in (ServerPlanned(ip=one.ip, wish=wish), ServerTold(ip=one.ip, wish=wish, row=row)):
        yield Happened(at, f"server-{one.ip}", one.tenant, event)
