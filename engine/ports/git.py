"""The repository in which every version that a node ran is kept."""

from datetime import datetime
from typing import NamedTuple, Protocol

from engine.ids import NodeId, Position, TenantId


class Deployed(NamedTuple):
    """One version of one file on one node."""

    node: NodeId
    tenant: TenantId  # "": of the node's own
    version: int  # from 1, of this file
    text: str  # "" = the file is gone
    at: datetime  # the node ran it
    trailers: tuple[tuple[str, str], ...]  # of the message, besides the engine's own


class ConfigHistory(Protocol):
    async def commit(self, deployed: Deployed) -> str:
        """Git's name of the commit, hex.  Safe to repeat: a version is committed once.  Raises
        NotKept.
        """

    async def head(self) -> tuple[Position, str] | None:
        """Where the log ended when the newest commit was made: position and digest, hex.  None:
        nothing was committed, or it does not say.  Raises NotKept.
        """


class NotKept(Exception):
    """It could not be written; nothing else was harmed."""
