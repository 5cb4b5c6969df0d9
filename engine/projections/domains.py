"""The domains that tenants send from: what is certain of each, and when it is looked at again."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.dns import DomainDropped, DomainValidated
from engine.events.domain import (
    DomainChanged,
    DomainCheckAsked,
    DomainRegistered,
    DomainRemoved,
)
from engine.events.ip import IpRegistered
from engine.events.ip_removal import IpRemoved
from engine.ids import IpAddr, Position, TenantId
from engine.projections.projection import Projection, of_tenant
from engine.rules import domain_standing
from engine.rules.domain_standing import Standing
from engine.values.domain_report import DomainReport
from engine.values.retry import Retry
from engine.values.sending_domain import Beside, PartName, Setup
from engine.values.status import Status

HISTORY_MAX = 30  # changes; all of them are in the log


class LastLook(Struct, frozen=True, gc=False):
    at: datetime
    position: Position
    cycle: Position  # what it was an answer to
    report: DomainReport
    beside: Beside
    resolver: str
    queries: int
    took_ms: int


class Change(Struct, frozen=True, gc=False):
    """How the parts stood from ``at`` on; kept when validity or records became others."""

    at: datetime
    valid: dict[PartName, bool]
    records: dict[PartName, tuple[str, ...]]


class Domain(Struct, frozen=True, gc=False):
    domain: str = ""
    tenant: TenantId = TenantId("")
    setup: Setup | None = None  # None: it is not registered (any more)
    registered_at: datetime | None = None
    ips: tuple[IpAddr, ...] = ()  # that were told of it
    since: Position = Position(0)  # what made the next look necessary
    due: bool = False  # it is wanted now: something changed, or somebody asked
    last: LastLook | None = None
    definite: dict[PartName, Standing] = {}
    failing: dict[PartName, datetime] = {}  # believed, and since when
    silent_since: datetime | None = None  # not all parts could be told in any look since
    retry: Retry = Retry()  # while they cannot
    history: tuple[Change, ...] = ()  # the newest last

    @property
    def status(self) -> Status:
        """By what is certain; the last report may know less."""
        if any(not one.valid for one in self.definite.values()):
            return "error"
        if self.last is None or not self.definite:
            return "unknown"
        return "warning" if self.last.report.status == "warning" else "ok"


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    event = recorded.event
    of_ip = isinstance(event, IpRegistered | IpRemoved)
    names = event.domains if of_ip else (event.domain,)
    return tuple(key for name in names for key in of_tenant(recorded, name))


def evolve(view: Domain, recorded: Recorded[Event]) -> Domain:
    match recorded.event:
        case DomainRegistered(domain=domain, setup=setup):
            return _wanted(_registered(view, domain, setup, recorded), recorded)
        case DomainChanged(setup=setup):
            return _wanted(replace(view, setup=setup), recorded)
        case DomainCheckAsked():
            return _wanted(view, recorded)
        case DomainRemoved():
            gone = replace(view, setup=None, definite={}, failing={}, silent_since=None)
            return _wanted(replace(gone, last=None, history=()), recorded)
        case IpRegistered(ip=ip):
            return _wanted(replace(view, ips=_with(view.ips, (ip,))), recorded)
        case IpRemoved(ip=ip):
            return _dropped(view, {ip})
        case DomainDropped(ips=ips):
            return _dropped(view, set(ips))
        case DomainValidated() as looked:
            return _looked(view, looked, recorded)
        case _:
            return view


def named(view: Domain, key: str) -> Domain:
    slug, _, domain = key.partition("/")
    return replace(view, tenant=TenantId(slug), domain=domain)


def _registered(view: Domain, domain: str, setup: Setup, recorded: Recorded[Event]) -> Domain:
    """Addresses that were told of an earlier registration are told again, or told that it is gone,
    by the look that comes now.
    """
    tenant = recorded.tenant or TenantId("")
    made = Domain(domain=domain, tenant=tenant, setup=setup, ips=view.ips)
    return replace(made, registered_at=recorded.at)


def _wanted(view: Domain, recorded: Recorded[Event]) -> Domain:
    return replace(view, since=recorded.position, due=True, retry=Retry())


def _with(ips: tuple[IpAddr, ...], more: tuple[IpAddr, ...]) -> tuple[IpAddr, ...]:
    return tuple(sorted({*ips, *more}))


def _looked(view: Domain, looked: DomainValidated, recorded: Recorded[Event]) -> Domain:
    """What was asked for after the look began wants another one."""
    seen, at = looked.validation, recorded.at
    dropped = set(looked.dropped)
    kept = tuple(one for one in view.ips if one not in dropped)
    view = replace(view, ips=_with(kept, seen.check.ips))
    if looked.cycle >= view.since:
        retry = view.retry.failed(at) if looked.silent_since else Retry()
        view = replace(view, due=False, since=recorded.position, retry=retry)
    if view.setup is None:
        return view
    definite = domain_standing.heard(view.definite, seen.report, looked.beside, at)
    last = LastLook(
        at=at,
        position=recorded.position,
        cycle=looked.cycle,
        report=seen.report,
        beside=looked.beside,
        resolver=seen.resolver,
        queries=len(seen.heard),
        took_ms=seen.took_ms,
    )
    return replace(
        view,
        last=last,
        definite=definite,
        failing=_failing(view.failing, definite, looked),
        silent_since=looked.silent_since,
        history=_history(view.history, definite, at),
    )


def _dropped(view: Domain, ips: set[IpAddr]) -> Domain:
    """One that was registered anew meanwhile still waits for its look."""
    left = tuple(one for one in view.ips if one not in ips)
    return replace(view, ips=left, due=view.due and bool(view.setup or left))


def _failing(
    before: dict[PartName, datetime], definite: dict[PartName, Standing], looked: DomainValidated
) -> dict[PartName, datetime]:
    """One that could not be told this time fails on."""
    both = before | looked.failing
    wrong = {part for part, one in definite.items() if not one.valid}
    return {part: since for part, since in both.items() if part in wrong}


def _history(
    before: tuple[Change, ...], definite: dict[PartName, Standing], at: datetime
) -> tuple[Change, ...]:
    now = Change(
        at=at,
        valid={part: one.valid for part, one in definite.items()},
        records={part: one.records for part, one in definite.items()},
    )
    if before and replace(before[-1], at=at) == now:
        return before
    return (*before, now)[-HISTORY_MAX:] if definite else before


DOMAINS = Projection(
    name="domains",
    folds=(
        *(DomainRegistered, DomainChanged, DomainCheckAsked, DomainRemoved),
        *(DomainValidated, DomainDropped, IpRegistered, IpRemoved),
    ),
    keys=keys,
    initial=Domain(),
    evolve=evolve,
    named=named,
    tenant=lambda view: view.tenant,
    columns=lambda view: {"status": view.status if view.setup else None},
    version=2,
)
