"""What an operator may say of the lists, in the table [dnsbl] of the configuration."""

from collections.abc import Iterator

from msgspec import Struct

from engine.ids import Zone
from engine.rules.dnsbl_catalogue.block_list import Kind, Severity
from engine.values.verdict import Action


class OwnList(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A zone that the catalogue does not hold."""

    codes: dict[str, str]  # A record of a listing -> what it means
    name: str = ""
    kind: Kind = "ip"
    action: Action = "alert"
    severity: Severity = "medium"
    errors: dict[str, str] = {}
    removal: str = ""  # how one gets off it, for people
    delisting: str = ""  # a page; {ip} or {domain} is who is listed
    budget_per_day: int | None = None
    must_list: tuple[str, ...] | None = None  # None: as RFC 5782 5 has it
    must_not_list: tuple[str, ...] | None = None
    ipv6: bool = False
    reason: bool = True
    key_file: str = ""  # asked as <key>.<zone>


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    on: tuple[Zone, ...] = ()  # of the catalogue, beside the nine
    off: tuple[Zone, ...] = ()  # of the nine
    actions: dict[Zone, Action] = {}
    budgets: dict[Zone, int] = {}  # questions a day
    own: dict[Zone, OwnList] = {}
    spamhaus_key_file: str = ""
    abusix_key_file: str = ""
    spamrats_key_file: str = ""

    def key_files(self) -> Iterator[tuple[str, str]]:
        """Whose key, and where it is."""
        named = {
            "spamhaus": self.spamhaus_key_file,
            "abusix": self.abusix_key_file,
            "spamrats": self.spamrats_key_file,
        }
        yield from ((whose, place) for whose, place in named.items() if place)
        own = ((zone.rstrip(".").lower(), one.key_file) for zone, one in self.own.items())
        yield from ((zone, place) for zone, place in own if place)
