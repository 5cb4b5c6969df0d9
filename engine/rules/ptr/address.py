"""One address: its names, and which of them lead back to it (RFC 8601 3, "iprev")."""

import ipaddress
from collections.abc import Sequence
from typing import NamedTuple

from engine.ids import IpAddr, parse_hostname
from engine.rules.addresses import addresses_in
from engine.rules.alias import alias_of
from engine.rules.asking import Asking, ask, ask_all
from engine.rules.ptr.generic import generic
from engine.values.dns import DnsAnswer, Outcome, Question, RecordType
from engine.values.ptr_report import PtrIp, PtrResult

NAMES_MAX = 10  # of one address; the rest is not asked about (RFC 8601 3 lets a receiver stop)


class Looked(NamedTuple):
    seen: PtrIp
    aliases: tuple[str, ...]  # CNAMEs on the way to the PTR (RFC 2317)
    outcome: Outcome  # of the PTR question
    nowhere: tuple[str, ...]  # names without an address of the family
    unanswered: tuple[str, ...]  # names whose address was not answered
    more: int  # names that were not asked about


def look(ip: IpAddr, expected: str | None) -> Asking[Looked]:
    reverse = reverse_name(ip)
    answer = yield from ask(reverse, "PTR")
    aliases = yield from alias_of(reverse, answer)
    names = answer.records[:NAMES_MAX]
    hosts = [name for name in names if _is_host(name)]
    found = yield from ask_all([Question(name, address_type(ip)) for name in hosts])
    leads = dict(zip(hosts, found, strict=True))
    confirmed = tuple(name for name in hosts if ip in (addresses_in([leads[name]]) or ()))
    first = (*confirmed, *names)[:1]
    return Looked(
        PtrIp(
            ip=ip,
            result=_result(answer, confirmed, found),
            names=names,
            confirmed=confirmed,
            generic=generic(first[0], ip) if first else None,
            expected=expected,
        ),
        aliases,
        answer.outcome,
        nowhere=tuple(name for name in names if name not in leads or _empty(leads[name])),
        unanswered=tuple(name for name in hosts if not leads[name].answered),
        more=len(answer.records) - len(names),
    )


def reverse_name(ip: IpAddr) -> str:
    return ipaddress.ip_address(ip).reverse_pointer


def address_type(ip: IpAddr) -> RecordType:
    return "AAAA" if ":" in ip else "A"


def _result(answer: DnsAnswer, confirmed: Sequence[str], found: Sequence[DnsAnswer]) -> PtrResult:
    """One name that leads back is enough; without one, a name not answered leaves it open."""
    if not answer.answered:
        return "temperror"
    if not answer.records:
        return "permerror"
    if confirmed:
        return "pass"
    return "fail" if all(one.answered for one in found) else "temperror"


def _is_host(name: str) -> bool:
    try:
        return parse_hostname(name) == name
    except ValueError:
        return False


def _empty(answer: DnsAnswer) -> bool:
    return answer.answered and not answer.records
