"""What the engine looks up in its own house."""

from engine.effects.base import Look
from engine.ids import TenantId
from engine.values.target import Target


class LookForLogins(Look, frozen=True, kw_only=True, tag="engine.look_for_logins"):
    """Which of the tenant's addresses have a password in ``secrets_dir``."""

    tenant: TenantId

    @property
    def target(self) -> Target:
        return Target("secrets", self.tenant)
