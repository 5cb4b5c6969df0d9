"""What was proved so far of a log, or of a file of its events."""

from collections import Counter
from collections.abc import Iterable, Sequence

from engine.ids import Position
from engine.store.anchors import Anchor, Anchored
from engine.store.bodies import first_misfit
from engine.store.link import Link
from engine.store.tenant_walk import TenantWalk
from engine.store.walk import Walk, Wrong


class Verified:
    """What was looked at, and what was found."""

    def __init__(self, start: Anchor) -> None:
        self.events = 0
        self.position, self.digest = start  # as far as all is well
        self.wrong: list[Wrong] = []  # the first of each kind; []: whole
        self.unknown: Counter[str] = Counter()  # events by tag that this version cannot read
        self.anchors = 0  # that are as they say
        self.notes: list[str] = []  # what is not wrong, and worth knowing

    def blame(self, wrong: Wrong | None) -> None:
        if wrong is not None:
            self.wrong = sorted([*self.wrong, wrong])


class Proof:
    """Takes events in their order: chain, versions, times, bodies, and anchors on the way."""

    def __init__(self, walk: Walk | TenantWalk, anchors: Iterable[Anchor], found: Verified) -> None:
        self.walk = walk
        self.anchored = Anchored(anchors)
        self.found = found
        self.ended = False

    def take(self, links: Sequence[Link], before: Sequence[bytes] = ()) -> None:
        """After something wrong it takes no more.  ``before``: the digest of the event before each,
        where those are not all there.
        """
        if self.ended or not links:
            return
        walk, found = self.walk, self.found
        events = walk.events
        broken = walk.take(links) if isinstance(walk, Walk) else walk.take(links, before)
        sound = links[: walk.events - events]
        wrong = first_misfit(sound, found.unknown) or self.anchored.take(sound) or broken
        if wrong is not None:
            self.ended = True
            found.blame(wrong)
            sound = [one for one in sound if one.position < wrong.position]
        if sound:
            found.events = events + len(sound)
            found.position, found.digest = Position(sound[-1].position), sound[-1].digest
        found.anchors = self.anchored.held

    def end(self, wrong: Wrong | None) -> None:
        """The first thing that is wrong, where it was no event that was taken."""
        if wrong is not None and not self.ended:
            self.ended = True
            self.found.blame(wrong)
