"""A tenant that sends nothing until an operator lets it go on."""

from engine.events.base import Fact
from engine.ids import TenantId


class TenantSuspended(Fact, frozen=True, kw_only=True, tag="tenant.suspended"):
    """Each of its addresses says so too, in the same append."""

    slug: TenantId
    reason: str


class TenantResumed(Fact, frozen=True, kw_only=True, tag="tenant.resumed"):
    slug: TenantId
    reason: str


TenantSuspensionEvent = TenantSuspended | TenantResumed
