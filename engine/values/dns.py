"""Questions to the DNS and what came back, in words that a log can keep."""

from typing import Literal, NamedTuple

from msgspec import Struct

RecordType = Literal["A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "TXT"]
Outcome = Literal["ok", "nodata", "nxdomain", "servfail", "refused", "timeout"]

UNANSWERED: frozenset[Outcome] = frozenset({"servfail", "refused", "timeout"})


class Question(NamedTuple):
    name: str  # lower case, A-labels, without the last dot
    type: RecordType


class DnsAnswer(Struct, frozen=True, gc=False, omit_defaults=True):
    """``records`` in the order of their text, each as a zone file writes its data, but: names lower
    case and without the last dot (the root is "."), a TXT record as its strings joined, undecodable
    bytes as U+FFFD.  An MX record is "10 mx1.example.net".
    """

    outcome: Outcome
    records: tuple[str, ...] = ()
    ttl: int | None = None  # seconds, the least of the answer's
    aliases: tuple[str, ...] = ()  # CNAMEs that were followed to the records, in their order

    @property
    def answered(self) -> bool:
        """Somebody who knows said this; else nobody knows, and nothing follows from it."""
        return self.outcome not in UNANSWERED
