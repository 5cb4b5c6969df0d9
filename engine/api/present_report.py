"""A report on a domain's DNS as the API shows it."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from engine.values.dkim_report import DkimReport
from engine.values.dmarc_report import DmarcReport
from engine.values.domain_check import DomainCheck
from engine.values.domain_report import DomainReport
from engine.values.finding import Finding
from engine.values.mx_report import MxReport
from engine.values.ptr_report import PtrReport
from engine.values.readiness import Readiness
from engine.values.spf import IpResult, Policy, SpfReport
from engine.values.status import Status, status_of
from engine.values.transport_report import TransportReport
from engine.values.validation import Validation

LOOKUPS_MAX, VOID_MAX = 10, 2  # RFC 7208 4.6.4


class Lookups(Struct, frozen=True):
    worst: int
    limit: int
    void: int
    void_limit: int


class SpfShown(Struct, frozen=True, kw_only=True):
    valid: bool | None
    status: Status
    record: str | None
    records: tuple[str, ...]
    policy: Policy | None
    lookups: Lookups
    ips: tuple[IpResult, ...]
    findings: tuple[Finding, ...]


class ReportShown(Struct, frozen=True, kw_only=True):
    domain: str
    status: Status
    checked_at: datetime
    resolver: str
    duration_ms: int
    queries: int
    spf: SpfShown
    dkim: DkimReport
    dmarc: DmarcReport
    ptr: PtrReport
    mx: MxReport
    transport: TransportReport
    readiness: dict[str, Readiness]
    findings: tuple[Finding, ...]  # that are in no part
    asked: DomainCheck | None = None  # what was looked for
    unasked: int = 0  # questions beyond the limit of one run, which count as unanswered


def validation(made: Validation, at: datetime) -> ReportShown:
    whole = report(
        made.report, at, resolver=made.resolver, queries=len(made.heard), took_ms=made.took_ms
    )
    return replace(whole, asked=made.check, unasked=made.unasked)


def report(
    of: DomainReport, at: datetime, *, resolver: str, queries: int, took_ms: int
) -> ReportShown:
    return ReportShown(
        domain=of.domain,
        status=of.status,
        checked_at=at,
        resolver=resolver,
        duration_ms=took_ms,
        queries=queries,
        spf=_spf(of.spf),
        dkim=_dkim(of.dkim),
        dmarc=of.dmarc,
        ptr=of.ptr,
        mx=of.mx,
        transport=of.transport,
        readiness=of.readiness,
        findings=of.findings,
    )


def _spf(of: SpfReport) -> SpfShown:
    return SpfShown(
        valid=of.valid,
        status=status_of(of.findings),
        record=of.record,
        records=of.records,
        policy=of.policy,
        lookups=Lookups(of.worst, LOOKUPS_MAX, of.void, VOID_MAX),
        ips=of.ips,
        findings=of.findings,
    )


def _dkim(of: DkimReport) -> DkimReport:
    """Where no selector is good, the first is shown."""
    if of.selector is not None or not of.selectors:
        return of
    return replace(of, selector=of.selectors[0].selector, record=of.selectors[0].record)
