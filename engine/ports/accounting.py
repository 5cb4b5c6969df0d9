"""PowerMTA's accounting files, wherever they lie."""

from typing import NamedTuple, Protocol

from engine.ids import NodeId


class AccountingFile(NamedTuple):
    name: str
    size: int  # bytes
    changed: float  # seconds since 1970, by the clock of the machine it lies on


class AccountingFiles(Protocol):
    """Each raises NodeRefused or NodeSilent.  Deadlines are the caller's."""

    async def listed(self, node: NodeId) -> tuple[AccountingFile, ...]:
        """The finished files of the node's source, and those of them that somebody compressed,
        oldest first; others are not shown."""

    async def read(self, node: NodeId, name: str, start: int, most: int) -> bytes:
        """At most so many bytes; fewer only at the file's end, b"" also where it is gone."""

    async def remove(self, node: NodeId, name: str) -> None:
        """One that is gone is no failure."""
