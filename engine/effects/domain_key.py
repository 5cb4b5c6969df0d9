"""Making a DKIM key, looking for its record, and taking it away."""

from engine.effects.base import Look, Stream, Touch
from engine.events.domain import DOMAIN
from engine.ids import NodeId, TenantId
from engine.values import authority
from engine.values.dkim_key import Algorithm
from engine.values.target import Target


class _OnNodes(Touch, frozen=True, kw_only=True):
    """One key, the same on all nodes that send for the domain; ``node`` is the first of them."""

    tenant: TenantId
    nodes: tuple[NodeId, ...]
    domain: str
    selector: str

    @property
    def concerns(self) -> tuple[str, ...]:
        nodes = (authority.over_node(node) for node in self.nodes)
        return authority.ENGINE, *nodes, authority.over_tenant(self.tenant)

    @property
    def decided_by(self) -> tuple[Stream, ...]:
        return ((DOMAIN, self.domain),)

    @property
    def target(self) -> Target:
        """Nothing on a node reads the file yet, or any more; so it waits for nobody's rollout."""
        return Target("dkim", f"{self.domain}/{self.selector}")


class LayKey(_OnNodes, frozen=True, kw_only=True, tag="domain.lay_key"):
    """It is made anew each time; the private part goes nowhere else."""

    algorithm: Algorithm


class PlaceKey(_OnNodes, frozen=True, kw_only=True, tag="domain.place_key"):
    """On ``node``, from ``source``, where it lies at ``path``."""

    algorithm: Algorithm
    source: NodeId
    path: str
    record: str  # as it is published, so that no other key goes there

    @property
    def subject(self) -> str:
        return f"{self.domain}/{self.selector}/{self.node}"


class TakeKeyAway(_OnNodes, frozen=True, kw_only=True, tag="domain.take_key_away"):
    pass


class LookAtKey(Look, frozen=True, kw_only=True, tag="domain.look_at_key"):
    tenant: TenantId
    domain: str
    selector: str
    record: str  # as it shall be published

    @property
    def target(self) -> Target:
        return Target("dkim", f"{self.domain}/{self.selector}")
