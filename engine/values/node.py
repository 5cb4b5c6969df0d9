"""What is put on a PowerMTA host, and what is found there."""

from collections.abc import Mapping
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


class Depth(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """What waits for one VMTA, over all its queues."""

    waiting: int = 0  # recipients
    kb: float = 0.0
    connections: int = 0  # to receivers
    backing_off: int = 0  # queues in PowerMTA's backoff mode
    failing: int = 0  # queues that show an error
    error: str = ""  # one of these; at most 200 characters, no token with an @


class Measures(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """How a node does, as far as it tells; None: it does not."""

    waiting: int | None = None  # recipients in all SMTP queues
    kb: float | None = None
    connections_in: int | None = None
    connections_out: int | None = None
    load: float | None = None  # processes that ran or waited, on average over the last minute
    disks: dict[str, int] = {}  # used per cent, by mount point, of what PowerMTA writes to


class NodeStatus(NamedTuple):
    version: str  # "5.0r1"
    started: str  # PowerMTA's own start time, as it prints it
    paused: tuple[str, ...]  # VMTAs all of whose queues stand still
    included: bool  # the operator's configuration includes the engine's files
    measures: Measures = Measures()
    depths: Mapping[str, Depth] | None = None  # of each VMTA with waiting mail; None: not told
    clock: str = ""  # hours from UTC, as "+02:00"; "": not told
    fence: Fence | None = None  # who led there last; None: nobody, or it cannot be read
