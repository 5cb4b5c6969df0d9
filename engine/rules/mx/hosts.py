"""The hosts that MX records name, and their addresses."""

import ipaddress
import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from engine.ids import IpAddr, parse_hostname
from engine.rules.addresses import addresses_in
from engine.rules.alias import alias_of
from engine.rules.asking import Asking, ask, ask_all, together
from engine.values.dns import DnsAnswer, Question
from engine.values.mx_report import MxHost

HOSTS_MAX = 20  # that are asked about
UNREAD = -1  # the preference of a record that cannot be read
ROOT = "."  # of "0 .": no mail is taken (RFC 7505)

_RECORD = re.compile(r"([0-9]{1,5}) (\S+)")

Kind = Literal["host", "root", "literal", "local", "bad"]


class Record(NamedTuple):
    preference: int
    host: str


def parse(text: str) -> Record:
    """Of "10 mx1.example.net"; of what is not written so the whole text, with UNREAD before it."""
    parts = _RECORD.fullmatch(text)
    return Record(int(parts[1]), parts[2]) if parts else Record(UNREAD, text)


def text_of(record: Record) -> str:
    return record.host if record.preference == UNREAD else f"{record.preference} {record.host}"


def kind_of(preference: int, host: str) -> Kind:
    if preference == UNREAD:
        return "bad"
    if host == ROOT:
        return "root"
    if _is_literal(host):
        return "literal"
    if host == "localhost" or host.endswith((".localhost", ".localdomain")):
        return "local"
    try:
        return "host" if parse_hostname(host) == host else "bad"
    except ValueError:
        return "bad"


def found_hosts(records: Sequence[Record]) -> Asking[list[MxHost]]:
    """By preference; of a host that cannot be one nothing is asked."""
    return (yield from together([_host(record) for record in records[:HOSTS_MAX]]))


def addresses_of(domain: str) -> Asking[tuple[list[IpAddr], bool]]:
    """Of all MX hosts of a domain, or its own where it has none; and whether all was answered."""
    mx = yield from ask(domain, "MX")
    if not mx.answered:
        return [], False
    records = sorted(parse(text) for text in mx.records) or [Record(0, domain)]
    hosts = yield from found_hosts(records)
    found = dict.fromkeys(ip for one in hosts for ip in one.addresses or ())
    return list(found), all(one.whole for one in hosts)


def _host(record: Record) -> Asking[MxHost]:
    preference, host = record
    if kind_of(preference, host) != "host":
        return MxHost(host=host, preference=preference)
    answers = yield from ask_all([Question(host, "A"), Question(host, "AAAA")])
    aliases = yield from alias_of(host, max(answers, key=_telling))
    return MxHost(
        host=host,
        preference=preference,
        addresses=addresses_in(answers),
        whole=all(answer.answered for answer in answers),
        aliases=aliases,
    )


def _telling(answer: DnsAnswer) -> tuple[int, int]:
    """The answer that says most of CNAMEs: with them in it, else with records."""
    return len(answer.aliases), len(answer.records)


def _is_literal(host: str) -> bool:
    """An address where a name must be, in brackets too."""
    try:
        ipaddress.ip_address(host.strip("[]").removeprefix("ipv6:"))
    except ValueError:
        return False
    return True
