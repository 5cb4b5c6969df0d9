"""What a list of domains says of a sending domain."""

from msgspec import Struct

from engine.ids import Zone
from engine.values.finding import Severity
from engine.values.verdict import Answer


class DomainListing(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One list's word, and all that is to be told of it."""

    zone: Zone
    name: str  # of the list
    answer: Answer
    severity: Severity = "info"  # of a listing
    says: tuple[str, ...] = ()  # its codes in words
    page: str = ""  # to read and to get off
    removal: str = ""  # how one does
