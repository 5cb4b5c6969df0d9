"""SPF by others, asked about the same zone: pyspf and spftrace.

Where they are known to differ from RFC 7208 or from each other:

* pyspf counts a redirect= as soon as it reads the record, though it may never follow it; takes an
  include of the record's own domain for an error before it is reached; looks up every MX host and
  every name of the address before it compares, so that a void or silent one counts where an
  earlier one matched; lets a silent name server decide under ptr, where RFC 7208 5.5 passes it
  over; and asks for names of a single label.
* spftrace counts a void lookup that comes again only once; finds too long and empty labels while
  it parses, and refuses the record; and takes an address with a zone ("fe80::1%eth0").
"""

import asyncio
import ipaddress
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import spftrace

from engine.values.dns import Question
from tests.support.spf_zones import SpfZones

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of its regular expressions
    import spf

NO_LIMIT = 10_000


def by_pyspf(zones: SpfZones, ip: str, sender: str, helo: str, void: int) -> str:
    with _asking(zones, void):
        result, _, _ = spf.query(i=ip, s=sender, h=helo, strict=True).check()
    return str(result)


def by_spftrace(zones: SpfZones, ip: str, sender: str, helo: str, void: int) -> str:
    limits = spftrace.Limits(max_void=void, max_queries=None, time_limit=60)
    evaluator = spftrace.Evaluator(_Resolver(zones), limits)
    return asyncio.run(evaluator.evaluate(ip, sender, helo)).result


class _Resolver(spftrace.BaseResolver):
    def __init__(self, zones: SpfZones) -> None:
        self.zones = zones

    async def _lookup(self, name: str, rtype: str) -> tuple[str, list[str]]:
        answer = self.zones.answer(Question(name.lower().rstrip("."), rtype))  # type: ignore[arg-type]
        if answer.outcome == "nxdomain":
            return "NXDOMAIN", []
        if not answer.answered:
            return answer.outcome.upper(), []
        return "NOERROR", [text.split(" ")[1] if rtype == "MX" else text for text in answer.records]


@contextmanager
def _asking(zones: SpfZones, void: int) -> Iterator[None]:
    """pyspf takes its lookup and its limits from its module."""
    kept = spf.DNSLookup, spf.MAX_VOID_LOOKUPS
    spf.DNSLookup = lambda name, kind, *_: _looked_up(zones, name, kind)
    spf.MAX_VOID_LOOKUPS = void
    try:
        yield
    finally:
        spf.DNSLookup, spf.MAX_VOID_LOOKUPS = kept


def _looked_up(zones: SpfZones, name: str, kind: Any) -> list[tuple[tuple[str, str], Any]]:
    answer = zones.answer(Question(name.lower(), kind))
    if not answer.answered:
        raise spf.TempError(answer.outcome)
    return [((name, kind), _data(kind, text)) for text in answer.records]


def _data(kind: str, text: str) -> Any:
    match kind:
        case "TXT":
            return (text.encode(),)
        case "MX":
            preference, host = text.split(" ")
            return int(preference), host
        case "AAAA":
            return ipaddress.ip_address(text).packed
        case _:
            return text
