"""What must hold of every list, ours and an operator's own."""

import ipaddress
from collections.abc import Iterator

from engine.ids import Zone, parse_hostname
from engine.rules.dnsbl_catalogue.block_list import BlockList

LISTS = ipaddress.ip_network("127.0.0.0/8")  # RFC 5782 2.1: every answer lies in here
ERRORS = ipaddress.ip_network("127.255.255.0/24")  # Spamhaus and Validity: "we refuse you"
REFUSED = "127.0.0.1"  # URIBL and SURBL: "we refuse you"; RFC 5782 5 keeps it from being listed
_BITS = {2, 4, 8, 16, 32, 64, 128}  # the lowest says "we refuse you"


def faults(one: BlockList) -> Iterator[str]:
    """In words for who wrote it; none: it is well-formed."""
    yield from _of_zone(one.zone)
    yield from _of_codes(one)
    yield from _of_asking(one)
    yield from _of_test_points(one)


def parse_zone(text: str) -> Zone:
    """In lower case and without the last dot; raises ValueError."""
    try:
        return Zone(parse_hostname(text))
    except ValueError:
        raise ValueError(f"{text!r} is no zone: write its name, as in bl.example.net") from None


def _of_zone(zone: Zone) -> Iterator[str]:
    try:
        parse_zone(zone)
    except ValueError as wrong:
        yield str(wrong)


def _of_codes(one: BlockList) -> Iterator[str]:
    if not one.listings and not one.bits:
        yield "it has no codes: without them no answer means a listing"
    for code in (*one.listings, *one.harmless, *one.errors, *one.test_codes):
        if not _within(code):
            yield f"code {code} is no address in 127.0.0.0/8, and every answer of a list is one"
    for code in one.listings:
        if code == REFUSED or (_within(code) and ipaddress.IPv4Address(code) in ERRORS):
            yield f"code {code} is reserved: by it lists say that they refuse us"
    for code in sorted({*one.listings} & {*one.errors, *one.harmless}):
        yield f"code {code} cannot be a listing and none"
    for bit in sorted({*one.bits, *one.harmless_bits} - _BITS):
        yield f"bit {bit} is none of 2, 4, 8 … 128"
    for code in sorted({*one.ranges} - {*one.listings}):
        yield f"code {code} lists ranges, and is no code of a listing"


def _of_asking(one: BlockList) -> Iterator[str]:
    if one.budget_per_day is not None and one.budget_per_day < 1:
        yield (
            f"a budget of {one.budget_per_day} questions a day asks nothing: switch the list off"
            " instead, or leave the budget out"
        )
    if one.kind == "domain" and one.action in ("standby", "retire"):
        yield f"it lists domains, and action {one.action} stops an address: choose alert or none"
    for kind in ("ip", "domain"):
        if kind != one.kind and f"{{{kind}}}" in one.delisting:
            yield f"its delisting page names {{{kind}}}, and it lists none: write {{{one.kind}}}"
    if one.delisting and not one.delisting.startswith(("https://", "http://")):
        yield f"its delisting page {one.delisting!r} is no web address"


def _of_test_points(one: BlockList) -> Iterator[str]:
    if not one.must_list:
        yield "it has no test point that it must list: nothing could prove it alive"
    for point in sorted({*one.must_list} & {*one.must_not_list}):
        yield f"test point {point} cannot be listed and not"
    for point in (*one.must_list, *one.must_not_list):
        if one.kind == "ip" and not _within(point):
            yield f"test point {point} is no address in 127.0.0.0/8 (RFC 5782 5)"
        if one.kind == "domain" and _is_address(point):
            yield f"test point {point} is an address, and it lists domains"


def _within(text: str) -> bool:
    return _is_address(text) and ":" not in text and ipaddress.IPv4Address(text) in LISTS


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
