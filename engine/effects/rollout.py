"""Putting one tenant's file on a node, looking what is there, and putting the old one back."""

from engine.effects.base import Look, Stream, Tell, Touch
from engine.events.host import HOST
from engine.events.ip import IP
from engine.events.rollout import ROLLOUT
from engine.events.tenant import TENANT
from engine.ids import IpAddr, NodeId, TenantId
from engine.values.node_file import NodeOwn
from engine.values.target import Target
from engine.values.vmta import Vmta


class Deploy(Touch, frozen=True, kw_only=True, tag="rollout.deploy"):
    tenant: TenantId
    vmtas: dict[IpAddr, Vmta]
    overlay: int = 0  # version of the tenant's choices in them
    drained: tuple[IpAddr, ...] = ()
    rollback: bool = False
    confirmed: bool = False
    followers: tuple[NodeId, ...] = ()

    @property
    def decided_by(self) -> tuple[Stream, ...]:
        addresses = ((IP, ip) for ip in self.vmtas)
        return (ROLLOUT, self.subject), (TENANT, self.tenant), *addresses

    @property
    def subject(self) -> str:
        return f"{self.node}/{self.tenant}"


class ReadBack(Look, frozen=True, kw_only=True, tag="rollout.read_back"):
    tenant: TenantId
    node: NodeId
    ips: tuple[IpAddr, ...]  # whose VMTAs the plan has, or the file before it had

    @property
    def target(self) -> Target:
        return Target("node", self.node)

    @property
    def subject(self) -> str:
        return f"{self.node}/{self.tenant}"


class WatchFile(Look, frozen=True, kw_only=True, tag="rollout.watch"):
    """Whether a node still runs what it was told, while that is new."""

    tenant: TenantId
    node: NodeId
    version: int
    look: int  # from 1
    ips: tuple[IpAddr, ...]

    @property
    def target(self) -> Target:
        return Target("node", self.node)

    @property
    def subject(self) -> str:
        return f"{self.node}/{self.tenant}"


class Restore(Touch, frozen=True, kw_only=True, tag="rollout.restore"):
    """Bytes and what runs do not belong together: back to ``vmtas``, which ran before."""

    tenant: TenantId
    vmtas: dict[IpAddr, Vmta]

    @property
    def decided_by(self) -> tuple[Stream, ...]:
        return ((ROLLOUT, self.subject),)

    @property
    def subject(self) -> str:
        return f"{self.node}/{self.tenant}"


class CommitVersion(Tell, frozen=True, kw_only=True, tag="rollout.commit"):
    """What a node runs, kept in the engine's git repository for people to read.  Without a tenant
    it is the node's own file."""

    node: NodeId
    version: int

    @property
    def target(self) -> Target:
        return Target("git", self.node)

    @property
    def subject(self) -> str:
        return f"{self.node}/{self.tenant or ''}"


class DeployOwn(Touch, frozen=True, kw_only=True, tag="rollout.deploy_own"):
    """The engine's own file on a node; it concerns no tenant."""

    own: NodeOwn

    @property
    def decided_by(self) -> tuple[Stream, ...]:
        return (ROLLOUT, f"{self.node}/"), (HOST, self.node)


class ReadOwn(Look, frozen=True, kw_only=True, tag="rollout.read_own"):
    node: NodeId

    @property
    def target(self) -> Target:
        return Target("node", self.node)


class RestoreOwn(Touch, frozen=True, kw_only=True, tag="rollout.restore_own"):
    """Back to the file that the node ran before."""

    @property
    def decided_by(self) -> tuple[Stream, ...]:
        return ((ROLLOUT, f"{self.node}/"),)
