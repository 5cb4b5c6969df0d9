"""Who hears of whom, and by which way, as the configuration says."""

from engine.config import Chat, Mail, MailTo, Telegram
from engine.errors import StartRefused
from engine.ids import TenantId
from engine.rules.quiet_hours import parse_quiet
from engine.runtime.perform.alert import Routes, nowhere
from engine.values.alert import Quiet, Route


def chats_of(telegram: Telegram) -> Routes:
    """The chats that hear of a tenant; None: of the platform's own.  Raises StartRefused."""
    routes = [(one, Route(one.chat, one.severity, _quiet(one))) for one in telegram.chats]
    return lambda tenant: [route for one, route in routes if _theirs(one, tenant)]


def mail_of(mail: Mail | None) -> Routes:
    if mail is None:
        return nowhere
    routes = [(one, Route(one.address, one.severity)) for one in mail.to]
    return lambda tenant: [route for one, route in routes if _theirs(one, tenant)]


def _theirs(one: Chat | MailTo, tenant: TenantId | None) -> bool:
    """Whether a way of the configuration is for this tenant; None: for the platform's own."""
    if tenant is None:
        return one.platform
    return not one.tenants or tenant in one.tenants


def _quiet(one: Chat) -> Quiet | None:
    try:
        return parse_quiet(one.quiet, one.quiet_tz)
    except ValueError as wrong:
        raise StartRefused(
            f"[telegram] chats: quiet = {one.quiet!r}, quiet_tz = {one.quiet_tz!r}: {wrong};"
            ' expected "22:00-07:00" and the name of a time zone, as "Europe/Paris"'
        ) from None
