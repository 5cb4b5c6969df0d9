"""Sending addresses as JSON, worked out once for equal rows.

What an address is shown as follows from the bytes of its row and from the catalogue alone, as long
as what was found out of it is fresh, so equal bytes need not be decoded, explained and encoded
again.  Who may see them is settled before: the bytes are what Postgres gave to whoever asks.
"""

from datetime import datetime
from functools import lru_cache

import msgspec
from msgspec import Raw

from engine.api import present_ip
from engine.projections.ip_row import IpRow
from engine.reactors import guards
from engine.rules.dnsbl_catalogue import Catalogue

KEPT = 4_096  # rows, of about 4 KB with what they are shown as


class ShownIps:
    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._decoder = msgspec.json.Decoder(IpRow)
        self._kept = lru_cache(maxsize=KEPT)(self._fresh)

    def of(self, body: bytes, now: datetime) -> Raw | None:
        """None: it was removed."""
        shown, until = self._kept(body)
        return shown if now <= until else self._shown(self._decoder.decode(body), now)

    def _fresh(self, body: bytes) -> tuple[Raw | None, datetime]:
        """And until when it is shown so."""
        row = self._decoder.decode(body)
        until = guards.fresh_until(row)
        return self._shown(row, until), until

    def _shown(self, row: IpRow, now: datetime) -> Raw | None:
        known = present_ip.known(row, self._catalogue, now)
        return None if known is None else Raw(msgspec.json.encode(known))
