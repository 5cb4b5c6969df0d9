"""What was kept of a log outside of it: digests that it had at some positions.

    <position> <digest, 64 hexadecimal digits> [anything]

One a line, as ``GET /api/v2/log/head`` and the log line ``log.head`` give them; empty lines and
those that begin with # are passed over.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from engine.ids import Position
from engine.store.digest import GENESIS
from engine.store.link import Link
from engine.store.walk import Wrong

_LINE = re.compile(r"(?P<position>\d{1,18})[\s:]+(?P<digest>[0-9a-fA-F]{64})(\s.*)?")


class Anchor(NamedTuple):
    position: Position
    digest: bytes


BEGINNING = Anchor(Position(0), GENESIS)


def parse_anchor(text: str) -> Anchor:
    """``position digest``, or ``position:digest``; raises ValueError."""
    found = _LINE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text.strip()!r} is no position with a digest of 64 hexadecimal digits")
    anchor = Anchor(Position(int(found["position"])), bytes.fromhex(found["digest"]))
    if anchor.position == 0 and anchor.digest != GENESIS:
        raise ValueError("before the first event, at 0, the digest is 64 zeros")
    return anchor


def parse_anchors(lines: Iterable[str]) -> list[Anchor]:
    """In the order of positions; raises ValueError that names the line."""
    anchors: list[Anchor] = []
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            try:
                anchors.append(parse_anchor(line))
            except ValueError as bad:
                raise ValueError(f"line {number}: {bad}") from bad
    return sorted(anchors)


class Anchored:
    """Compares events with their anchors while they are walked, in their order."""

    def __init__(self, anchors: Iterable[Anchor]) -> None:
        self._left = sorted(anchors, reverse=True)
        self._passed = 0
        self.held = 0  # anchors that are as they say

    @property
    def elsewhere(self) -> int:
        """Anchors of events that did not come by."""
        return self._passed + len(self._left)

    def at_start(self, start: Anchor) -> Wrong | None:
        """``start`` is what the first event follows."""
        return self._compare({start.position: (start.digest, b"")}, start.position)

    def take(self, links: Sequence[Link]) -> Wrong | None:
        if not links or not self._left or self._left[-1].position > links[-1].position:
            return None
        there = {Position(one.position): (one.digest, one.stream) for one in links}
        return self._compare(there, Position(links[-1].position))

    def _compare(
        self, there: Mapping[Position, tuple[bytes, bytes]], upto: Position
    ) -> Wrong | None:
        while self._left and self._left[-1].position <= upto:
            anchor = self._left.pop()
            if anchor.position not in there:
                self._passed += 1
                continue
            digest, stream = there[anchor.position]
            if digest != anchor.digest:
                return differs(anchor, digest, stream.decode(errors="replace"))
            self.held += 1
        return None


def differs(anchor: Anchor, digest: bytes, stream: str) -> Wrong:
    why = (
        f"the log was rewritten, here or before: an anchor says {anchor.digest.hex()},"
        f" and it is {digest.hex()}"
    )
    return Wrong(anchor.position, stream, why)
