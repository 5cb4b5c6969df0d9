"""Who may ask the bot, where, and for what.

The configuration names chats and people by Telegram's numbers, which nobody can choose; names can
be taken over.  Both must be known; everybody else is met with silence, so that nobody learns what
listens here.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from engine.ids import TenantId
from engine.values.scope import Scope

Role = Literal["reader", "operator", "deployer"]
SCOPES: Mapping[Role, tuple[Scope, ...]] = {
    "reader": ("read",),
    "operator": ("read", "operate"),
    "deployer": ("read", "operate", "deploy"),
}


class Chat(Struct, frozen=True):
    """What one chat may see."""

    tenants: tuple[TenantId, ...] = ()  # (): everybody's
    platform: bool = False  # the engine itself too

    @property
    def eyes(self) -> tuple[TenantId | None, ...]:
        """As whom the read models are asked; None sees all."""
        return self.tenants or (None,)


class Known(Struct, frozen=True):
    """Who may ask: the chats, and the people in them with what they may."""

    chats: Mapping[int, Chat]
    users: Mapping[int, Role]
