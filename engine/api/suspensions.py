"""A tenant that is to send nothing for a while, and goes on afterwards where it stood."""

from collections.abc import Callable

from engine.api import reading, tenants, writing
from engine.api.call import Answer, Body, Call, Text
from engine.api.decode import words
from engine.commands import Command
from engine.commands.ip_suspension import EndSuspension, SuspendIp
from engine.commands.tenant_suspension import ResumeTenant, SuspendTenant
from engine.ids import CommandId, IpAddr, TenantId
from engine.projections.quotas import QUOTAS
from engine.projections.tenants import TENANTS
from engine.runtime.command_handler import Asked


class Grounds(Body, frozen=True, kw_only=True):
    reason: Text


async def suspend(call: Call, body: Grounds) -> Answer:
    reason = words("$.reason", body.reason)
    slug = (await tenants.known(call)).slug
    return await _all(
        call, SuspendTenant(slug=slug, reason=reason), lambda ip: SuspendIp(ip=ip, reason=reason)
    )


async def resume(call: Call, body: Grounds) -> Answer:
    slug, reason = (await tenants.known(call)).slug, words("$.reason", body.reason)
    return await _all(call, ResumeTenant(slug=slug, reason=reason), lambda ip: EndSuspension(ip=ip))


async def _all(
    call: Call, command: SuspendTenant | ResumeTenant, each: Callable[[IpAddr], Command]
) -> Answer:
    """The tenant and every address of it in one append: none is forgotten.  One that is registered
    at the same moment starts nothing, for that is barred by the tenant's own stream.
    """
    slug = command.slug
    async with call.deps.turns.of(slug):
        request = writing.request_id(call, slug)
        addresses = await _asked_before(call, request) or _addresses(call, slug)
        asked = [Asked(command, slug), *(Asked(each(ip), slug) for ip in addresses)]
        position = await writing.ask(call, asked, slug, request)
        found = await reading.written(call.deps, position, TENANTS, slug, slug)
    return tenants.answer(call, found, slug, position)


def _addresses(call: Call, slug: TenantId) -> list[IpAddr]:
    return sorted(ip for ip, _ in call.deps.views.get(QUOTAS, slug).shares())


async def _asked_before(call: Call, request: CommandId) -> list[IpAddr]:
    """A repetition by Idempotency-Key is the same command, whatever was registered meanwhile."""
    before = await writing.asked_before(call, request)
    return [one.ip for one in before if isinstance(one, SuspendIp | EndSuspension)]
