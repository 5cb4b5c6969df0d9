"""Each tenant's daily quota, and what its addresses take of it."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, get_args

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.ip import (
    IpRegistered,
    IpStopped,
    LeverEvent,
    StageEntered,
    WarmupFinished,
    WarmupRequested,
)
from engine.events.ip_cap import CapLimited, RaiseWaits
from engine.events.ip_listing import StopReleased
from engine.events.ip_pause import PauseEnded
from engine.events.ip_removal import IpRemoved
from engine.events.ip_suspension import SuspensionEnded
from engine.events.ip_warmup import (
    RewarmBegan,
    StageSkipped,
    WarmupPaused,
    WarmupResumed,
    WarmupSteppedBack,
)
from engine.events.tenant import (
    PoolExhausted,
    PoolRefilled,
    ReviewBegan,
    ReviewEnded,
    TenantChanged,
    TenantCreated,
)
from engine.events.tenant_suspension import TenantResumed, TenantSuspended
from engine.ids import IpAddr, Position, TenantId
from engine.projections import shelves
from engine.projections.projection import Projection, whole_tenant
from engine.rules import days, ladder
from engine.rules.review import LISTINGS_WITHIN
from engine.rules.warmup.plans import DEFAULT_PLAN
from engine.values.phase import Phase
from engine.values.plan import Plan
from engine.values.review import Halt

LEVERS = get_args(LeverEvent)
HALTS_MAX = 20  # or as many as still send: half of a larger fleet is more


class Share(Struct, frozen=True, gc=False):
    """One address; messages a day, 0 while nothing goes out."""

    want: int = 0  # by its ladder
    cap: int = 0  # as it is
    stage: int = 0
    plan: Plan = DEFAULT_PLAN
    falls: bool = False  # it retires, and gets no more than it has
    pool: str = ""  # its purpose, while it takes mail in
    since: Position = Position(0)


class Quotas(Struct, frozen=True, gc=False):
    tenant: TenantId = TenantId("")
    day_tz: str = "UTC"
    quota: int | None = None  # messages a day; None: unlimited
    since: Position = Position(0)  # the event that set it
    addresses: int = 0
    wanted: int = 0  # the sum of what its addresses want
    given: int = 0  # the sum of their caps
    limited: int = 0  # how many get less than they want
    freed_on: date | None = None  # the last day on which something was left over
    sending: int = 0  # how many addresses have a cap
    pools: dict[str, int] = {}  # by purpose: how many addresses take mail in
    exhausted: tuple[str, ...] = ()  # those of which people were told that none does
    moved: Position = Position(0)  # the last event that moved an address
    halts: dict[IpAddr, Halt] = {}  # of the last days, as many as a review may be about
    halted: Position = Position(0)  # the last of them
    review_since: datetime | None = None
    suspended: bool = False
    waits: datetime | None = None  # until then its raises wait for midnights
    shelves: dict[int, dict[IpAddr, Share]] = {}

    def shares(self) -> Iterator[tuple[IpAddr, Share]]:
        return shelves.every(self.shelves)

    def knows(self, ip: IpAddr) -> bool:
        return shelves.found(self.shelves, ip) is not None


def named(view: Quotas, key: str) -> Quotas:
    return replace(view, tenant=TenantId(key))


def evolve(view: Quotas, recorded: Recorded[Event]) -> Quotas:
    match recorded.event:
        case TenantCreated(quota=quota, day_tz=day_tz):
            return _given(replace(view, day_tz=day_tz), quota, recorded)
        case TenantChanged(quota=quota):
            return view if quota == view.quota else _given(view, quota, recorded)
        case ReviewBegan():
            return replace(view, review_since=recorded.at)
        case ReviewEnded():
            return replace(view, review_since=None, halts={})
        case TenantSuspended() | TenantResumed() as event:
            return replace(view, suspended=isinstance(event, TenantSuspended))
        case PoolExhausted(purpose=purpose):
            return replace(view, exhausted=tuple(sorted({*view.exhausted, purpose})))
        case PoolRefilled(purpose=purpose):
            return replace(view, exhausted=tuple(one for one in view.exhausted if one != purpose))
        case WarmupRequested(ip=ip, plan=plan):
            share = _share(view, ip)
            return _with(view, ip, replace(share, plan=plan or share.plan))
        case IpRemoved(ip=ip) if view.knows(ip):
            view = _with(view, ip, Share())
            left = shelves.without(view.shelves, ip)
            return replace(view, addresses=view.addresses - 1, shelves=left)
        case RaiseWaits(wait=wait):
            return replace(view, waits=max(wait.until, view.waits or wait.until))
        case event if isinstance(event, LEVERS):
            return _moved(view, event, recorded)
        case _:
            return view


def _given(view: Quotas, quota: int | None, recorded: Recorded[Event]) -> Quotas:
    freed = view.quota is not None and (quota is None or quota > view.quota)
    after = replace(view, quota=quota, since=recorded.position)
    return _freed(after, recorded) if freed else after


def _freed(view: Quotas, recorded: Recorded[Event]) -> Quotas:
    return replace(view, freed_on=days.day_of(recorded.at, view.day_tz))


def _moved(view: Quotas, event: Any, recorded: Recorded[Event]) -> Quotas:
    if isinstance(event, IpRegistered):
        view = replace(view, addresses=view.addresses + (not view.knows(event.ip)))
        return _with(view, event.ip, Share(since=recorded.position))
    before = _share(view, event.ip)
    after = _after(replace(before, since=recorded.position), event)
    open_ = event.vmta.levers.intake == "open" and after.cap > 0
    after = replace(after, pool=event.vmta.purpose if open_ else "")
    view = replace(_with(view, event.ip, after), moved=recorded.position)
    moved = _halted(view, event, before, recorded)
    return _freed(moved, recorded) if after.want < before.want else moved


def _halted(view: Quotas, event: Any, before: Share, recorded: Recorded[Event]) -> Quotas:
    """A person's quarantine is no sign of trouble that the person does not know."""
    ip, at = event.ip, recorded.at
    if isinstance(event, IpStopped | WarmupPaused):
        halt = _halt(view.halts.get(ip), event, at, sent=before.cap > 0)
        kept = {one: known for one, known in view.halts.items() if one != ip}
        recent = {one: known for one, known in kept.items() if at - known.last <= LISTINGS_WITHIN}
        halts = dict([*recent.items(), (ip, halt)][-max(HALTS_MAX, view.sending) :])
        return replace(view, halts=halts, halted=recorded.position)
    known = view.halts.get(ip)
    if known is None or not known.sent or not event.vmta.levers.cap:
        return view
    return replace(view, halts=view.halts | {ip: replace(known, sent=False)})


def _halt(before: Halt | None, event: Any, at: datetime, *, sent: bool) -> Halt:
    """What stands still already is stopped anew, and has not sent since."""
    listed_at = at if isinstance(event, IpStopped) else before.listed_at if before else None
    if before is not None and before.sent and not sent:
        return replace(before, listed_at=listed_at)
    return Halt(at, listed_at, sent=sent)


def _after(share: Share, event: Any) -> Share:
    """What it wants, were there no quota."""
    cap = event.vmta.levers.cap
    match event:
        case SuspensionEnded() | PauseEnded():
            return _again(share, event, cap)
        case CapLimited():
            return replace(share, cap=cap, want=cap if share.falls else share.want)
        case StageEntered(stage=stage, plan=plan):
            return _at(replace(share, plan=plan or share.plan), stage, cap)
        case WarmupFinished():
            return _active(share, cap)
        case StopReleased(phase=Phase.ACTIVE, plan=plan):
            return _active(replace(share, plan=plan or share.plan), cap)
        case StageSkipped(stage=stage) | WarmupSteppedBack(stage=stage) | RewarmBegan(stage=stage):
            return _at(share, stage, cap)
        case StopReleased(stage=stage, phase=Phase.WARMING, plan=plan):
            return _at(replace(share, plan=plan or share.plan), stage, cap)
        case WarmupResumed():
            return _at(share, share.stage, cap)
        case _:
            return _falling(share, cap)


def _again(share: Share, ended: SuspensionEnded | PauseEnded, cap: int) -> Share:
    """Another reason to stand still may be left."""
    match ended.phase:
        case Phase.WARMING:
            return _at(share, ended.stage, cap)
        case Phase.ACTIVE if cap:
            return _active(share, cap)
        case _:
            return _falling(share, cap)


def _active(share: Share, cap: int) -> Share:
    return replace(share, cap=cap, want=ladder.active(share.plan).cap, falls=False)


def _falling(share: Share, cap: int) -> Share:
    return replace(share, cap=cap, want=cap, falls=True)


def _at(share: Share, stage: int, cap: int) -> Share:
    """One that is paused wants nothing."""
    want = ladder.levers(stage, share.plan).cap if cap and stage else 0
    return replace(share, stage=stage, cap=cap, want=want, falls=False)


def _share(view: Quotas, ip: IpAddr) -> Share:
    return shelves.found(view.shelves, ip) or Share()


def _with(view: Quotas, ip: IpAddr, share: Share) -> Quotas:
    before = _share(view, ip)
    return replace(
        view,
        wanted=view.wanted + share.want - before.want,
        given=view.given + share.cap - before.cap,
        limited=view.limited + (share.cap < share.want) - (before.cap < before.want),
        sending=view.sending + (share.cap > 0) - (before.cap > 0),
        pools=_pools(view.pools, before.pool, share.pool),
        shelves=shelves.put(view.shelves, ip, share),
    )


def _pools(pools: dict[str, int], left: str, joined: str) -> dict[str, int]:
    """One that has no address any more is still known."""
    if left == joined:
        return pools
    fewer = {left: pools.get(left, 0) - 1} if left else {}
    more = {joined: pools.get(joined, 0) + 1} if joined else {}
    return pools | fewer | more


QUOTAS = Projection(
    name="quotas",
    folds=(
        *(TenantCreated, TenantChanged, ReviewBegan, ReviewEnded, PoolExhausted, PoolRefilled),
        *(WarmupRequested, IpRemoved, RaiseWaits, TenantSuspended, TenantResumed, *LEVERS),
    ),
    keys=whole_tenant,
    initial=Quotas(),
    evolve=evolve,
    named=named,
    tenant=lambda view: view.tenant,
    version=2,
)
