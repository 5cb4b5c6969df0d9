"""What may be asked of a tenant that is to send nothing for a while."""

from typing import ClassVar

from engine.commands.base import Ask
from engine.ids import TenantId


class SuspendTenant(Ask, frozen=True, kw_only=True, tag="tenant.suspend"):
    """Comes with a command for each of its addresses, all in one append."""

    stop: ClassVar[bool] = True

    slug: TenantId
    reason: str


class ResumeTenant(Ask, frozen=True, kw_only=True, tag="tenant.resume"):
    slug: TenantId
    reason: str


TenantSuspensionCommand = SuspendTenant | ResumeTenant
