"""The end of an address here: DELETE, and what holds it back."""

from msgspec import Struct
from msgspec.structs import replace

from engine.api import auth, ips, reading, writing
from engine.api.call import Answer, Call, OfTenant, Text
from engine.api.decode import words
from engine.commands.ip_removal import RemoveIp
from engine.errors import Rejected
from engine.ids import CommandId, IpAddr, NodeId, TenantId
from engine.projections.ip_row import IpRow
from engine.projections.ips import IPS
from engine.runtime.command_handler import Asked


class Removal(OfTenant, frozen=True, kw_only=True):
    """``force`` waits for nothing, and PowerMTA bounces what waits; an admin's affair."""

    reason: Text
    force: bool = False


class Removing(Struct, frozen=True, kw_only=True):
    address: IpAddr
    tenant: TenantId
    node: NodeId
    removed: bool
    waiting: int | None  # recipients, as last seen; None: nobody knows
    waits_for: tuple[str, ...]


async def remove(call: Call, body: Removal) -> Answer:
    ip, reason = ips.named(call), words("$.reason", body.reason)
    if body.force:
        auth.permit(call.caller, "admin")
    tenant = auth.whose(call.deps.views, call.caller, body.tenant)
    row = call.deps.views.get(IPS, f"{tenant}/{ip}")
    waiting = row.mail.queue.waiting if row.mail.queue else None
    domains = tuple(sorted(row.spf)) if body.force else ()
    command = RemoveIp(ip=ip, reason=reason, force=body.force, left=waiting, domains=domains)
    request = writing.request_id(call, tenant)
    command = await _again(call, request, command)
    try:
        position = await writing.ask(call, [Asked(command, tenant)], tenant, request)
    except Rejected as refused:
        raise (ips.unknown(ip) if refused.code == "not_found" else refused) from refused
    now = await reading.written(call.deps, position, IPS, f"{tenant}/{ip}", tenant)
    if now is None:
        return reading.later(call, f"/api/v2/ips/{ip}", position)
    removed = not now.ip
    shown = Removing(
        address=ip,
        tenant=tenant,
        node=row.node,
        removed=removed,
        waiting=waiting,
        waits_for=() if removed else waits(now),
    )
    return Answer(shown, 200 if removed else 202, position)


async def _again(call: Call, request: CommandId, command: RemoveIp) -> RemoveIp:
    """A repeated request says what was seen at first, which may be something else by now."""
    if call.idempotency_key is None:
        return command
    match await writing.asked_before(call, request):
        case [RemoveIp(left=left, domains=domains)]:
            return replace(command, left=left, domains=domains)
        case _:
            return command


def waits(row: IpRow) -> tuple[str, ...]:
    """What an address waits for until it is gone, for people to read."""
    if row.removal == "withdrawn":
        return (f"rollout: the file on {row.node} still holds it",)
    if row.removal is None or row.mail.empty:
        return ()
    held = []
    if row.told is None or row.told.intake == "open":
        held.append(f"intake: {row.node} was not told yet that it is closed")
    if row.mail.server_on:
        held.append("server: MailWizz was not told yet that its delivery server is off")
    if row.mail.queue is None:
        held.append(f"queue: {row.node} has not told how much waits; an admin can force it")
    elif row.mail.queue.waiting:
        held.append(f"queue: {row.mail.queue.waiting:,} recipients wait")
    return tuple(held) or (f"queue: the next look at {row.node} tells whether it is empty",)
