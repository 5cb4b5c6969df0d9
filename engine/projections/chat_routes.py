"""Who hears in which chat, as people decided while the engine ran: a tenant's chats, and the
platform's own, which hear of everything.
"""

from datetime import datetime
from typing import Any

from msgspec import Struct

from engine.events import Event, Recorded
from engine.events.chat import ChatRemoved, ChatRouted
from engine.ids import TenantId
from engine.projections.projection import Projection
from engine.values.alert import Quiet, Severity


class ChatRoute(Struct, frozen=True, gc=False):
    chat: str = ""
    tenant: TenantId | None = None  # None: the platform's
    routed_at: datetime | None = None  # None: it does not hear (any more)
    severity: Severity = "info"  # this and what is more urgent
    quiet: Quiet | None = None


def key_of(chat: str, tenant: TenantId | None) -> str:
    return f"{tenant or ''}/{chat}"


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    return (key_of(recorded.event.chat, recorded.tenant),)


def named(view: ChatRoute, key: str) -> ChatRoute:
    tenant, _, chat = key.partition("/")
    return ChatRoute(chat=chat, tenant=TenantId(tenant) if tenant else None)


def evolve(view: ChatRoute, recorded: Recorded[Event]) -> ChatRoute:
    match recorded.event:
        case ChatRouted(chat=chat, severity=severity, quiet=quiet):
            return ChatRoute(chat, view.tenant, recorded.at, severity, quiet)
        case ChatRemoved():
            return ChatRoute(view.chat, view.tenant)
        case _:
            return view


CHAT_ROUTES = Projection(
    name="chat_routes",
    folds=(ChatRouted, ChatRemoved),
    keys=keys,
    initial=ChatRoute(),
    evolve=evolve,
    named=named,
    tenant=lambda view: view.tenant,
)
