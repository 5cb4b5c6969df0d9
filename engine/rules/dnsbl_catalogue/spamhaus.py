"""Spamhaus' lists.  Public mirrors answer whoever is no business and asks through a resolver with a
name of its own; DQS answers by key, and without the delay of a minute.

Codes: https://docs.spamhaus.com/datasets (zones); refusals:
https://www.spamhaus.org/faqs/dnsbl-usage/.  ZEN holds SBL, XBL and PBL: ask it or its parts, never
both.
"""

from collections.abc import Mapping

from engine.ids import Zone
from engine.rules.dnsbl_catalogue.block_list import BlockList, Code

ZEN = Zone("zen.spamhaus.org")
SBL = Zone("sbl.spamhaus.org")
XBL = Zone("xbl.spamhaus.org")
PBL = Zone("pbl.spamhaus.org")
DBL = Zone("dbl.spamhaus.org")
AUTHBL = Zone("authbl.dq.spamhaus.net")
ZRD = Zone("zrd.dq.spamhaus.net")

_SBL_CODES = {
    "127.0.0.2": Code("spam source or support, listed by hand", "SBL"),
    "127.0.0.3": Code("spam source, listed by machine; expires by itself", "CSS"),
    "127.0.0.9": Code("hijacked or criminal range, besides SBL", "DROP"),
}
_XBL_CODES = {
    "127.0.0.4": Code("exploited or infected host", "XBL"),
    "127.0.0.5": Code("exploited or infected host (no longer given)", "XBL"),
    "127.0.0.6": Code("exploited or infected host (no longer given)", "XBL"),
    "127.0.0.7": Code("exploited or infected host (no longer given)", "XBL"),
}
_PBL_CODES = {
    "127.0.0.10": Code("range that must not send directly, says its provider", "PBL", "policy"),
    "127.0.0.11": Code("range that must not send directly, says Spamhaus", "PBL", "policy"),
}
_ZEN_CODES = {
    **_SBL_CODES,
    **_XBL_CODES,
    **_PBL_CODES,
    "127.0.0.30": Code("botnet controller", "BCL"),
}
_ERRORS = {
    "127.255.255.252": "mistyped zone name",
    "127.255.255.254": "asked through a public resolver, or one without a name of its own (PTR)",
    "127.255.255.255": "too many questions",
}
_OF_AN_ADDRESS = "asked about an address; it lists domains"
_SOURCE = "https://docs.spamhaus.com/datasets/"
_KEY = "spamhaus"
_PER_DAY = 100_000  # of the last published thresholds for public mirrors the lower


def _of_addresses(
    zone: Zone, name: str, codes: Mapping[str, Code], removal: str, part_of: Zone | None = ZEN
) -> BlockList:
    return BlockList(
        zone=zone,
        name=f"Spamhaus {name}",
        listings=codes,
        removal=removal,
        errors=_ERRORS,
        ranges=tuple(code for code in codes if code in _PBL_CODES),
        part_of=part_of,
        action="standby",
        severity="policy" if zone == PBL else "critical",
        delisting="https://check.spamhaus.org/query/ip/{ip}",
        ipv6=True,  # CSS lists an IPv6 sender's whole /64
        budget_per_day=_PER_DAY,
        keyed="" if part_of else "{key}.zen.dq.spamhaus.net",
        key_of="" if part_of else _KEY,
        source=_SOURCE,
    )


_SBL_REMOVAL = (
    "SBL and DROP: the provider of the range opens a ticket once the cause is mended. CSS: mend the"
    " cause, then remove the address on the page; removals are counted, and without one it expires."
)
_XBL_REMOVAL = "Find and clean the infected host, then remove the address on the page."
_PBL_REMOVAL = (
    "Remove the address on the page, as the mail server with a fixed address that it is; where the"
    " provider forbids that, the provider has to, or the address cannot send."
)

ZEN_AND_PARTS = (
    _of_addresses(ZEN, "ZEN", _ZEN_CODES, "As its parts SBL, XBL and PBL say.", part_of=None),
    _of_addresses(SBL, "SBL", _SBL_CODES, _SBL_REMOVAL),
    _of_addresses(XBL, "XBL", _XBL_CODES, _XBL_REMOVAL),
    _of_addresses(PBL, "PBL", _PBL_CODES, _PBL_REMOVAL),
)

MORE = (
    BlockList(
        zone=AUTHBL,
        name="Spamhaus AuthBL",
        listings={"127.0.0.20": Code("guesses passwords at mail servers: the host is compromised")},
        errors=_ERRORS,
        severity="high",
        removal=(
            "Find what guesses passwords from this host, stop it, then remove the address on"
            " the page."
        ),
        delisting="https://check.spamhaus.org/query/ip/{ip}",
        ipv6=True,
        keyed="{key}.authbl.dq.spamhaus.net",
        key_of=_KEY,
        key_needed=True,
        source=_SOURCE,
    ),
    BlockList(
        zone=DBL,
        name="Spamhaus DBL",
        kind="domain",
        listings={
            "127.0.1.2": Code("domain of low reputation", "spam"),
            "127.0.1.4": Code("phishing", "phish"),
            "127.0.1.5": Code("malware", "malware"),
            "127.0.1.6": Code("botnet controller", "botnet"),
            "127.0.1.102": Code("honest domain, abused for spam", "abused"),
            "127.0.1.103": Code("honest redirector, abused for spam", "abused"),
            "127.0.1.104": Code("honest domain, abused for phishing", "abused"),
            "127.0.1.105": Code("honest domain, abused for malware", "abused"),
            "127.0.1.106": Code("honest domain, abused for a botnet controller", "abused"),
        },
        errors={**_ERRORS, "127.0.1.255": _OF_AN_ADDRESS},
        severity="critical",  # Apple and Outlook name it when they refuse mail
        removal="Find what was sent in the name of the domain, mend it, then ask on the page.",
        delisting="https://check.spamhaus.org/results?query={domain}",
        must_list=("dbltest.com",),
        must_not_list=("invalid",),
        budget_per_day=_PER_DAY,
        keyed="{key}.dbl.dq.spamhaus.net",
        key_of=_KEY,
        source=_SOURCE,
    ),
    BlockList(
        zone=ZRD,
        name="Spamhaus ZRD",
        kind="domain",
        listings={
            f"127.0.2.{hours}": Code(f"first seen within the last {hours} hours: too new to send")
            for hours in range(2, 25)
        },
        errors={**_ERRORS, "127.0.1.255": _OF_AN_ADDRESS, "127.0.2.255": _OF_AN_ADDRESS},
        severity="medium",
        removal=(
            "Wait: a domain leaves the list 24 hours after it was first seen. Send nothing from"
            " it until then."
        ),
        delisting="https://check.spamhaus.org/results?query={domain}",
        must_list=("zrdtest.com",),
        must_not_list=("invalid",),
        keyed="{key}.zrd.dq.spamhaus.net",
        key_of=_KEY,
        key_needed=True,
        source=_SOURCE,
    ),
)
