"""What a domain publishes about encrypted mail to it.  It bears on no sending: information only."""

from msgspec import Struct

from engine.values.finding import Finding


class TransportReport(Struct, frozen=True, kw_only=True, gc=False):
    mta_sts: str | None = None  # record at _mta-sts
    mta_sts_id: str | None = None  # it changes when the policy does
    tls_rpt: str | None = None  # record at _smtp._tls
    tls_rpt_rua: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
