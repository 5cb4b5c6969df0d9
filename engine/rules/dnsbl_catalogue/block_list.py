"""What is known of one block list."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal, NamedTuple

from msgspec import Struct

from engine.ids import Zone
from engine.values.verdict import Action

Kind = Literal["ip", "domain"]  # what it lists, and so by what it is asked
# How much mail a listing costs; advice to people.  policy: the range must not send at all, whatever
# is sent from it.
Severity = Literal["critical", "high", "medium", "low", "info", "policy"]

# Where a list publishes no limit: the one that Mailspike publishes, and once Spamhaus did.
UNPUBLISHED_PER_DAY = 100_000


class Code(NamedTuple):
    """What one A record, or one bit of it, says."""

    means: str
    sub: str = ""  # the list within the list, by the name that people know: "CSS"
    severity: Severity | None = None  # None: that of the whole list

    def __str__(self) -> str:
        return f"{self.sub}: {self.means}" if self.sub else self.means


class Key:
    """What a list knows its customer by: a label in each name that it is asked.  A secret: neither
    repr nor an encoder gives it away.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "Key(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def within(self, template: str) -> str:
        return template.replace("{key}", self._text)

    def out_of(self, text: str) -> str:
        """The text without it, however it is written: names have no case."""
        lower, key = text.lower(), self._text.lower()
        at = lower.find(key)
        if at < 0:
            return text
        return text[:at] + "{key}" + self.out_of(text[at + len(key) :])


class BlockList(Struct, frozen=True, kw_only=True):
    """One zone: how to ask it, what its answers mean, where to go when it lists somebody."""

    zone: Zone  # its name in the log and everywhere; never holds a key
    name: str
    listings: Mapping[str, Code]  # A record of a listing -> what it means
    removal: str  # how one gets off it, for people
    delisting: str  # page to read and act on, by hand; {ip} or {domain} is who is listed
    source: str  # where codes and rules are from
    seen: date = date(2026, 11, 24)  # when that was read
    kind: Kind = "ip"
    severity: Severity = "medium"
    action: Action = "alert"
    bits: Mapping[int, Code] = {}  # of the last octet: several lists in one answer
    harmless: Mapping[str, str] = {}  # A records that say something, and no listing
    harmless_bits: Mapping[int, str] = {}
    errors: Mapping[str, str] = {}  # A record -> why it refuses us; more than the common ones
    ranges: tuple[str, ...] = ()  # codes that list whole ranges, whether anybody sends there or not
    part_of: Zone | None = None  # never asked itself: read from the answer of that zone
    must_list: tuple[str, ...] = ("127.0.0.2",)  # RFC 5782 5; of a domain list, names
    must_not_list: tuple[str, ...] = ("127.0.0.1",)
    test_codes: tuple[str, ...] = ()  # by which it lists its test points alone
    retired: str = ""  # why it is asked no more, unless it proves to be alive
    ipv6: bool = False  # lists IPv6 addresses too
    budget_per_day: int | None = None  # questions; None: no limit is published
    min_interval: timedelta = timedelta(minutes=5)  # sooner it has no news of the same address
    reason: bool = True  # whether its TXT record is worth a question
    nodata: bool = False  # says "no data" where others say "no such name"
    keyed: str = ""  # the zone as customers ask it, with {key} in it
    key_of: str = ""  # whose key that is, as the configuration names it; "": takes none
    key_needed: bool = False  # nobody else is answered
    key: Key | None = None

    @property
    def codes(self) -> Mapping[str, str]:
        """Each A record of a listing, or of one bit of it, in words."""
        bits = {f"127.0.0.{bit}": str(means) for bit, means in self.bits.items()}
        return {code: str(means) for code, means in self.listings.items()} | bits

    @property
    def asked(self) -> str:
        """What the reversed address or the domain is put before.  It may hold the key: for the
        resolver's ears only.
        """
        return self.key.within(self.keyed) if self.key else self.zone

    @property
    def questions_a_day(self) -> int:
        return self.budget_per_day or UNPUBLISHED_PER_DAY


Catalogue = Mapping[Zone, BlockList]
