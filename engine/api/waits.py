"""What an address waits for before it warms up, for people to read."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from engine.api.sentences.words import moment
from engine.projections.ip_row import IpRow
from engine.reactors import guards, warmup
from engine.rules import timing
from engine.rules.dnsbl_catalogue import Catalogue
from engine.values.evidence import Guards
from engine.values.phase import Phase


def waits_for(row: IpRow, catalogue: Catalogue, now: datetime) -> tuple[str, ...]:
    """Each begins with a word that programs may go by."""
    return tuple(_waits(row, catalogue, now))


def _waits(row: IpRow, catalogue: Catalogue, now: datetime) -> Iterator[str]:
    if row.phase is Phase.RESTING and row.entered_at is not None:
        yield f"rest: 30 days, to {_time(row, timing.REST)}, then 7 clean days"
    yield from _with_tenant(row)
    if row.paused is not None:
        yield (
            f"paused: by a person since {moment(row.paused.since)}, so it sends nothing and no day"
            f" counts (POST /api/v2/ips/{row.ip}/resume ends it): {row.paused.reason}"
        )
    if row.clamped:
        yield (
            f"quota: the quota of {row.tenant} leaves it {row.limit:,} a day of the"
            f" {row.plan.caps[row.stage - 1]:,} of stage {row.stage}, which does not end before"
            f" they were told (PATCH /api/v2/tenants/{row.tenant} changes the quota)"
        )
    if row.limiter is not None:
        yield (
            "limiter: it tried to send more than its cap, so its queues stand still until"
            f" {moment(row.limiter)}, when PowerMTA's day turns"
        )
    if row.wait is not None and not row.holds:
        what = "lists" if row.wait.unlooked else "midnight"
        yield f"{what}: its cap rises after {moment(row.wait.until)}: {row.wait.for_whom()}"
    if row.phase is not Phase.STANDBY:
        return
    if row.reason == "quarantined":
        yield f"released: a person ends the quarantine (POST /api/v2/ips/{row.ip}/release)"
        return
    if not row.requested:
        yield f"asked: warm-up is by hand (POST /api/v2/ips/{row.ip}/warmup)"
    if row.reason == "monitoring" and row.entered_at is not None:
        yield f"monitoring: 7 clean days, not before {_time(row, timing.MONITORING)}"
    if row.reason == "listed":
        yield from _cleared(row, catalogue)
    held = guards.check(row, catalogue)
    if not isinstance(held, Guards):
        yield from held
    yield from guards.stale(row, now)


def _with_tenant(row: IpRow) -> Iterator[str]:
    path = f"/api/v2/tenants/{row.tenant}"
    if row.suspended:
        yield (
            f"suspended: {row.tenant} is, so it sends nothing and no day counts; an admin resumes"
            f" it (POST {path}/resume)"
        )
    if row.review:
        yield (
            f"review: {row.tenant} is in review, so nothing of it starts or gets more; an admin"
            f" ends it (POST {path}/review/end)"
        )


def _cleared(row: IpRow, catalogue: Catalogue) -> Iterator[str]:
    if unclear := warmup.uncleared(row, catalogue):
        yield f"clean: two looks 24 h apart without a listing by {', '.join(unclear)}"
    if row.earlier + 1 >= timing.REMEDY_FROM and not row.remedied:
        yield (
            "remedy: it was listed repeatedly; a person records cause and remedy"
            f" (POST /api/v2/ips/{row.ip}/remedy)"
        )


def _time(row: IpRow, span: timedelta) -> str:
    return f"{row.entered_at + span:%Y-%m-%dT%H:%M:%SZ}" if row.entered_at else "later"
