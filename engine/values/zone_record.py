"""A record as somebody would publish it."""

from msgspec import Struct

from engine.values.dns import RecordType


class ZoneRecord(Struct, frozen=True, gc=False):
    """``data`` as in ``DnsAnswer.records``: a TXT record as its strings joined."""

    name: str  # lower case, A-labels, without the last dot
    type: RecordType
    data: str | None  # None: there is no record of this type at this name
