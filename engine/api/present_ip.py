"""A sending address as the API shows it."""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from engine.api.present_warmup import PlanShown, plan_shown
from engine.api.waits import waits_for
from engine.ids import InstanceId, IpAddr, NodeId, ServerId, TenantId, Zone
from engine.projections.ip_row import IpRow
from engine.reactors import guards
from engine.rules import listing
from engine.rules.dnsbl_catalogue import Catalogue
from engine.values.levers import Levers, PerDay
from engine.values.phase import Phase, Reason, WarmupMode


class WarmupShown(Struct, frozen=True, kw_only=True):
    mode: WarmupMode
    requested: bool
    waits_for: tuple[str, ...]
    first_day: date | None  # of the stage, in the tenant's day_tz


class Wanted(Struct, frozen=True, kw_only=True):
    """What the engine has decided; the node is told by the next rollout."""

    intake: str
    output: str
    cap: int | None
    held_until: datetime | None  # by the second limiter, whatever the output; null: it is not


class Told(Struct, frozen=True, kw_only=True):
    """What the node was told last, which may differ from what is wanted."""

    intake: str
    output: str
    cap: int | None
    at: datetime | None


class QueueShown(Struct, frozen=True, kw_only=True):
    """About what waits on the node; to the last recipient once intake is closed."""

    waiting: int  # recipients
    kb: float
    connections: int
    backing_off: int  # queues in PowerMTA's backoff mode
    failing: int  # queues that show an error
    error: str  # one of these
    empty: bool  # intake is closed, as node and MailWizz were told, and nothing waits since
    at: datetime | None  # seen


class MailServerShown(Struct, frozen=True, kw_only=True):
    """MailWizz's delivery server that sends through the address."""

    instance: InstanceId
    server_id: ServerId
    on: bool  # as MailWizz was told last


class ListsShown(Struct, frozen=True, kw_only=True):
    proved: tuple[Zone, ...]
    unproved: tuple[Zone, ...]
    refusing: tuple[Zone, ...]
    listed: tuple[Zone, ...]


class PausedShown(Struct, frozen=True, kw_only=True):
    since: datetime
    reason: str


class IpShown(Struct, frozen=True, kw_only=True):
    id: str
    address: IpAddr
    tenant: TenantId
    node: NodeId
    purpose: str
    pool: str
    hostname: str  # "" = not known yet
    given_hostname: str  # at registration; "" = by PTR
    phase: Phase
    reason: Reason | None  # of STANDBY
    paused: PausedShown | None  # by a person, beside its phase; None: it is not
    stage: int  # 0: not on the ladder
    cap: int | None  # messages a day; None: paused, or without limit
    intake: str  # "open" or "closed"
    output: str  # "paused", "per_day" or "unlimited"
    warmup: WarmupShown
    plan: PlanShown  # of its warm-up
    wanted: Wanted
    told: Told | None
    queue: QueueShown | None  # None: no look at the node has told
    server: MailServerShown | None  # None: none is claimed
    removal: Literal["asked", "withdrawn"] | None  # how far it is on its way out
    listed_by: tuple[Zone, ...]  # the lists that stopped it
    lists: ListsShown
    since: datetime | None


def known(row: IpRow, catalogue: Catalogue, now: datetime) -> IpShown | None:
    """None: it was removed."""
    return ip(row, catalogue, now) if row.ip else None


def ip(row: IpRow, catalogue: Catalogue, now: datetime) -> IpShown:
    levers = row.vmta.levers
    return IpShown(
        id=row.ip,
        address=row.ip,
        tenant=row.tenant,
        node=row.node,
        purpose=row.vmta.purpose,
        pool=f"{row.tenant}-{row.vmta.purpose}",
        hostname=row.vmta.hostname or guards.hostname(row),
        given_hostname=row.hostname,
        phase=row.phase,
        reason=row.reason,
        paused=_paused(row),
        stage=row.stage,
        cap=cap(levers),
        intake=levers.intake,
        output=output(levers),
        warmup=_warmup(row, catalogue, now),
        plan=plan_shown(row),
        wanted=Wanted(
            intake=levers.intake, output=output(levers), cap=cap(levers), held_until=row.limiter
        ),
        told=_told(row),
        queue=_queue(row),
        server=_server(row),
        removal=row.removal,
        listed_by=row.listed_by,
        lists=_lists(row),
        since=row.entered_at,
    )


def cap(levers: Levers) -> int | None:
    return levers.output.cap if isinstance(levers.output, PerDay) else None


def output(levers: Levers) -> str:
    return str(levers.output.__struct_config__.tag)


def _warmup(row: IpRow, catalogue: Catalogue, now: datetime) -> WarmupShown:
    return WarmupShown(
        mode=row.warmup,
        requested=row.requested,
        waits_for=waits_for(row, catalogue, now),
        first_day=row.first_day,
    )


def _paused(row: IpRow) -> PausedShown | None:
    paused = row.paused
    return PausedShown(since=paused.since, reason=paused.reason) if paused else None


def _told(row: IpRow) -> Told | None:
    if row.told is None:
        return None
    told = row.told
    return Told(intake=told.intake, output=output(told), cap=cap(told), at=row.told_at)


def _queue(row: IpRow) -> QueueShown | None:
    mail = row.mail
    if mail.queue is None:
        return None
    return QueueShown(
        waiting=mail.queue.waiting,
        kb=mail.queue.kb,
        connections=mail.queue.connections,
        backing_off=mail.queue.backing_off,
        failing=mail.queue.failing,
        error=mail.queue.error,
        empty=mail.empty,
        at=mail.seen_at,
    )


def _server(row: IpRow) -> MailServerShown | None:
    if row.instance is None or row.mail.server is None:
        return None
    on = row.mail.server_on
    return MailServerShown(instance=row.instance, server_id=row.mail.server, on=on)


def _lists(row: IpRow) -> ListsShown:
    return ListsShown(
        proved=row.lists.proved,
        unproved=row.lists.unproved,
        refusing=row.lists.refusing,
        listed=listing.listed_now(row.lists.standing),
    )
