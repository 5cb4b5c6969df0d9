"""Images in memory: the same contract, for tests and the demo."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from engine.errors import Deposed
from engine.ids import Position, TenantId
from engine.ports import ImageFailed, Part
from engine.store.memory import MemoryLog
from engine.store.views import PLATFORM_VIEWS


class Kept(NamedTuple):
    codec: str
    digest: bytes  # of the event at its position
    parts: tuple[Part, ...]
    of: int  # parts


Shelf = dict[tuple[str, Position], Kept]


class MemoryImages:
    """``shelf`` is what outlives a process."""

    def __init__(self, log: MemoryLog, shelf: Shelf | None = None) -> None:
        self._log = log
        self.shelf: Shelf = {} if shelf is None else shelf

    async def save(
        self, position: Position, codecs: Mapping[str, str], parts: Mapping[str, Sequence[Part]]
    ) -> None:
        self._lead()
        digest = self._digest(position)
        if digest is None:
            return
        for name, of in parts.items():
            self.shelf[name, position] = Kept(codecs[name], digest, tuple(of), len(of))

    async def newest(self, projection: str, codec: str, upto: Position) -> Position:
        fitting = (
            position
            for (name, position), one in self.shelf.items()
            if (name, one.codec) == (projection, codec)
            and position <= upto
            and one.digest == self._digest(position)
        )
        return max(fitting, default=Position(0))

    async def parts(
        self, projection: str, position: Position, tenant: TenantId | None
    ) -> list[Part]:
        one = self.shelf.get((projection, position))
        held = () if one is None else one.parts
        if tenant is not None:
            theirs = projection not in PLATFORM_VIEWS
            return [part for part in held if theirs and part.tenant == tenant]
        if one is None or len(held) != one.of:
            raise ImageFailed(f"it has {len(held)} parts of {one and one.of}")
        return list(held)

    async def forget(self) -> None:
        self._lead()
        self.shelf.clear()

    def _lead(self) -> None:
        if self._log.fence() != self._log.database.fence:
            raise Deposed(f"the images belong to {self._log.database.fence.holder!r} now")

    def _digest(self, position: Position) -> bytes | None:
        entries = self._log.database.entries
        return entries[position - 1].digest if 0 < position <= len(entries) else None
