"""Walks the log in order and names what is wrong first: place, chain, version or time."""

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple

from engine.ids import Position
from engine.store.admission import SET_BACK_MAX
from engine.store.digest import GENESIS, START
from engine.store.link import Link

_SET_BACK_MAX = SET_BACK_MAX // timedelta(microseconds=1)


class Wrong(NamedTuple):
    """The first thing that does not hold."""

    position: Position
    stream: str  # "": no event stands there, or it is about no single one
    why: str


class Walk:
    """Begins behind ``position``, whose event has ``digest``; 0 and zeros: at the beginning.

    It holds no event, only the last version of each stream.
    """

    def __init__(self, position: Position = START, digest: bytes = GENESIS) -> None:
        self.began = position
        self.position = position
        self.digest = digest
        self._set_back: list[Position] = []
        # Streams that were met in their middle, and what must come before; for the caller to ask.
        self.earlier: dict[str, tuple[int, Position]] = {}
        self._at = -(2**63)  # of the last event, microseconds since 1970
        self._versions: dict[bytes, int] = {}

    @property
    def events(self) -> int:
        return self.position - self.began

    def notes(self) -> list[str]:
        """What is not wrong, and worth knowing."""
        return [
            f"event {place:,}: the clock had been wrong, and was set back"
            for place in self._set_back
        ]

    def take(self, links: Sequence[Link]) -> Wrong | None:
        """Goes on over these.  After a Wrong it has ended, before what is wrong."""
        versions, digest, at = self._versions, self.digest, self._at
        place: int = self.position
        for link in links:
            position, stream, version, link_at, _, _, content, link_digest = link
            place += 1
            if (
                position != place
                or link_digest != sha256(digest + content).digest()
                or version != versions.get(stream, 0) + 1
                or link_at < at
            ):
                wrong = self._judge(link, place - 1, digest, at)
                if wrong is not None:
                    self._stand(place - 1, digest, at)
                    return wrong
            versions[stream] = version
            digest, at = link_digest, link_at
        self._stand(place, digest, at)
        return None

    def _stand(self, position: int, digest: bytes, at: int) -> None:
        self.position, self.digest, self._at = Position(position), digest, at

    def _judge(self, link: Link, after: int, digest: bytes, at: int) -> Wrong | None:
        stream = link.stream.decode(errors="replace")
        if link.position != after + 1:
            return missing(after, link.position)
        here = Position(link.position)
        if link.digest != sha256(digest + link.content).digest():
            return Wrong(here, stream, _forged(after))
        last = self._versions.get(link.stream)
        if last is None and self.began > START:
            self.earlier[stream] = (link.version - 1, here)
        elif link.version != (last or 0) + 1:
            return Wrong(here, stream, f"its version is {link.version}, after {last or 0}")
        if link.at < at:
            if at - link.at <= _SET_BACK_MAX:
                return Wrong(here, stream, "its time is before that of the event before it")
            self._set_back.append(here)
        return None


def missing(after: int, found: int | None = None) -> Wrong:
    """An event that should follow ``after``; ``found`` does instead."""
    instead = f": {found} comes after {after}" if found is not None else ""
    return Wrong(Position(after + 1), "", f"an event is missing{instead}")


def _forged(after: int) -> str:
    earlier = f", or event {after} was changed with its digest" if after else ""
    return f"it is not what was written: its digest does not follow from its bytes{earlier}"
