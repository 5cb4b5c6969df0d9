"""Whether a name server is fit to ask block lists, by what it says of Spamhaus' test entries.

Each mistake here makes every list look clean, or every question fail, and looks like nothing at
all.  Sources: https://www.spamhaus.org/faqs/dnsbl-usage/ (return codes),
Spamhaus' notices for DigitalOcean (2024-02-15) and Vultr (2024-04-18) on resolvers without an
attributable reverse name, rbldnsd#17 and
unbound#1239 (QNAME minimisation against empty non-terminals), RFC 5782 5 (test entries), RFC 7766 5
(TCP), RFC 6891 6.2.6 (EDNS through middleboxes).
"""

import ipaddress
from collections.abc import Iterator
from typing import Literal, NamedTuple

from engine.ids import IpAddr, Zone
from engine.rules import dnsbl
from engine.values.dns import DnsAnswer, Question

LISTED, UNLISTED = IpAddr("127.0.0.2"), IpAddr("127.0.0.1")  # RFC 5782 5

Way = Literal["udp", "plain", "tcp"]  # UDP with EDNS, as the engine asks; without; TCP
Fault = Literal[
    "silent",
    "refuses",
    "fails",
    "public",
    "too_many",
    "mistyped",
    "not_listed",
    "lists_all",
    "rewrites",
    "strange",
    "edns_blocked",
    "tcp_blocked",
]

_ERRORS: dict[str, Fault] = {
    "127.255.255.252": "mistyped",
    "127.255.255.254": "public",
    "127.255.255.255": "too_many",
}
_LISTS = ipaddress.ip_network("127.0.0.0/8")
_ERROR_RANGE = ipaddress.ip_network("127.255.255.0/24")

# What happened, and what to do; {server} and {zone} are filled in.
_SAID: dict[Fault, str] = {
    "silent": "name server {server} does not answer: is it running, is its address right, and does"
    " a firewall let UDP port 53 through? Set [dns] nameservers to one that answers",
    "refuses": "name server {server} refuses our questions (REFUSED): allow this host to recurse"
    " there (unbound: access-control; BIND: allow-recursion), or set [dns] nameservers to another",
    "fails": "name server {server} fails on {zone} (SERVFAIL): it does not reach the list's"
    " servers, or may not ask them; see its own log",
    "public": "Spamhaus refuses name server {server} (127.255.255.254): it is a public resolver, or"
    " its address has no reverse name that shows whose it is. Run a resolver of your own that does"
    " not forward, on an address whose PTR names your domain, and set [dns] nameservers to it",
    "too_many": "Spamhaus refuses name server {server} (127.255.255.255): too many questions come"
    " from it. Ask through a resolver that nobody shares, or get a key from Spamhaus (DQS)",
    "mistyped": "Spamhaus says that {zone} is no zone of its own (127.255.255.252): correct its"
    " name",
    "not_listed": "name server {server} says that {zone} does not list its test entry 127.0.0.2, so"
    " it would call every address clean. It forwards to a resolver that Spamhaus does not answer,"
    " or minimises names where lists answer only whole ones. Let it ask by itself (unbound: no"
    ' forward-zone for "."), with qname-minimisation: no and harden-below-nxdomain: no',
    "lists_all": "name server {server} says that {zone} lists 127.0.0.1, which no list may:"
    " answers are made up on the way, or the list is broken. Nothing it says is believed",
    "rewrites": "name server {server} answers outside 127.0.0.0/8 for {zone}: it rewrites answers,"
    " as some providers' resolvers do for names that do not exist. Run a resolver of your own and"
    " set [dns] nameservers to it",
    "strange": "name server {server} answers for the test entry of {zone} with a code that is"
    " neither a listing nor an error known here ({codes}): ask the list what it means",
    "edns_blocked": "name server {server} answers plain questions, and not those with EDNS: a"
    " firewall on the way drops them. Let DNS packets with an OPT record pass (RFC 6891)",
    "tcp_blocked": "name server {server} answers on UDP and not on TCP: long answers (DKIM keys,"
    " SPF records) will be missed. Let TCP port 53 through (RFC 7766)",
}


class Heard(NamedTuple):
    """What one server said."""

    listed: DnsAnswer  # of the entry that must be there, by the way the engine asks
    unlisted: DnsAnswer  # of the one that must not
    plain: DnsAnswer  # of the first again, without EDNS
    tcp: DnsAnswer  # and on TCP


class Finding(NamedTuple):
    server: str
    fault: Fault
    text: str  # what happened, and what to do


def questions(zone: Zone) -> tuple[Question, Question]:
    """Of the entry that must be listed, and of the one that must not."""
    return Question(dnsbl.question(LISTED, zone), "A"), Question(
        dnsbl.question(UNLISTED, zone), "A"
    )


def findings(server: str, zone: Zone, heard: Heard) -> tuple[Finding, ...]:
    """None: it is fit.  The gravest first."""
    return tuple(
        Finding(server, fault, _text(fault, server, zone, heard)) for fault in _faults(heard)
    )


def _text(fault: Fault, server: str, zone: Zone, heard: Heard) -> str:
    codes = ", ".join(heard.listed.records)
    return _SAID[fault].format(server=server, zone=zone, codes=codes)


def _faults(heard: Heard) -> Iterator[Fault]:
    edns = heard.listed.outcome == "timeout" and heard.plain.outcome != "timeout"
    if edns:
        yield "edns_blocked"
    found = heard.plain if edns else heard.listed
    fault = _of_listed(found)
    if fault is not None:
        yield fault
    elif heard.unlisted.records:
        yield "lists_all"
    if found.outcome != "timeout" and heard.tcp.outcome == "timeout":
        yield "tcp_blocked"


def _of_listed(found: DnsAnswer) -> Fault | None:
    match found.outcome:
        case "timeout":
            return "silent"
        case "refused":
            return "refuses"
        case "servfail":
            return "fails"
        case "nxdomain" | "nodata":
            return "not_listed"
        case "ok":
            return _of_codes(found.records)


def _of_codes(codes: tuple[str, ...]) -> Fault | None:
    """An error among listings is an error."""
    addresses = [ipaddress.ip_address(code) for code in codes]
    if any(address not in _LISTS for address in addresses):
        return "rewrites"
    for code in codes:
        if code in _ERRORS:
            return _ERRORS[code]
    return "strange" if any(address in _ERROR_RANGE for address in addresses) else None
