"""Proves a file of events (engine/store/event_file.py), without a database, in constant memory."""

import gzip
from collections.abc import Callable, Sequence
from pathlib import Path

from engine.errors import StartRefused
from engine.ids import Position
from engine.store.anchors import Anchor
from engine.store.event_file import Ending, Opening
from engine.store.event_lines import Bad, Lines, Piece
from engine.store.proof import Proof, Verified
from engine.store.tenant_walk import TenantWalk
from engine.store.walk import Walk, Wrong

OF_A_TENANT = (
    "it holds one tenant's events: each is proved by itself, with the digest of the event before it"
    " that its line carries. Whether one was left out, only the whole log can tell"
)


def verify_file(
    path: Path, anchors: Sequence[Anchor], progress: Callable[[int, int], None]
) -> Verified:
    """``progress`` is in bytes.  Raises StartRefused for what is no such file."""
    try:
        size = path.stat().st_size
        with path.open("rb") as raw, gzip.GzipFile(fileobj=raw) as file:
            lines = Lines(file, str(path))
            proof = _Proof(lines.opening, anchors)
            try:
                for page in lines.pages():
                    proof.take(page)
                    progress(raw.tell(), size)
                    if proof.found.wrong:
                        break
                else:
                    proof.end(lines.ending)
            except Bad as bad:
                proof.blame(str(bad))
    except OSError as error:
        raise StartRefused(f"cannot read {path}: {error.strerror or error}") from error
    return proof.result()


class _Proof:
    def __init__(self, opening: Opening, anchors: Sequence[Anchor]) -> None:
        start = Anchor(opening.after, bytes.fromhex(opening.digest))
        self.found = Verified(start)
        self._walk: Walk | TenantWalk = Walk(*start)
        if opening.tenant is not None:
            self._walk = TenantWalk(*start)
            self.found.notes.append(OF_A_TENANT)
        self._proof = Proof(self._walk, anchors, self.found)
        self._proof.end(self._proof.anchored.at_start(start))

    def take(self, pieces: Sequence[Piece]) -> None:
        self._proof.take([one.link for one in pieces], [one.before for one in pieces])

    def end(self, ending: Ending | None) -> None:
        """Does its last line say what was in it?"""
        walk = self._walk
        there = Ending(events=walk.events, position=walk.position, digest=walk.digest.hex())
        if ending is not None and ending != there:
            self.blame(
                f"its last line names {ending.events} events to {ending.position}, and there are"
                f" {there.events} to {there.position}"
            )

    def blame(self, why: str) -> None:
        self._proof.end(Wrong(Position(self.found.position + 1), "", why))

    def result(self) -> Verified:
        found, walk = self.found, self._walk
        if isinstance(walk, Walk):
            found.notes += walk.notes()
            if walk.earlier:
                found.notes.append(f"{len(walk.earlier):,} streams began before it")
        else:
            apart = walk.events - walk.neighbours
            found.notes.append(f"{apart:,} of its events stand apart from the one before them")
        if elsewhere := self._proof.anchored.elsewhere:
            found.notes.append(f"{elsewhere:,} anchors are of events that are not in it")
        return found
