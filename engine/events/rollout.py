"""The configuration file of one tenant on one node: planned, then done, failed or unknown."""

from engine.events.base import Category, Fact
from engine.ids import IpAddr, NodeId
from engine.values.levers import Levers
from engine.values.rollout import ConflictEnd, Ending, Kind
from engine.values.vmta import Vmta


class RolloutPlanned(Fact, frozen=True, kw_only=True, tag="rollout.planned"):
    node: NodeId
    vmtas: dict[IpAddr, Vmta]
    digest: str  # hex SHA-256 of the file as it shall be
    before: str  # of the file as it was; "" = there was none
    overlay: int = 0  # version of its tenant's choices in it; 0 = none were ever made


class RolloutUnknown(Fact, frozen=True, kw_only=True, tag="rollout.unknown"):
    node: NodeId
    attempt: int  # 1: the deploy itself; more: looks that were not answered
    why: str


class RolloutTorn(Fact, frozen=True, kw_only=True, tag="rollout.torn"):
    """Bytes and what runs do not belong together; the old bytes go back, and it ends as failed."""

    node: NodeId
    found: str  # digest of the bytes
    why: str


class RolloutEnded(Fact, frozen=True, kw_only=True, tag="rollout.ended"):
    node: NodeId
    ending: Ending
    changed: dict[IpAddr, Levers] = {}  # of a done one: what the node is told now, and was not
    kind: Kind = ""
    why: str = ""


class ConflictEnded(Fact, frozen=True, kw_only=True, tag="rollout.conflict_ended"):
    """A person has seen what somebody wrote into the file, and says what becomes of it.

    ``adopt``: it stays until something else is wanted of the file; ``overwrite``: the engine's
    goes there at once."""

    node: NodeId
    end: ConflictEnd
    found: str  # digest of the bytes that were looked at; what is planned next goes in their place
    reason: str


class VersionCommitted(Fact, frozen=True, kw_only=True, tag="rollout.committed"):
    """A version that the node runs lies in the engine's git repository."""

    node: NodeId
    version: int  # from 1, of this file
    commit: str  # git's name of it, hex


RolloutEvent = (
    RolloutPlanned | RolloutUnknown | RolloutTorn | RolloutEnded | ConflictEnded | VersionCommitted
)
ROLLOUT: Category[RolloutEvent] = Category("rollout", RolloutEvent)
