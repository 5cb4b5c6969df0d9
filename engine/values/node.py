"""What is put on a PowerMTA host, and what is found there."""

from typing import NamedTuple

from msgspec import Struct

from engine.ids import TenantId
from engine.values.vmta import Running


class Fence(NamedTuple):
    """Who leads; a node keeps it beside the engine's files and refuses an older one."""

    epoch: int
    holder: str


class NodeFile(Struct, frozen=True, kw_only=True):
    """One tenant's file on one node, as it shall be.  ``text`` "" means: no file."""

    tenant: TenantId
    text: str
    expect: tuple[Running, ...]  # what PowerMTA must run once it is loaded


class Found(NamedTuple):
    """What lies on a node, and what it runs."""

    digest: str  # hex SHA-256 of the tenant's file; "" = there is none
    running: tuple[Running, ...]  # of the VMTAs asked about; one that is not defined is left out


class NodeStatus(NamedTuple):
    version: str  # "5.0r1"
    started: str  # PowerMTA's own start time, as it prints it
    paused: tuple[str, ...]  # VMTAs all of whose queues stand still
    included: bool  # the operator's configuration includes the engine's files
