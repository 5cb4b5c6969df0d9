"""How a rollout may end, why it may fail, and what is seen of it afterwards."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from engine.ids import IpAddr, NodeId
from engine.values.overlay import Chosen
from engine.values.retry import Work

Ending = Literal["done", "failed", "conflict"]
ConflictEnd = Literal["adopt", "overwrite"]
# invalid: PowerMTA, or our own validator before it, refused our file; foreign: the configuration
# fails without it; not_included: the operator's file does not include ours; fenced: another engine
# process leads; too_large: it takes away more than may go unasked; node: the rest
Kind = Literal["", "invalid", "foreign", "not_included", "fenced", "too_large", "node"]

# down: PowerMTA does not say that it runs; restarts: it starts again and again; missing: a VMTA of
# the file is not defined; other: one runs with other settings; errors: more queues fail than did;
# bounce, block, deferral: of the mail that accounting counted, more than before came to that
Sign = Literal["down", "restarts", "missing", "other", "errors", "bounce", "block", "deferral"]


class Evidence(Struct, frozen=True, gc=False, omit_defaults=True):
    """One thing that a look saw after a rollout, and that should not be."""

    sign: Sign
    vmta: str = ""  # "" = all of the node
    planned: str = ""
    found: str = ""


class Choices(Struct, frozen=True, gc=False, omit_defaults=True):
    """What people chose for the addresses of one tenant on one node."""

    chosen: dict[IpAddr, Chosen] = {}
    drained: tuple[IpAddr, ...] = ()
    overlay: int = 0  # version of the tenant's choices
    rollback: bool = False  # they are those of an older version
    confirmed: bool = False  # a person wants them, however much they take away


# canary: another node goes first; breached: it did, and what was seen there stops the others;
# too_large: they take away more than may go unasked
WhyWaiting = Literal["canary", "breached", "too_large"]


class Waiting(Struct, frozen=True, gc=False, omit_defaults=True):
    """Choices that hold later, or never; until then those before them do."""

    choices: Choices
    why: WhyWaiting
    canary: NodeId = NodeId("")
    said: str = ""  # of the breach, or of what would go


class Watch(Struct, frozen=True, gc=False):
    """What a node runs since a rollout was done is looked at until its time is over."""

    since: datetime
    over: timedelta
    version: int
    overlay: int
    looks: int = 0  # that found everything as it was planned
    work: Work = Work()  # of the next one
