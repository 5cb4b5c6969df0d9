"""Addresses that somebody else's file on a node still defines, or may."""

from engine.ids import IpAddr, NodeId, TenantId
from engine.projections.rollouts import ROLLOUTS
from engine.runtime.views import Views


def held_elsewhere(views: Views, node: NodeId, tenant: TenantId) -> frozenset[IpAddr]:
    """By what the node was told, and by what it is being told: two VMTAs with one address would
    send one tenant's mail in the other's name (DESIGN §4).
    """
    others = (
        one for one in views.of(ROLLOUTS).values() if one.node == node and one.tenant != tenant
    )
    return frozenset(ip for one in others for ip in (*one.told, *(one.planned or ())))
