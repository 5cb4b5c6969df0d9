"""Which of MailWizz's delivery servers an address has, where a person names it."""

from typing import Annotated

from msgspec import Meta

from engine.api import auth, ips, writing
from engine.api.call import Answer, Call, OfTenant
from engine.api.problems import Problem
from engine.commands import Command
from engine.commands.server import ClaimServer, ReleaseServer
from engine.errors import Rejected
from engine.ids import InstanceId, IpAddr, ServerId, TenantId
from engine.projections.ips import IPS
from engine.projections.servers import SERVERS
from engine.runtime.command_handler import Asked
from engine.values.server import ServerName

FIELD = "$.server_id"
Number = Annotated[int, Meta(ge=1, le=2**31 - 1)]  # MailWizz's own, an INT column


class NamedServer(OfTenant, frozen=True, kw_only=True):
    server_id: Number


async def name_server(call: Call, body: NamedServer) -> Answer:
    """For an address that is here already and found none, or whose row is gone."""
    ip = ips.named(call)
    tenant = auth.whose(call.deps.views, call.caller, body.tenant)
    async with call.deps.turns.of(tenant):
        row = call.deps.views.get(IPS, f"{tenant}/{ip}")
        if not row.ip:
            raise ips.unknown(ip)
        if row.removal:
            why = f"{ip} is being removed, and takes no server any more; nothing was changed"
            raise Problem("refused", why, field=FIELD)
        commands = claims(call, ip, tenant, row.instance, body.server_id)
        try:
            position = await writing.ask(call, [Asked(one, tenant) for one in commands], tenant)
        except Rejected as refused:
            raise taken(refused, body.server_id) from refused
    return await ips.shown(call, ip, tenant, position)


def claims(
    call: Call, ip: IpAddr, tenant: TenantId, instance: InstanceId | None, number: int
) -> list[Command]:
    """What is to be asked so that the server is the address's; raises Problem."""
    if instance is None:
        why = f"the tenant {tenant!r} has no MailWizz installation (PATCH /api/v2/tenants/{tenant})"
        raise Problem("invalid", f"{why}, so its addresses have no server", field=FIELD)
    if instance not in call.deps.mailwizz_for(tenant):
        why = f"the configuration does not let {tenant!r} name a server of MailWizz {instance!r}"
        raise Problem("invalid", f"{why} ([mailwizz.{instance}] tenants)", field=FIELD)
    if call.deps.mailwizz_shared(instance):
        auth.permit(call.caller, "admin")  # the row may be anybody's
    name = ServerName(instance, ServerId(number))
    claim = ClaimServer(server=name, ip=ip)
    known = call.deps.views.get(SERVERS, f"{tenant}/{ip}")
    if known.claimed in (None, name):
        return [claim]
    if not known.gone or known.planned is not None:
        why = f"{ip} has server {known.claimed.server_id}, and keeps it until it is removed"
        raise Problem("taken", why, field=FIELD)
    return [ReleaseServer(server=known.claimed, ip=ip, ours=known.ours), claim]


def taken(refused: Rejected, number: int | None) -> Exception:
    """Whose it is is said to nobody."""
    if refused.code != "taken":
        return refused
    return Problem("taken", f"server {number}: {refused.reason}", field=FIELD)
