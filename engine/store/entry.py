"""One row of the log, as it is stored."""

from datetime import datetime
from typing import NamedTuple

from engine.ids import Actor, EventId, Position, TenantId, Version


class Entry(NamedTuple):
    """The columns of ``engine.event``, in their order."""

    position: Position
    stream: str
    version: Version
    id: EventId
    tag: str
    at: datetime
    tenant: TenantId | None
    actor: Actor
    cause: str
    body: bytes
    digest: bytes
