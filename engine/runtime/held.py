"""What other files of the engine on a node hold, or may hold."""

from collections.abc import Iterator

from engine.ids import IpAddr, NodeId, TenantId
from engine.projections.node_files import NODE_FILES
from engine.projections.rollouts import ROLLOUTS, Rollout
from engine.runtime.views import Views


def held_elsewhere(views: Views, node: NodeId, tenant: TenantId) -> frozenset[IpAddr]:
    """By what the node was told, and by what it is being told: two VMTAs with one address would
    send one tenant's mail in the other's name (DESIGN §4).
    """
    others = _others(views, node, tenant)
    return frozenset(ip for one in others for ip in (*one.told, *(one.planned or ())))


def awaits_its_end(views: Views, node: NodeId, tenant: TenantId) -> bool:
    """Whether another of them was being written, and nobody knows yet what lies there."""
    own = tenant != "" and views.get(NODE_FILES, node).planned is not None
    return own or any(one.planned is not None for one in _others(views, node, tenant))


def _others(views: Views, node: NodeId, tenant: TenantId) -> Iterator[Rollout]:
    return (one for one in views.of(ROLLOUTS).values() if one.node == node and one.tenant != tenant)
