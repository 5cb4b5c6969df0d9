"""The DMARC policy that concerns a domain, and whether its mail can pass."""

from collections.abc import Sequence

import msgspec

from engine.rules.alias import alias_of
from engine.rules.asking import Asking, ask_all
from engine.rules.dmarc import absent, alignment, destinations, lints
from engine.rules.dmarc.policy import applied
from engine.rules.dmarc.record import Record, effective, is_record
from engine.rules.dmarc.walk import Step, Walk, governing, place, read, walk_names
from engine.values.dmarc_report import DmarcReport
from engine.values.dns import DnsAnswer, Question
from engine.values.finding import Finding
from engine.values.status import status_of, valid_of


def judge(domain: str, mail_from: str | None, dkim_domains: Sequence[str]) -> Asking[DmarcReport]:
    """``domain`` is in From, ``mail_from`` where bounces go, ``dkim_domains`` sign (d=)."""
    signed = tuple(dict.fromkeys(dkim_domains))
    apex, soa, walks = yield from _asked(domain, (domain, *filter(None, [mail_from]), *signed))
    walk = walks[domain]
    misplaced = [text for text in apex.records if is_record(text)]
    findings = list(lints.of_place(domain, misplaced, own=bool(walk.own and walk.own.texts)))
    if walk.own:
        aliases = yield from alias_of(place(domain), walk.own.answer)
        findings += absent.of_own(walk.own, aliases)
    step = governing(walk)
    if step is None or step.record is None:
        return _settled(_bare(walk), [*findings, absent.of_policy(walk, misplaced=bool(misplaced))])
    aligned = alignment.alignments(domain, step.record, mail_from, signed, walks)
    report, more = yield from _governed(walk, step, step.record, soa)
    findings += [*more, *alignment.findings(domain, aligned)]
    return _settled(msgspec.structs.replace(report, alignment=aligned), findings)


def _asked(
    domain: str, named: Sequence[str]
) -> Asking[tuple[DnsAnswer, DnsAnswer, dict[str, Walk]]]:
    """TXT and SOA of the domain itself, and the walks of all."""
    names = tuple(dict.fromkeys(name for one in named for name in walk_names(one)))
    questions = [Question(place(name), "TXT") for name in names]
    apex = [Question(domain, "TXT"), Question(domain, "SOA")]
    txt, soa, *answers = yield from ask_all([*apex, *questions])
    heard = dict(zip(names, answers, strict=True))
    return txt, soa, {one: read(one, heard) for one in named}


def _governed(
    walk: Walk, step: Step, record: Record, soa: DnsAnswer
) -> Asking[tuple[DmarcReport, list[Finding]]]:
    own = step.domain == walk.start
    organizational = walk.organizational_domain or step.domain
    uris = (*record.rua, *record.ruf)
    hosts = yield from destinations.hosts(step.domain, organizational, uris)
    published = effective(record)
    policy = applied(published, own=own, exists=_exists(soa)) if published else None
    findings = [
        *lints.of_record(record, place(step.domain), own=own),
        *(lints.of_subdomain(record, place(step.domain)) if step.domain != organizational else ()),
        *(() if own else absent.of_inheritance(walk, step)),
        *(absent.of_choice(walk.start) if published and policy is None else ()),
        *destinations.findings(step.domain, uris, hosts),
    ]
    report = msgspec.structs.replace(
        _bare(walk),
        policy=policy,
        record=step.texts[0],
        found_at=place(step.domain),
        effective=published,
        rua=destinations.addresses(record.rua, hosts),
        ruf=destinations.addresses(record.ruf, hosts),
        ttl=step.answer.ttl,
    )
    return report, findings


def _bare(walk: Walk) -> DmarcReport:
    return DmarcReport(
        domain=walk.start,
        valid=None,
        status="unknown",
        organizational_domain=walk.organizational_domain,
        queries=tuple(place(step.domain) for step in walk.steps),
    )


def _settled(report: DmarcReport, findings: Sequence[Finding]) -> DmarcReport:
    return msgspec.structs.replace(
        report, valid=valid_of(findings), status=status_of(findings), findings=tuple(findings)
    )


def _exists(soa: DnsAnswer) -> bool | None:
    """Whether there is such a name, or one below it (RFC 9989 3.2.13, RFC 8020)."""
    return soa.outcome != "nxdomain" if soa.answered else None
