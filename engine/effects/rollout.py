"""Putting one tenant's file on a node, looking what is there, and putting the old one back."""

from engine.effects.base import Look, Tell, Touch
from engine.ids import IpAddr, NodeId, TenantId
from engine.values.target import Target
from engine.values.vmta import Vmta


class Deploy(Touch, frozen=True, kw_only=True, tag="rollout.deploy"):
    tenant: TenantId
    vmtas: dict[IpAddr, Vmta]
    overlay: int = 0  # version of the tenant's choices in them

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


class Restore(Touch, frozen=True, kw_only=True, tag="rollout.restore"):
    """Bytes and what runs do not belong together: back to ``vmtas``, which ran before."""

    tenant: TenantId
    vmtas: dict[IpAddr, Vmta]

    @property
    def subject(self) -> str:
        return f"{self.node}/{self.tenant}"


class CommitVersion(Tell, frozen=True, kw_only=True, tag="rollout.commit"):
    """What a node runs, kept in the engine's git repository for people to read."""

    tenant: TenantId
    node: NodeId
    version: int

    @property
    def target(self) -> Target:
        return Target("git", self.node)

    @property
    def subject(self) -> str:
        return f"{self.node}/{self.tenant}"
