"""A look for the passwords of a tenant's SMTP users."""

from engine.effects.engine import LookForLogins
from engine.events.engine import ENGINE, LoginsLooked
from engine.ids import EngineId, IpAddr, NodeId, TenantId
from engine.ports import Secrets
from engine.projections.logins import LOGINS
from engine.rules.pmta_config import passwords
from engine.runtime.notes import Notes
from engine.runtime.views import Views
from engine.values.login import Login


async def look(
    effect: LookForLogins, *, secrets: Secrets, views: Views, notes: Notes, engine: EngineId
) -> None:
    view = views.get(LOGINS, effect.tenant)
    changed: dict[IpAddr, Login] = {}
    nodes: dict[IpAddr, NodeId] = {}
    for ip, user in view.users():
        login = _login(secrets, effect.tenant, ip)
        if login != user.found:
            changed[ip], nodes[ip] = login, user.node
    event = LoginsLooked(changed=changed, nodes=nodes)
    await notes.add(effect, ENGINE.stream(engine), event)


def _login(secrets: Secrets, tenant: TenantId, ip: IpAddr) -> Login:
    kept = secrets.of(passwords.login(tenant, ip))
    return Login([*kept.texts][-1] if kept.texts else "", kept.why)
