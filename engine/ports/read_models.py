"""Views as they are kept for readers, and their images."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from msgspec import Struct

from engine.ids import Position, TenantId


class Row(Struct, frozen=True, kw_only=True):
    """One view as it is kept for readers."""

    projection: str
    key: str
    tenant: TenantId | None
    columns: Mapping[str, str | None]  # the declared ones, for filters and order
    body: bytes  # JSON


class Differing(NamedTuple):
    """Rows of which readers get another than the log gives, one that it does not, or none."""

    rows: int = 0
    first: str = ""  # view, key and what is wrong


class Rebuilt(Struct, frozen=True, kw_only=True):
    """What a rebuild of the read models did."""

    at: datetime
    why: str
    position: Position  # where the rows stood
    rows: int
    wrong: int = 0  # rows that were other than the log gives
    first: str = ""  # the first of them


class Standing(Struct, frozen=True, kw_only=True):
    """What the rows are that readers get."""

    generation: int
    position: Position
    codecs: Mapping[str, str]  # by view: what folded it; one that is missing is to be made anew
    rebuilt: Rebuilt | None  # by the last one; None: never yet


class Reader(Protocol):
    """Views for readers: as they stand now, or as they stood."""

    async def one(self, projection: str, key: str, *, tenant: TenantId | None) -> bytes | None:
        """A body; ``tenant`` None reads as the auditor, who sees all."""

    async def some(
        self,
        projection: str,
        *,
        tenant: TenantId | None,
        where: Mapping[str, str],
        after: str = "",
        limit: int = 100,
    ) -> list[tuple[str, bytes]]:
        """(key, body) in the order of keys, beyond ``after``; ``where`` names declared columns."""


class ReadModels(Reader, Protocol):
    async def checkpoint(self) -> Position:
        """The position the rows stand at."""

    async def write(self, rows: Sequence[Row], *, was: Position, now: Position) -> None:
        """Rows and checkpoint, all or none, while this process leads and the checkpoint is at
        ``was``; raises Deposed otherwise, LogUnavailable when Postgres is away.
        """

    async def standing(self) -> Standing:
        """What the rows are that readers get."""

    # A rebuild: all rows are laid beside those that readers get, and then take their place at once.
    # Only who leads may; whoever does not hears Deposed, and nothing was done.

    async def lay(self, rows: Sequence[Row]) -> None:
        """Rows for the next generation, which nobody reads yet; of two for one key the later holds.
        Safe to repeat.
        """

    async def differing(self) -> Differing:
        """How the rows that readers get are other than those that are laid."""

    async def swap(self, codecs: Mapping[str, str], rebuilt: Rebuilt, *, was: Position) -> None:
        """From now on readers get what is laid, and it stands at ``rebuilt.position``; raises
        Deposed where the checkpoint is not at ``was``: somebody else wrote there.
        """

    async def sweep(self) -> int:
        """Remove some rows that nobody reads; how many, 0 when there are none.  Do it before the
        first row is laid: a rebuild that died leaves its own behind.
        """


class Part(NamedTuple):
    """What an image holds of one tenant; None: of the platform."""

    tenant: TenantId | None
    body: bytes


class Images(Protocol):
    """All views of a projection at one position.  A cache: losing one costs a longer fold.  Each
    call raises LogUnavailable while Postgres is away, and ImageFailed when it does not work.
    """

    async def save(
        self, position: Position, codecs: Mapping[str, str], parts: Mapping[str, Sequence[Part]]
    ) -> None:
        """The images of these projections, all or none, while this process leads; raises Deposed
        otherwise.  Those that were there before are replaced.
        """

    async def newest(self, projection: str, codec: str, upto: Position) -> Position:
        """Of the last image of that codec at ``upto`` or before that was made from this very log;
        0 when there is none.
        """

    async def parts(
        self, projection: str, position: Position, tenant: TenantId | None
    ) -> list[Part]:
        """The tenant's own part, if it has one; None reads as the auditor, who sees all."""

    async def forget(self) -> None:
        """All of them, while this process leads; raises Deposed otherwise."""


class ImageFailed(Exception):
    """It cannot be read, or not be kept; an earlier one, or the log, gives the same views."""
