"""The configuration file of one tenant on one node: planned, then done, failed or unknown."""

from engine.events.base import Category, Fact
from engine.ids import IpAddr, NodeId
from engine.values.levers import Levers
from engine.values.node_file import NodeOwn
from engine.values.rollout import ConflictEnd, Ending, Evidence, Kind
from engine.values.vmta import Vmta


class RolloutPlanned(Fact, frozen=True, kw_only=True, tag="rollout.planned"):
    node: NodeId
    vmtas: dict[IpAddr, Vmta]
    digest: str  # hex SHA-256 of the file as it shall be
    before: str  # of the file as it was; "" = there was none
    overlay: int = 0  # version of its tenant's choices in it; 0 = none were ever made
    drained: tuple[IpAddr, ...] = ()  # addresses whose intake these choices close
    rollback: bool = False  # the choices are an older version's
    own: NodeOwn | None = None  # of the node's own file, which is no tenant's and has no VMTAs
    watch_s: int = 0  # so long is looked at it once it is done; 0 = it is believed at once
    followers: tuple[NodeId, ...] = ()  # that wait until this one has stood its watch


class RolloutUnknown(Fact, frozen=True, kw_only=True, tag="rollout.unknown"):
    node: NodeId
    attempt: int  # 1: the deploy itself; more: looks that were not answered
    why: str
    followers: tuple[NodeId, ...] = ()  # whose files wait for this one


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
    # of a done one: the selectors of the engine's keys that the node signs with now, by domain; ()
    # where it signed before
    dkim: dict[str, tuple[str, ...]] = {}
    followers: tuple[NodeId, ...] = ()  # of one that is not done: whose files wait for this one
    # of a failed one: addresses that must send less than the node lets them, and stand still until
    # one is done
    still: tuple[IpAddr, ...] = ()


class RolloutWatched(Fact, frozen=True, kw_only=True, tag="rollout.watched"):
    """A look after a rollout found on the node what was planned."""

    node: NodeId
    version: int  # of the file
    look: int  # from 1
    started: str  # PowerMTA's own start time
    failing: int | None = None  # queues of its VMTAs that show an error; None: not told
    over: bool = False  # the last look: the version has stood its watch
    overlay: int = 0
    followers: tuple[NodeId, ...] = ()  # of the last look: that waited for it


class WatchUnanswered(Fact, frozen=True, kw_only=True, tag="rollout.watch_unanswered"):
    """A look after a rollout told nothing that could be believed."""

    node: NodeId
    version: int
    attempt: int
    down: bool  # the host answered, and PowerMTA did not say that it runs
    why: str
    followers: tuple[NodeId, ...] = ()  # whose files wait for this one


class RolloutBreached(Fact, frozen=True, kw_only=True, tag="rollout.breached"):
    """What a look after a rollout saw speaks against it."""

    node: NodeId
    version: int
    evidence: tuple[Evidence, ...]
    overlay: int = 0
    back_to: int | None = None  # version of the choices that are brought back; None: of no use
    why_not: str = ""  # why nothing is brought back
    followers: tuple[NodeId, ...] = ()  # that waited for it, and wait on


class RolloutApproved(Fact, frozen=True, kw_only=True, tag="rollout.approved"):
    """A person lets choices go that wait."""

    node: NodeId
    overlay: int  # version of the choices
    reason: str


class CanaryPassed(Fact, frozen=True, kw_only=True, tag="rollout.canary_passed"):
    """Nothing of the choices is left to be tried on this node: the first that waited goes first."""

    node: NodeId
    overlay: int  # version of the choices
    followers: tuple[NodeId, ...]  # that waited for it, by name; from now on for the first of them


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
    RolloutPlanned
    | RolloutUnknown
    | RolloutTorn
    | RolloutEnded
    | RolloutWatched
    | WatchUnanswered
    | RolloutBreached
    | RolloutApproved
    | CanaryPassed
    | ConflictEnded
    | VersionCommitted
)
ROLLOUT: Category[RolloutEvent] = Category("rollout", RolloutEvent)
