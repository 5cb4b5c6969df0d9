"""A sending domain as the API shows it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from msgspec import Struct

from engine.api import present_report
from engine.api.present_report import ReportShown
from engine.ids import TenantId
from engine.projections.domains import Change, Domain, LastLook
from engine.reactors.domains import next_look
from engine.rules import domain_beside
from engine.rules.domain_standing import Standing
from engine.values.finding import Finding
from engine.values.sending_domain import PARTS, PartName, Setup
from engine.values.status import Status
from engine.values.tuning import Tuning


class Definite(Struct, frozen=True, kw_only=True):
    """The last answer about a part that could be told."""

    valid: bool
    since: datetime  # it has been so
    checked_at: datetime
    looks: int  # in a row that found it so
    confirmed: bool  # of a failure: a second look found it too, and people were told
    errors: tuple[str, ...]  # codes of findings


class Stood(Struct, frozen=True, kw_only=True):
    valid: bool
    records: tuple[str, ...]


class Difference(Struct, frozen=True, kw_only=True):
    part: PartName
    was: Stood | None  # None: it was not known
    now: Stood


class Changed(Struct, frozen=True, kw_only=True):
    at: datetime
    differences: tuple[Difference, ...]


class DomainShown(Struct, frozen=True, kw_only=True):
    domain: str
    tenant: TenantId
    status: Status  # by what is certain
    selectors: tuple[str, ...]
    dkim_keys: Mapping[str, str]
    mail_from: str
    helo: str
    purposes: tuple[str, ...]  # (): every pool of the tenant
    registered_at: datetime | None
    checked_at: datetime | None
    next_check: datetime | None  # None: now
    silent_since: datetime | None  # no look could tell all of it since
    definite: Mapping[PartName, Definite]


class DomainWhole(DomainShown, frozen=True, kw_only=True):
    report: ReportShown | None  # of the last look
    beside: tuple[Finding, ...]  # what that look found beside the DNS
    history: tuple[Changed, ...]  # the newest first; all of it is in the log


def domain(view: Domain, tuning: Tuning) -> DomainShown | None:
    """One that is not registered (any more) is none."""
    return None if view.setup is None else DomainShown(**_of(view, view.setup, tuning))


def whole(view: Domain, tuning: Tuning) -> DomainWhole | None:
    if view.setup is None:
        return None
    last = view.last
    return DomainWhole(
        **_of(view, view.setup, tuning),
        report=report(last) if last else None,
        beside=domain_beside.findings(last.beside, last.report.ptr) if last else (),
        history=tuple(_history(view.history)),
    )


def report(last: LastLook) -> ReportShown:
    return present_report.report(
        last.report,
        last.at,
        resolver=last.resolver,
        queries=last.queries,
        took_ms=last.took_ms,
    )


def _of(view: Domain, setup: Setup, tuning: Tuning) -> dict[str, Any]:
    return {
        "domain": view.domain,
        "tenant": view.tenant,
        "status": view.status,
        "selectors": setup.selectors,
        "dkim_keys": setup.dkim_keys,
        "mail_from": setup.mail_from,
        "helo": setup.helo,
        "purposes": setup.purposes,
        "registered_at": view.registered_at,
        "checked_at": view.last.at if view.last else None,
        "next_check": next_look(view, tuning),
        "silent_since": view.silent_since,
        "definite": {
            part: _definite(view.definite[part], confirmed=part in view.failing)
            for part in PARTS
            if part in view.definite
        },
    }


def _definite(standing: Standing, *, confirmed: bool) -> Definite:
    return Definite(
        valid=standing.valid,
        since=standing.since,
        checked_at=standing.at,
        looks=standing.looks,
        confirmed=confirmed,
        errors=standing.errors,
    )


def _history(changes: Sequence[Change]) -> Iterator[Changed]:
    steps = [*pairwise([None, *changes])]
    for before, after in reversed(steps):
        if after is not None:
            yield Changed(at=after.at, differences=tuple(_differences(before, after)))


def _differences(before: Change | None, after: Change) -> Iterator[Difference]:
    for part in PARTS:
        was, now = _stood(before, part), _stood(after, part)
        if now is not None and was != now:
            yield Difference(part=part, was=was, now=now)


def _stood(change: Change | None, part: PartName) -> Stood | None:
    if change is None or part not in change.valid:
        return None
    return Stood(valid=change.valid[part], records=change.records[part])
