"""Walks one tenant's events.  Those of others lie between them and are not there, so each is proved
by itself, from the digest of the event before it, which its line carries.
"""

from collections.abc import Sequence
from hashlib import sha256

from engine.ids import Position
from engine.store.digest import GENESIS, START
from engine.store.link import Link
from engine.store.walk import Wrong


class TenantWalk:
    def __init__(self, position: Position = START, digest: bytes = GENESIS) -> None:
        self.position = position
        self.digest = digest
        self.events = 0
        self.neighbours = 0  # events whose predecessor is there too
        self._versions: dict[bytes, int] = {}

    def take(self, links: Sequence[Link], befores: Sequence[bytes]) -> Wrong | None:
        """Goes on over these.  After a Wrong it has ended, before what is wrong."""
        for link, before in zip(links, befores, strict=True):
            why = self._why(link, before)
            if why:
                return Wrong(Position(link.position), link.stream.decode(errors="replace"), why)
            self.neighbours += link.position == self.position + 1
            self.position, self.digest = Position(link.position), link.digest
            self.events += 1
            self._versions[link.stream] = link.version
        return None

    def _why(self, link: Link, before: bytes) -> str:
        if link.position <= self.position:
            return f"it comes after {self.position}"
        if link.position == self.position + 1 and before != self.digest:
            return "the event before it is not the one that it was written after"
        if link.digest != sha256(before + link.content).digest():
            return "it is not what was written: its digest does not follow from its bytes"
        last = self._versions.get(link.stream, 0)
        return f"its version is {link.version}, after {last}" if link.version <= last else ""
