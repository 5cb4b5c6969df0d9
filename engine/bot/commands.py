"""What people ask the engine in a chat, and what it answers.

Both the chat and the person must be known by number; a stranger is met with silence, so that
nobody learns what listens here.  Answers are HTML, and short enough for one message.
"""

from collections.abc import Awaitable, Callable, Mapping

from msgspec import Struct

from engine.bot import lists, pages
from engine.commands import Command
from engine.commands.ip_listing import CheckLists
from engine.errors import LogUnavailable
from engine.ids import Actor, Position, TenantId
from engine.ports import ReadModels

COMMANDS: Mapping[str, str] = {
    "status": "How the fleet stands",
    "ips": "Sending addresses; /ips WARMING shows those in one phase",
    "blacklists": "What the block lists say; /blacklists and an address tells of that one",
    "check": "/check and an address asks the block lists about it now",
    "whoami": "Your number, this chat's, and what it may see",
    "help": "What I understand",
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
    """Who may ask: the chats and the people in them, by Telegram's numbers."""

    chats: Mapping[int, Chat]
    users: frozenset[int]


Orders = Callable[[Command, TenantId, Actor], Awaitable[str]]  # "" done; else why it was refused


async def no_orders(command: Command, tenant: TenantId, actor: Actor) -> str:
    del command, tenant, actor
    return "this bot takes no orders"


class Question(Struct, frozen=True):
    words: tuple[str, ...]  # after the command
    chat: int
    user: int
    seen_from: Chat
    orders: Orders = no_orders


async def answer(
    text: str,
    chat_id: int,
    user_id: int,
    readers: ReadModels,
    known: Known,
    orders: Orders = no_orders,
) -> str | None:
    """None: say nothing."""
    chat = known.chats.get(chat_id)
    if chat is None or user_id not in known.users or not text.startswith("/"):
        return None
    command, *words = text.split()
    ask = _ANSWERS.get(command[1:].lower())
    if ask is None:
        return f"I do not know {pages.safe(command)}. /help lists what I understand."
    try:
        return await ask(Question(tuple(words), chat_id, user_id, chat, orders), readers)
    except LogUnavailable:
        return "The database does not answer now. Ask again in a minute."


async def _status(asked: Question, readers: ReadModels) -> str:
    chat = asked.seen_from
    ips = await pages.rows(readers, "ips", chat.eyes)
    alerts = await pages.rows(readers, "alerts", chat.eyes, {"state": "firing"})
    if not chat.platform:
        alerts = [alert for alert in alerts if alert.get("tenant")]
    position = await readers.checkpoint() if chat.platform else None
    return pages.status(ips, alerts, position)


async def _ips(asked: Question, readers: ReadModels) -> str:
    rows = await pages.rows(readers, "ips", asked.seen_from.eyes)
    if not asked.words:
        return pages.ips(rows)
    phase = asked.words[0].upper()
    if phase not in pages.PHASES or len(asked.words) > 1:
        return f"Usage: /ips, or /ips and one of {', '.join(pages.PHASES)}"
    return pages.ips([row for row in rows if row.get("phase") == phase])


async def _blacklists(asked: Question, readers: ReadModels) -> str:
    eyes = asked.seen_from.eyes
    if not asked.words:
        return lists.listed(await lists.rows(readers, eyes))
    ip = lists.parsed(asked.words[0])
    if ip is None or len(asked.words) > 1:
        return "Usage: /blacklists, or /blacklists and one address"
    return lists.one(await lists.row(readers, eyes, ip), ip)


async def _check(asked: Question, readers: ReadModels) -> str:
    ip = lists.parsed(asked.words[0]) if len(asked.words) == 1 else None
    if ip is None:
        return "Usage: /check and one address"
    row = await lists.row(readers, asked.seen_from.eyes, ip)
    if row is None:
        return f"There is no {pages.safe(ip)} here."
    command = CheckLists(ip=ip, after=Position(int(row.get("since", 0))))
    actor = Actor(f"telegram:{asked.user}")
    refused = await asked.orders(command, TenantId(str(row.get("tenant"))), actor)
    if refused:
        return f"Refused: {pages.safe(refused)}"
    return f"The block lists are asked about {pages.safe(ip)}; /blacklists {pages.safe(ip)} tells."


async def _whoami(asked: Question, readers: ReadModels) -> str:
    del readers
    tenants = ", ".join(asked.seen_from.tenants) or "every tenant"
    return (
        f"You are <code>{asked.user}</code> in chat <code>{asked.chat}</code>,"
        f" which sees {pages.safe(tenants)}."
    )


async def _help(asked: Question, readers: ReadModels) -> str:
    del asked, readers
    return "\n".join(f"/{name}: {pages.safe(what)}" for name, what in COMMANDS.items())


_ANSWERS: Mapping[str, Callable[[Question, ReadModels], Awaitable[str]]] = {
    "status": _status,
    "ips": _ips,
    "blacklists": _blacklists,
    "check": _check,
    "whoami": _whoami,
    "help": _help,
    "start": _help,  # what Telegram's own button sends first
}
