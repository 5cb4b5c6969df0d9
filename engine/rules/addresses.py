"""Addresses in answers."""

from collections.abc import Sequence

from engine.ids import IpAddr, parse_ip
from engine.values.dns import DnsAnswer


def addresses_in(answers: Sequence[DnsAnswer]) -> tuple[IpAddr, ...] | None:
    """None: there is none, and not everything was answered.  What is no address is passed over:
    who proposes records, or forges answers, may write anything.
    """
    found = tuple(ip for answer in answers for text in answer.records for ip in _parsed(text))
    return found if found or all(answer.answered for answer in answers) else None


def _parsed(text: str) -> list[IpAddr]:
    try:
        return [parse_ip(text)]
    except ValueError:
        return []
