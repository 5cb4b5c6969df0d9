"""What the bot asks of the engine: the same requests as anybody's over HTTP, in the same words.

So a person in a chat is refused what a key with the same scopes would be, and every order is the
same command in the log.  The composition root gives a desk that calls the API's own handlers.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from msgspec import Struct

from engine.ids import TenantId
from engine.values.scope import Scope

V2 = "/api/v2"


class Ask(Struct, frozen=True, kw_only=True):
    method: str
    path: str  # as the table of routes has it: /api/v2/ips/{id}
    of: Mapping[str, str] = {}  # what stands for {id}
    given: Mapping[str, Any] = {}  # the query of a read, the body of a write
    tenant: TenantId | None  # whose key it would be; None: the platform's
    user: int  # Telegram's number: the actor is telegram:<user>
    scopes: tuple[Scope, ...]
    once: str | None = None  # an Idempotency-Key: asked again, it is not done again


class Told(Struct, frozen=True):
    """What HTTP would answer."""

    status: int
    body: Any  # as JSON decodes
    why: str = ""  # "" = all went well


Desk = Callable[[Ask], Awaitable[Told]]
