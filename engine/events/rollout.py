"""The configuration file of one tenant on one node: planned, then done, failed or unknown."""

from engine.events.base import Category, Fact
from engine.ids import IpAddr, NodeId
from engine.values.levers import Levers
from engine.values.rollout import Ending, Kind
from engine.values.vmta import Vmta


class RolloutPlanned(Fact, frozen=True, kw_only=True, tag="rollout.planned"):
    node: NodeId
    vmtas: dict[IpAddr, Vmta]
    digest: str  # hex SHA-256 of the file as it shall be
    before: str  # of the file as it was; "" = there was none


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


RolloutEvent = RolloutPlanned | RolloutUnknown | RolloutTorn | RolloutEnded
ROLLOUT: Category[RolloutEvent] = Category("rollout", RolloutEvent)
