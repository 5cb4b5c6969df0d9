"""The block lists of the default set, as data.

Codes and pages: each list's own documentation, as gathered on 2026-11-24.  Nine lists cost five
questions: SBL, XBL and PBL are read from ZEN's answer (Spamhaus: ask ZEN or its parts, never both),
and a retired list is asked about its test points alone.  Whoever changes what an answer means
raises CATALOGUE_VERSION: every look names the version that judged it.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from engine.ids import IpAddr, Zone

CATALOGUE_VERSION = 1

Action = Literal["standby", "retire", "alert", "none"]  # what a confirmed listing does to an IP


class BlockList(Struct, frozen=True, kw_only=True):
    """One zone: how to ask it, what its answers mean, where to go when it lists an address."""

    zone: Zone
    name: str
    codes: Mapping[str, str]  # A record of a listing -> what it means
    delisting: str  # page to read and act on, by hand; {ip} is the address
    source: str  # where codes and rules are from
    errors: Mapping[str, str] = {}  # A record -> why it refuses us; more than the common ones
    ranges: tuple[str, ...] = ()  # codes that list whole ranges, whether anybody sends there or not
    part_of: Zone | None = None  # never asked itself: read from the answer of that zone
    action: Action = "standby"
    must_list: tuple[IpAddr, ...] = (IpAddr("127.0.0.2"),)  # RFC 5782 5
    must_not_list: tuple[IpAddr, ...] = (IpAddr("127.0.0.1"),)  # RFC 5782 5
    retired: str = ""  # why it is asked no more, unless it proves to be alive
    ipv6: bool = False  # lists IPv6 addresses too


Catalogue = Mapping[Zone, BlockList]

ZEN = Zone("zen.spamhaus.org")
SBL = Zone("sbl.spamhaus.org")
XBL = Zone("xbl.spamhaus.org")
PBL = Zone("pbl.spamhaus.org")
SPAMCOP = Zone("bl.spamcop.net")
SORBS = Zone("dnsbl.sorbs.net")
BARRACUDA = Zone("b.barracudacentral.org")
UCEPROTECT = Zone("dnsbl-1.uceprotect.net")
PSBL = Zone("psbl.surriel.com")

_SBL_CODES = {
    "127.0.0.2": "SBL: spam source or support, listed by hand",
    "127.0.0.3": "CSS: spam source, listed by machine; expires by itself",
    "127.0.0.9": "DROP: hijacked or criminal range, besides SBL",
}
_XBL_CODES = {
    "127.0.0.4": "XBL: exploited or infected host",
    "127.0.0.5": "XBL: exploited or infected host (no longer given)",
    "127.0.0.6": "XBL: exploited or infected host (no longer given)",
    "127.0.0.7": "XBL: exploited or infected host (no longer given)",
}
_PBL_CODES = {
    "127.0.0.10": "PBL: range that must not send directly, says its provider",
    "127.0.0.11": "PBL: range that must not send directly, says Spamhaus",
}
_ZEN_CODES = {
    **_SBL_CODES,
    **_XBL_CODES,
    **_PBL_CODES,
    "127.0.0.30": "BCL: botnet controller",
}
# https://www.spamhaus.org/faqs/dnsbl-usage/ (return codes)
_SPAMHAUS_ERRORS = {
    "127.255.255.252": "mistyped zone name",
    "127.255.255.254": "asked through a public resolver, or one without a name of its own (PTR)",
    "127.255.255.255": "too many questions",
}
_SPAMHAUS_PAGE = "https://check.spamhaus.org/query/ip/{ip}"
_SPAMHAUS_SOURCE = "https://docs.spamhaus.com/datasets/"


def _spamhaus(
    zone: Zone, name: str, codes: Mapping[str, str], part_of: Zone | None = ZEN
) -> BlockList:
    return BlockList(
        zone=zone,
        name=f"Spamhaus {name}",
        codes=codes,
        errors=_SPAMHAUS_ERRORS,
        ranges=tuple(code for code in codes if code in _PBL_CODES),
        part_of=part_of,
        delisting=_SPAMHAUS_PAGE,
        ipv6=True,  # CSS lists an IPv6 sender's whole /64
        source=_SPAMHAUS_SOURCE,
    )


_NINE = (
    _spamhaus(ZEN, "ZEN", _ZEN_CODES, part_of=None),
    _spamhaus(SBL, "SBL", _SBL_CODES),
    _spamhaus(XBL, "XBL", _XBL_CODES),
    _spamhaus(PBL, "PBL", _PBL_CODES),
    BlockList(
        zone=SPAMCOP,
        name="SpamCop",
        codes={"127.0.0.2": "reported by users or traps; expires about 24 h after the last report"},
        delisting="https://www.spamcop.net/bl.shtml?{ip}",
        source="https://www.spamcop.net/bl.shtml",
    ),
    BlockList(
        zone=SORBS,
        name="SORBS",
        codes={
            "127.0.0.2": "open HTTP proxy",
            "127.0.0.3": "open SOCKS proxy",
            "127.0.0.4": "other open proxy",
            "127.0.0.5": "open SMTP relay",
            "127.0.0.6": "spam source",
            "127.0.0.7": "vulnerable web server",
            "127.0.0.8": "asked not to be tested",
            "127.0.0.9": "hijacked range",
            "127.0.0.10": "dynamic range",
        },
        delisting="http://www.sorbs.net/",
        retired="Proofpoint closed SORBS on 5 June 2024 and emptied its zones",
        source="https://github.com/mailcow/mailcow-dockerized/issues/5901",
    ),
    BlockList(
        zone=BARRACUDA,
        name="Barracuda",
        codes={"127.0.0.2": "poor reputation; Barracuda gives no reasons"},
        delisting="https://www.barracudacentral.org/rbl/removal-request",
        source="https://www.barracudacentral.org/rbl/how-to-use",
    ),
    BlockList(
        zone=UCEPROTECT,
        name="UCEPROTECT level 1",
        codes={"127.0.0.2": "hit a trap; expires 7 days after the last hit"},
        delisting="http://www.uceprotect.net/en/rblcheck.php?ipr={ip}",
        source="http://www.uceprotect.net/en/index.php?m=7&s=7",
    ),
    BlockList(
        zone=PSBL,
        name="PSBL",
        codes={"127.0.0.2": "hit a spam trap; anybody may remove it"},
        delisting="https://psbl.org/listing?ip={ip}",
        source="https://psbl.org/howto",
    ),
)

DEFAULT: Catalogue = {one.zone: one for one in _NINE}
