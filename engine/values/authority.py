"""May the engine touch the world, or only look at it?"""

from typing import Literal

from engine.ids import NodeId, TenantId

Mode = Literal["observe", "act"]
ENGINE = "engine"


def over_node(node: NodeId) -> str:
    return f"node-{node}"


def over_tenant(tenant: TenantId) -> str:
    return f"tenant-{tenant}"
