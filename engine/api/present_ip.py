"""A sending address as the API shows it."""

from datetime import date, datetime

from msgspec import Struct

from engine.api.waits import waits_for
from engine.ids import IpAddr, NodeId, TenantId, Zone
from engine.projections.ips import IpRow
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


class Told(Struct, frozen=True, kw_only=True):
    """What the node was told last, which may differ from what is wanted."""

    intake: str
    output: str
    cap: int | None
    at: datetime | None


class ListsShown(Struct, frozen=True, kw_only=True):
    proved: tuple[Zone, ...]
    unproved: tuple[Zone, ...]
    refusing: tuple[Zone, ...]
    listed: tuple[Zone, ...]


class IpShown(Struct, frozen=True, kw_only=True):
    id: str
    address: IpAddr
    tenant: TenantId
    node: NodeId
    purpose: str
    pool: str
    hostname: str  # "" = not known yet
    phase: Phase
    reason: Reason | None  # of STANDBY
    stage: int  # 0: not on the ladder
    cap: int | None  # messages a day; None: paused, or without limit
    intake: str  # "open" or "closed"
    output: str  # "paused", "per_day" or "unlimited"
    warmup: WarmupShown
    told: Told | None
    listed_by: tuple[Zone, ...]  # the lists that stopped it
    lists: ListsShown
    since: datetime | None


def ip(row: IpRow, catalogue: Catalogue) -> IpShown:
    levers = row.vmta.levers
    return IpShown(
        id=row.ip,
        address=row.ip,
        tenant=row.tenant,
        node=row.node,
        purpose=row.vmta.purpose,
        pool=f"{row.tenant}-{row.vmta.purpose}",
        hostname=row.vmta.hostname or guards.hostname(row),
        phase=row.phase,
        reason=row.reason,
        stage=row.stage,
        cap=cap(levers),
        intake=levers.intake,
        output=output(levers),
        warmup=_warmup(row, catalogue),
        told=_told(row),
        listed_by=row.listed_by,
        lists=_lists(row),
        since=row.entered_at,
    )


def cap(levers: Levers) -> int | None:
    return levers.output.cap if isinstance(levers.output, PerDay) else None


def output(levers: Levers) -> str:
    return str(levers.output.__struct_config__.tag)


def _warmup(row: IpRow, catalogue: Catalogue) -> WarmupShown:
    return WarmupShown(
        mode=row.warmup,
        requested=row.requested,
        waits_for=waits_for(row, catalogue),
        first_day=row.first_day,
    )


def _told(row: IpRow) -> Told | None:
    if row.told is None:
        return None
    told = row.told
    return Told(intake=told.intake, output=output(told), cap=cap(told), at=row.told_at)


def _lists(row: IpRow) -> ListsShown:
    return ListsShown(
        proved=row.lists.proved,
        unproved=row.lists.unproved,
        refusing=row.lists.refusing,
        listed=listing.listed_now(row.lists.standing),
    )
