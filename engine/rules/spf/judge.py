"""SPF of a domain, judged as mailbox providers would, with all that its owner should know."""

from collections.abc import Iterator, Sequence

from engine.ids import IpAddr
from engine.rules.asking import Asking, once, together
from engine.rules.spf import lint_limits, lint_record, lint_senders, lint_texts, lint_tree, tree
from engine.rules.spf.check import Verdict, check_host, envelope_of
from engine.rules.spf.lint_senders import Verdicts
from engine.rules.spf.names import name_of
from engine.rules.spf.record import Record
from engine.rules.spf.remedy import remedy
from engine.rules.spf.survey import Part, survey
from engine.values.dns import Question, RecordType
from engine.values.finding import Finding
from engine.values.spf import IpResult, SpfReport


def judge(
    domain: str, ips: Sequence[IpAddr] = (), mail_from: str | None = None, helo: str | None = None
) -> Asking[SpfReport]:
    """For mail that these addresses send.  ``mail_from`` is an address or a domain, where bounces
    go elsewhere than to ``domain``; that domain's record is the one that counts.  Names are in
    lower case and A-labels.  Raises ValueError for what is no address.
    """
    return (yield from once(_judge(domain, tuple(dict.fromkeys(ips)), mail_from, helo)))


def _judge(
    domain: str, ips: Sequence[IpAddr], mail_from: str | None, helo: str | None
) -> Asking[SpfReport]:
    sender = mail_from or domain
    asked = name_of(sender.rpartition("@")[2])
    hello = name_of(helo) if helo else asked
    names, families = dict.fromkeys((asked, hello)), _families(ips)
    surveys = yield from together(
        [survey(one, kind, one, hello) for one in names for kind in families]
    )
    verdicts = yield from _verdicts(ips, sender, asked, hello)
    by_helo = yield from _verdicts(ips if helo else (), "", hello, hello)
    remedied = yield from remedy(surveys[0], ips, sender, hello)
    told = lint_senders.helo_lints(hello, surveys[-1].record, by_helo)
    found = _findings(surveys[: len(families)], verdicts, remedied)
    return _report(surveys[: len(families)], verdicts, by_helo, _told_once([*found, *told]))


def _families(ips: Sequence[IpAddr]) -> list[RecordType]:
    """Of the addresses.  Where none is given, mail is taken to come by IPv4."""
    found: set[RecordType] = {"AAAA" if envelope_of(ip, "", "").v6 else "A" for ip in ips}
    return sorted(found) or ["A"]


def _verdicts(ips: Sequence[IpAddr], sender: str, domain: str, helo: str) -> Asking[Verdicts]:
    checks = [check_host(envelope_of(ip, sender, helo), domain) for ip in ips]
    return dict(zip(ips, (yield from together(checks)), strict=True))


def _report(
    surveys: list[Part], verdicts: Verdicts, by_helo: Verdicts, findings: tuple[Finding, ...]
) -> SpfReport:
    part = surveys[0]
    return SpfReport(
        valid=_valid(findings),
        record=part.texts[0] if len(part.texts) == 1 else None,
        records=part.texts,
        policy=tree.policy(part),
        worst=part.cost,
        void=len(_void(surveys)),
        ips=tuple(_result(ip, one, by_helo.get(ip)) for ip, one in verdicts.items()),
        findings=findings,
    )


def _findings(
    surveys: list[Part], verdicts: Verdicts, remedied: Record | None
) -> Iterator[Finding]:
    part = surveys[0]
    fix = lint_record.publish(part.domain, remedied) if remedied else ""
    yield from lint_texts.lints(part, fix)
    for one in surveys:
        yield from lint_tree.lints(one, fix)
        yield from lint_limits.lints(one, _void(surveys), remedied, fix)
    if part.record:
        yield from lint_record.lints(part.domain, part.record, fix)
    silent = {question for one in surveys for question, _ in one.unanswered}
    yield from lint_senders.lints(part.domain, verdicts, fix, silent)


def _void(surveys: list[Part]) -> tuple[Question, ...]:
    """Of the family for which most is missing."""
    return max((one.void for one in surveys), key=len)


def _told_once(findings: list[Finding]) -> tuple[Finding, ...]:
    """Both families of addresses find the same; and a permerror of every address adds nothing to
    the mistakes that cause it.
    """
    kept = list(dict.fromkeys(findings))
    senders = ("spf.permerror", "spf.ip_not_authorised")
    causes = any(one.severity == "error" and one.code not in senders for one in kept)
    return tuple(one for one in kept if not (causes and one.code == "spf.permerror"))


def _valid(findings: Sequence[Finding]) -> bool | None:
    severities = {one.severity for one in findings}
    if "error" in severities:
        return False
    return None if "unknown" in severities else True


def _result(ip: IpAddr, verdict: Verdict, by_helo: Verdict | None) -> IpResult:
    return IpResult(
        ip,
        verdict.result,
        verdict.term,
        verdict.explanation,
        verdict.via,
        verdict.reason,
        by_helo.result if by_helo else None,
    )
