"""All parts of a domain's DNS, judged in step: it takes as long as the longest of them."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import cast

from msgspec.structs import replace

from engine.rules import alias_loops, transport
from engine.rules.asking import Asking, T, answered, once, together
from engine.rules.dkim import judge as dkim
from engine.rules.dmarc import judge as dmarc
from engine.rules.mx import judge as mx
from engine.rules.ptr import judge as ptr
from engine.rules.readiness import readiness
from engine.rules.spf import judge as spf
from engine.values.dkim_report import DkimReport
from engine.values.dmarc_report import DmarcReport
from engine.values.dns import DnsAnswer, Question
from engine.values.domain_check import DomainCheck
from engine.values.domain_report import DomainReport
from engine.values.finding import Finding
from engine.values.mx_report import MxReport
from engine.values.ptr_report import PtrReport
from engine.values.spf import SpfReport
from engine.values.status import status_of
from engine.values.transport_report import TransportReport
from engine.values.validation import Validation

UNASKED = DnsAnswer("timeout")  # what counts as the answer to a question that was not asked

Part = object  # what one of them reports; ``settled`` knows which is which
_Parts = tuple[SpfReport, DkimReport, DmarcReport, PtrReport, MxReport, TransportReport, MxReport]


def judge(check: DomainCheck, nonce: str) -> Asking[DomainReport]:
    """``nonce``: a selector that nobody publishes, new each time; it finds wildcards."""
    heard: dict[Question, DnsAnswer] = {}
    found = yield from _noted(once(together(parts(check, nonce))), heard)
    return (yield from once(settled(check, found, heard), heard))


def judged_again(validation: Validation) -> DomainReport:
    """By the answers that were kept, and without asking anybody."""
    kept = {one.question: one.answer for one in validation.heard}
    asking = judge(validation.check, validation.nonce)
    return answered(asking, lambda question: kept.get(question, UNASKED))


def parts(check: DomainCheck, nonce: str) -> list[Asking[Part]]:
    """Whoever has time to lose on a slow name runs each for itself, and then ``settled``."""
    domain, mail_from, helo = check.domain, check.mail_from or None, check.helo or None
    expected = {ip: check.names.get(ip) for ip in check.ips}
    signed = [domain] if check.selectors else []
    return [
        spf.judge(domain, check.ips, mail_from, helo),
        dkim.judge(domain, check.selectors, _keys(check), nonce),
        dmarc.judge(domain, mail_from, signed),
        ptr.judge(expected, helo, domain),
        mx.judge(domain, allow_reserved=check.allow_reserved),
        transport.judge(domain),
        mx.judge(mail_from or domain, allow_reserved=check.allow_reserved),
    ]


def settled(
    check: DomainCheck, found: Sequence[Part], heard: Mapping[Question, DnsAnswer]
) -> Asking[DomainReport]:
    """The whole, from what ``parts`` report in their order."""
    loops = yield from alias_loops.findings(alias_loops.suspects(heard))
    return _report(check, cast(_Parts, tuple(found)), loops)


def _noted(asking: Asking[T], heard: dict[Question, DnsAnswer]) -> Asking[T]:
    try:
        questions = next(asking)
        while True:
            answers = yield questions
            heard.update(zip(questions, answers, strict=True))
            questions = asking.send(answers)
    except StopIteration as done:
        result: T = done.value
        return result


def _keys(check: DomainCheck) -> dict[str, bytes]:
    """Raises ValueError for what is no base64."""
    try:
        return {name: base64.b64decode(text, validate=True) for name, text in check.keys.items()}
    except binascii.Error as wrong:
        raise ValueError(f"a key is not base64: {wrong}") from wrong


def _report(check: DomainCheck, found: _Parts, loops: tuple[Finding, ...]) -> DomainReport:
    spf, dkim, dmarc, ptr, mx, transport, bounces = found
    of_bounces = _of_bounces(check, bounces)
    own = (*loops, *of_bounces)
    judged = (spf, dkim, dmarc, ptr, mx)
    return DomainReport(
        domain=check.domain,
        status=status_of([*(one for part in judged for one in part.findings), *own]),
        spf=spf,
        dkim=dkim,
        dmarc=dmarc,
        ptr=ptr,
        mx=mx,
        transport=transport,
        readiness=readiness(
            spf=spf,
            dkim=dkim,
            dmarc=dmarc,
            ptr=ptr,
            mx=replace(mx, findings=(*mx.findings, *of_bounces)),
        ),
        findings=own,
    )


def _of_bounces(check: DomainCheck, bounces: MxReport) -> tuple[Finding, ...]:
    """Where bounces go to another domain, that one has to exist and to take them."""
    if check.mail_from in ("", check.domain):
        return ()
    return tuple(replace(one, subject=one.subject or check.mail_from) for one in bounces.findings)
