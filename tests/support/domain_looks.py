"""Looks at a sending domain, as the judges make them of given records."""

from collections.abc import Mapping
from datetime import datetime

from engine.events.dns import DomainValidated
from engine.ids import IpAddr, Position
from engine.rules.asking import answered
from engine.rules.domain_report import judge
from engine.values.dns import DnsAnswer, Question
from engine.values.domain_check import DomainCheck
from engine.values.sending_domain import Beside, PartName
from engine.values.validation import Heard, Validation
from tests.support.fake_resolver import FakeResolver
from tests.support.published import DOMAIN, SPF, point, publish
from tests.support.spec import HOSTNAME, IP

SILENT = DnsAnswer("timeout")


def validation(
    *,
    spf: str = SPF,
    ips: tuple[IpAddr, ...] = (IP,),
    silent: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
) -> Validation:
    """``silent``: names, and all below them, for which nobody answers.  ``without``: what is not
    published, as "acme.example MX".
    """
    resolver = FakeResolver()
    publish(resolver, spf=spf)
    for record in without:
        del resolver.records[record]
    point(resolver)
    heard: dict[Question, DnsAnswer] = {}

    def answer(question: Question) -> DnsAnswer:
        away = any(f".{question.name}".endswith(f".{name}") for name in silent)
        return heard.setdefault(question, SILENT if away else resolver._found(question, ()))

    check = DomainCheck(
        domain=DOMAIN,
        ips=ips,
        names=dict.fromkeys(ips, HOSTNAME),
        selectors=("default",),
        allow_reserved=True,
    )
    report = answered(judge(check, "ee-1"), answer)
    kept = tuple(Heard(one.name, one.type, said) for one, said in heard.items())
    return Validation(
        check=check, nonce="ee-1", report=report, heard=kept, took_ms=5, resolver="literals"
    )


def looked(
    made: Validation | None = None,
    *,
    cycle: int = 1,
    failing: Mapping[PartName, datetime] | None = None,
    silent_since: datetime | None = None,
    beside: Beside = Beside(),  # noqa: B008  # a value
    dropped: tuple[IpAddr, ...] = (),
) -> DomainValidated:
    return DomainValidated(
        domain=DOMAIN,
        validation=made or validation(),
        cycle=Position(cycle),
        failing=dict(failing or {}),
        silent_since=silent_since,
        beside=beside,
        dropped=dropped,
    )
