"""Telegram's chats: in which people hear of a tenant, or of all that the platform hears.

Nothing proves whose a chat is, so only the platform says who hears in it.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from engine.api import auth, reading, writing
from engine.api.call import Answer, Body, Call, Page, Reading, Word
from engine.api.decode import checked
from engine.api.problems import Problem
from engine.commands.chat import RemoveChat, RouteChat
from engine.errors import Rejected
from engine.ids import TenantId
from engine.projections.chat_routes import CHAT_ROUTES, ChatRoute, key_of
from engine.rules import quiet_hours
from engine.rules.chat_number import parse_chat
from engine.runtime.command_handler import Asked
from engine.values.alert import Severity

CHATS_PATH = "/api/v2/chats"


class NewRoute(Body, frozen=True, kw_only=True):
    tenant: TenantId | None = None  # whose alerts it gets, and about whom it may ask
    platform: bool = False  # in place of a tenant: everybody's, and nodes, zones and the engine
    severity: Severity = "info"  # this and what is more urgent
    quiet: Annotated[str, Meta(max_length=20)] = ""  # "22:00-07:00": only what is critical rings
    quiet_tz: Word = "UTC"


class WhoseChat(Reading, frozen=True, kw_only=True):
    tenant: TenantId | None = None
    platform: bool = False  # in place of a tenant


class ChatShown(Struct, frozen=True, kw_only=True):
    chat: str
    tenant: TenantId | None  # null: the platform's, which hears of everything
    platform: bool
    severity: Severity
    quiet: str  # "" = it rings at any hour
    quiet_tz: str
    routed_at: datetime


class Configured(Struct, frozen=True, kw_only=True):
    """What the engine's configuration says, which holds."""

    bot: bool  # false: it names none, so no chat can hear
    chats: tuple[str, ...]  # their numbers


class ChatGone(Struct, frozen=True, kw_only=True):
    chat: str
    tenant: TenantId | None
    routed: Literal[False] = False


async def listed(call: Call, query: Page) -> Answer:
    """What was decided over the API; those of the configuration stand there."""
    return await reading.page(call, query, CHAT_ROUTES, present)


async def configured(call: Call, _: Reading) -> Answer:
    numbers = call.deps.configured_chats()
    chats = tuple(sorted(numbers or (), key=int))
    return Answer(Configured(bot=numbers is not None, chats=chats))


async def route(call: Call, body: NewRoute) -> Answer:
    chat = _named(call)
    tenant = _whose(call, body.tenant, platform=body.platform)
    _may_be_decided(call, chat)
    _one_kind(call, chat, tenant)
    tz = checked("$.quiet_tz", quiet_hours.known_tz, body.quiet_tz)
    quiet = checked("$.quiet", lambda text: quiet_hours.parse_quiet(text, tz), body.quiet)
    command = RouteChat(chat=chat, tenant=tenant, severity=body.severity, quiet=quiet)
    position = await writing.ask(call, [Asked(command, tenant)], tenant)
    key = key_of(chat, tenant)
    found = await reading.written(call.deps, position, CHAT_ROUTES, key, tenant)
    shown = present(found) if found else None
    if shown is None:
        return reading.later(call, CHATS_PATH, position)
    return Answer(shown, 200, position)


async def remove(call: Call, query: WhoseChat) -> Answer:
    chat = _named(call)
    tenant = _whose(call, query.tenant, platform=query.platform)
    command = RemoveChat(chat=chat, tenant=tenant)
    try:
        position = await writing.ask(call, [Asked(command, tenant)], tenant)
    except Rejected as refused:
        raise (_unknown(chat, tenant) if refused.code == "not_found" else refused) from refused
    await writing.seen(call, position)
    return Answer(ChatGone(chat=chat, tenant=tenant), 200, position)


def present(one: ChatRoute) -> ChatShown | None:
    if one.routed_at is None:
        return None
    return ChatShown(
        chat=one.chat,
        tenant=one.tenant,
        platform=one.tenant is None,
        severity=one.severity,
        quiet=quiet_hours.written(one.quiet),
        quiet_tz=one.quiet.tz if one.quiet else "UTC",
        routed_at=one.routed_at,
    )


def _named(call: Call) -> str:
    """The number in the path."""
    try:
        return parse_chat(call.path["chat"])
    except ValueError as wrong:
        raise Problem("not-found", str(wrong)) from wrong


def _whose(call: Call, tenant: TenantId | None, *, platform: bool) -> TenantId | None:
    """Said, never guessed: what is left out must not show a tenant's affairs to anybody."""
    if platform and tenant is not None:
        why = "the platform's chat hears of every tenant: leave out `tenant`, or `platform`"
        raise Problem("invalid", why, field="$.platform")
    if not platform and tenant is None:
        why = "say of whom it hears: `tenant`, its slug, or `platform` = true for everything"
        raise Problem("invalid", why, field="$.tenant")
    return None if platform else auth.whose(call.deps.views, call.caller, tenant)


def _may_be_decided(call: Call, chat: str) -> None:
    numbers = call.deps.configured_chats()
    if numbers is None:
        why = "there is no bot: name its token under [telegram] in the engine's configuration"
        raise Problem("refused", f"{why}, and start the engine again")
    if chat in numbers:
        why = f"chat {chat} stands in the engine's configuration, under [telegram] chats"
        raise Problem("refused", f"{why}; change it there, or take it out there first")


def _one_kind(call: Call, chat: str, tenant: TenantId | None) -> None:
    """The platform's chat hears of every tenant already, and a tenant's is not widened unasked."""
    known = call.deps.views.of(CHAT_ROUTES).values()
    others = sorted(
        one.tenant or ""
        for one in known
        if one.chat == chat and one.routed_at and (one.tenant is None) != (tenant is None)
    )
    if others:
        whose = ", ".join(one or "the platform" for one in others)
        why = f"chat {chat} hears of {whose}; DELETE {CHATS_PATH}/{chat} for that first"
        raise Problem("refused", why)


def _unknown(chat: str, tenant: TenantId | None) -> Problem:
    whose = tenant or "the platform"
    why = f"chat {chat} does not hear of {whose}; GET {CHATS_PATH} lists what was decided here"
    return Problem("not-found", why)
