"""What c-ares heard, in the words of ``engine.values.dns``."""

import ipaddress
from collections.abc import Iterator, Mapping

import pycares
from pycares import errno as ares

from engine.values.dns import DnsAnswer, Outcome, Question

NAME_MAX, LABEL_MAX = 253, 63  # octets (RFC 1035 2.3.4)

_FAILED: Mapping[int, Outcome] = {
    ares.ARES_ENODATA: "nodata",
    ares.ARES_ENOTFOUND: "nxdomain",
    ares.ARES_EBADNAME: "nxdomain",  # it was not even asked: there can be no such name
    ares.ARES_EREFUSED: "refused",
    ares.ARES_ETIMEOUT: "timeout",
    ares.ARES_ECONNREFUSED: "timeout",
    ares.ARES_ECANCELLED: "timeout",
}

# No such name and no such record are answers; every other code is none.
NOTHING = frozenset((ares.ARES_ENOTFOUND, ares.ARES_ENODATA))


def askable(name: str) -> bool:
    """Whether it fits into a packet; what does not cannot exist."""
    labels = name.split(".")
    fits = all(0 < len(label) <= LABEL_MAX for label in labels)
    return name.isascii() and fits and len(name) <= NAME_MAX


def failed(code: int | None) -> DnsAnswer:
    return DnsAnswer("servfail" if code is None else _FAILED.get(code, "servfail"))


def explained(code: int | None) -> str:
    return "no answer" if code is None else str(ares.strerror(code))


def read(question: Question, result: pycares.DNSResult) -> DnsAnswer:
    """A chain of aliases that ends without a record is "no data"; one that comes back to itself is
    no answer, as resolvers that follow it say too.
    """
    aliases = tuple(_chain(question, result))
    records = [one for one in result.answer if one.type == NUMBERS[question.type]]
    ttl = min((one.ttl for one in result.answer), default=None)
    if records:
        return DnsAnswer("ok", tuple(sorted(_text(one.data) for one in records)), ttl, aliases)
    loops = len(set(aliases)) < len(aliases) or question.name in aliases
    return DnsAnswer("servfail" if loops else "nodata", aliases=aliases)


def _chain(question: Question, result: pycares.DNSResult) -> Iterator[str]:
    """From the name that was asked for, alias by alias, up to the first that comes again."""
    if question.type == "CNAME":
        return
    leads = {
        _name(one.name): _name(one.data.cname)
        for one in result.answer
        if isinstance(one.data, pycares.CNAMERecordData)
    }
    at, seen = question.name, {question.name}
    while (after := leads.get(at)) is not None:
        yield after
        if after in seen:
            return
        seen.add(after)
        at = after


NUMBERS = {
    "A": pycares.QUERY_TYPE_A,
    "AAAA": pycares.QUERY_TYPE_AAAA,
    "CNAME": pycares.QUERY_TYPE_CNAME,
    "MX": pycares.QUERY_TYPE_MX,
    "NS": pycares.QUERY_TYPE_NS,
    "PTR": pycares.QUERY_TYPE_PTR,
    "SOA": pycares.QUERY_TYPE_SOA,
    "TXT": pycares.QUERY_TYPE_TXT,
}


def _text(data: object) -> str:
    match data:
        case pycares.ARecordData(addr=addr) | pycares.AAAARecordData(addr=addr):
            return ipaddress.ip_address(addr).compressed
        case pycares.CNAMERecordData(cname=name) | pycares.PTRRecordData(dname=name):
            return _name(name)
        case pycares.NSRecordData(nsdname=name):
            return _name(name)
        case pycares.MXRecordData(priority=priority, exchange=host):
            return f"{priority} {_name(host)}"
        case pycares.TXTRecordData(data=octets):
            return octets.decode("utf-8", "replace")
        case pycares.SOARecordData() as soa:
            times = f"{soa.refresh} {soa.retry} {soa.expire} {soa.minimum}"
            return f"{_name(soa.mname)} {_name(soa.rname)} {soa.serial} {times}"
        case _:
            raise TypeError(f"a record of a kind that was not asked for: {data!r}")


def _name(text: str) -> str:
    return text.rstrip(".").lower() or "."
