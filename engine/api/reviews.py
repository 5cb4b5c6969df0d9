"""A tenant in review: what must wait for its end, and the end."""

from engine.api import reading, tenants, writing
from engine.api.call import Answer, Body, Call, Text
from engine.api.decode import words
from engine.api.problems import Problem
from engine.commands.tenant import EndReview
from engine.ids import TenantId
from engine.projections.quotas import QUOTAS
from engine.projections.tenants import TENANTS
from engine.runtime.command_handler import Asked


class End(Body, frozen=True, kw_only=True):
    reason: Text


def none_of(call: Call, tenant: TenantId, what: str) -> None:
    """Raises Problem while the tenant is in review: rotation is no way around a block list."""
    review = call.deps.views.get(TENANTS, tenant).review
    if review is None:
        return
    why = (
        f"{tenant} is in review since {review.since:%Y-%m-%d %H:%M}Z, after stops of"
        f" {', '.join(review.ips)}: {what}. An admin ends it with a reason (POST"
        f" /api/v2/tenants/{tenant}/review/end)"
    )
    raise Problem("refused", why)


async def end(call: Call, body: End) -> Answer:
    slug, reason = (await tenants.known(call)).slug, words("$.reason", body.reason)
    async with call.deps.turns.of(slug):
        shares = call.deps.views.get(QUOTAS, slug).shares()
        addresses = tuple(sorted(ip for ip, _ in shares))
        command = EndReview(slug=slug, reason=reason, addresses=addresses)
        position = await writing.ask(call, [Asked(command, slug)], slug)
        found = await reading.written(call.deps, position, TENANTS, slug, slug)
    return tenants.answer(call, found, slug, position)
