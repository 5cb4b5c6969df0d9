"""The text of any file that a rollout lays on a node: a tenant's, or the node's own."""

from collections.abc import Mapping

from engine.ids import IpAddr, TenantId
from engine.rules.pmta_config import node_file, tenant_file
from engine.rules.pmta_config.finding import Target
from engine.rules.pmta_config.tenant_file import Made
from engine.values.node_file import NodeOwn
from engine.values.vmta import Vmta


def made(
    tenant: TenantId, vmtas: Mapping[IpAddr, Vmta], own: NodeOwn | None, target: Target = "5.0"
) -> Made:
    """``own``: of the node's file, which is no tenant's and has no VMTAs."""
    if own is not None:
        return node_file.made(own, target)
    return tenant_file.made(tenant, vmtas, target)
