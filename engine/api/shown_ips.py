"""Sending addresses as JSON, worked out once for equal rows.

What an address is shown as follows from the bytes of its row and from the catalogue alone, so equal
bytes need not be decoded, explained and encoded again.  Who may see them is settled before: the
bytes are what Postgres gave to whoever asks.
"""

from functools import lru_cache

import msgspec
from msgspec import Raw

from engine.api import present_ip
from engine.projections.ip_row import IpRow
from engine.rules.dnsbl_catalogue import Catalogue

KEPT = 4_096  # rows, of about 4 KB with what they are shown as


class ShownIps:
    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._decoder = msgspec.json.Decoder(IpRow)
        self._kept = lru_cache(maxsize=KEPT)(self._shown)

    def of(self, body: bytes) -> Raw | None:
        """None: it was removed."""
        return self._kept(body)

    def _shown(self, body: bytes) -> Raw | None:
        known = present_ip.known(self._decoder.decode(body), self._catalogue)
        return None if known is None else Raw(msgspec.json.encode(known))
