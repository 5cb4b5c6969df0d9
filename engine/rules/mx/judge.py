"""Who takes mail for a domain, and whether there is such a domain."""

from collections.abc import Iterator, Sequence

from engine.rules.addresses import addresses_in
from engine.rules.asking import Asking, ask_all
from engine.rules.mx import lints
from engine.rules.mx.hosts import Record, found_hosts, parse, text_of
from engine.rules.unanswered import LOOK_AGAIN
from engine.values.dns import DnsAnswer, Question
from engine.values.finding import Finding
from engine.values.mx_report import MxHost, MxReport
from engine.values.status import status_of, valid_of


def judge(domain: str, *, allow_reserved: bool = False) -> Asking[MxReport]:
    """``allow_reserved``: private addresses are as good as others, in demos and tests."""
    mx, soa, *own = yield from ask_all(
        [Question(domain, kind) for kind in ("MX", "SOA", "A", "AAAA")]
    )
    records = sorted(parse(text) for text in mx.records)
    hosts = yield from found_hosts(records)
    if mx.answered and not records:
        hosts = _implicit(domain, own)
    findings = [
        *_existence(domain, soa),
        *_who(domain, mx, soa, own),
        *lints.of_records(records),
        *(one for host in hosts for one in lints.of_host(host, allow_reserved=allow_reserved)),
    ]
    return _report(domain, soa, records, hosts, findings)


def _implicit(domain: str, own: Sequence[DnsAnswer]) -> list[MxHost]:
    """Without an MX record the domain itself takes its mail (RFC 5321 5.1)."""
    found = addresses_in(own)
    whole = all(answer.answered for answer in own)
    return [MxHost(host=domain, preference=0, addresses=found, whole=whole)] if found else []


def _report(
    domain: str,
    soa: DnsAnswer,
    records: Sequence[Record],
    hosts: Sequence[MxHost],
    findings: Sequence[Finding],
) -> MxReport:
    texts = tuple(text_of(one) for one in records)
    return MxReport(
        domain=domain,
        valid=valid_of(findings),
        status=status_of(findings),
        record=texts[0] if texts else None,
        records=texts,
        exists=_exists(soa),
        implicit=not records and bool(hosts),
        hosts=tuple(hosts),
        findings=tuple(findings),
    )


def _exists(soa: DnsAnswer) -> bool | None:
    """No SOA of its own says nothing: the parent's zone may hold the name."""
    return soa.outcome != "nxdomain" if soa.answered else None


def _existence(domain: str, soa: DnsAnswer) -> Iterator[Finding]:
    if _exists(soa) is False:
        yield Finding(
            code="mx.soa",
            severity="error",
            message=f"There is no domain {domain}: Yahoo and others refuse mail from it.",
            ref="RFC 5321 2.3.5",
            fix="Register it, or have its zone served.",
        )
    elif _exists(soa) is None:
        yield Finding(
            code="mx.temperror",
            severity="unknown",
            message=f"Whether there is a domain {domain} is not known: the DNS did not say.",
            fix=LOOK_AGAIN,
        )


def _who(domain: str, mx: DnsAnswer, soa: DnsAnswer, own: Sequence[DnsAnswer]) -> Iterator[Finding]:
    """Of a domain without MX records; one that does not exist has been said already."""
    if mx.records or _exists(soa) is False:
        return
    addresses = addresses_in(own)
    if not mx.answered or addresses is None:
        yield Finding(
            code="mx.temperror",
            severity="unknown",
            message=f"Who takes mail for {domain} is not known: the DNS did not say.",
            fix=LOOK_AGAIN,
        )
    else:
        yield _missing(domain, implicit=bool(addresses))


def _missing(domain: str, *, implicit: bool) -> Finding:
    return Finding(
        code="mx.missing",
        severity="warning" if implicit else "error",
        message=f"{domain} has no MX record"
        + (
            ": mail to it goes to its own address."
            if implicit
            else ", and no address: bounces go nowhere, and receivers refuse mail from it."
        ),
        ref="RFC 5321 5.1",
        fix=f"Publish: {domain}. IN MX 10 <the host that takes its mail>.",
    )
