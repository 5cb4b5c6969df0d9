"""Who may log in on a node for an address, and what keeps them from it."""

from collections.abc import Iterator, Mapping

from engine.api.call import Call
from engine.api.present_powermta import FindingShown
from engine.ids import IpAddr, TenantId
from engine.projections.rollouts import ROLLOUTS
from engine.projections.tenants import Overlay
from engine.rules.pmta_config import passwords
from engine.values.login import Login


def logins(call: Call, tenant: TenantId) -> dict[IpAddr, Login]:
    views = call.deps.views.of(ROLLOUTS).values()
    return {ip: one for view in views if view.tenant == tenant for ip, one in view.logins.items()}


def remarks(tenant: TenantId, of: Overlay, known: Mapping[IpAddr, Login]) -> Iterator[FindingShown]:
    """Where no passwords are looked for nobody is missed."""
    for n, ip in enumerate(of.virtual_mtas):
        one = known.get(ip, Login())
        if one.why:
            stands = f"keeps {one.secret}" if one.secret else "has no SMTP user"
            yield FindingShown(
                rule="smtp-user",
                severity="warning",
                where=f"$.virtual_mtas[{n}].ip",
                message=f"{passwords.login(tenant, ip)} {stands}: {one.why}.",
                fix="Let the operator put its password there; it is found within 15 minutes.",
            )
