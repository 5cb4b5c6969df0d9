"""What may be asked of a tenant."""

from typing import ClassVar

from engine.commands.base import Ask
from engine.ids import InstanceId, TenantId


class CreateTenant(Ask, frozen=True, kw_only=True, tag="tenant.create"):
    stranger: ClassVar[str] = "this slug is taken"
    stranger_code: ClassVar[str] = "taken"

    slug: TenantId
    name: str
    brand_domain: str
    sending_domain_base: str
    day_tz: str = "UTC"
    mailwizz: InstanceId | None = None


class ChangeTenant(Ask, frozen=True, kw_only=True, tag="tenant.change"):
    """What is None stays."""

    slug: TenantId
    name: str | None = None
    brand_domain: str | None = None
    sending_domain_base: str | None = None
    mailwizz: InstanceId | None = None


TenantCommand = CreateTenant | ChangeTenant
