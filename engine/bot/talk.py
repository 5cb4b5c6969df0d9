"""A conversation: what a person writes or presses, and what is said to it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from engine.bot import commands
from engine.bot.access import SCOPES, Chat, Role
from engine.bot.desk import Ask
from engine.bot.entries import clipped
from engine.bot.pending import No, Order
from engine.bot.question import Means, Question, Refused, Unclear
from engine.errors import LogUnavailable
from engine.ports import Reply
from engine.rules.chat_html import safe
from engine.rules.meant import meant

AWAY = "The database does not answer now. Ask again in a minute."
UNKNOWN = "Nobody knows this button any more. Ask again."
NO: Mapping[No, str] = {
    "unknown": "The engine was started anew since it asked, and has forgotten this order. If you"
    " did not press before, nothing was done: ask again. /events shows what was done.",
    "spent": "This was pressed already. The message says what came of it.",
    "late": "This button is older than five minutes, and does nothing any more. Ask again.",
    "anothers": "Only who asked may press this.",
}


class _Speaker(NamedTuple):
    """Who says it, where, and to which message."""

    chat: int
    user: int
    seen_from: Chat
    role: Role
    once: str


async def written(means: Means, text: str, chat: int, user: int, once: str) -> Sequence[Reply]:
    """None: silence.  ``once`` is the same when the same message is heard again."""
    who = _known(means, chat, user, once)
    if who is None or not text.startswith("/"):
        return ()
    return await _line(means, text, who)


async def pressed(
    means: Means, data: str, chat: int, user: int, once: str, message: int = 0
) -> Sequence[Reply]:
    """``message``: beneath which the button stands."""
    who = _known(means, chat, user, once)
    if who is None:
        return ()
    verb, _, about = data.partition(":")
    match verb:
        case "yes" | "no":
            return await _confirmed(means, verb == "yes", about, who)
        case "page":
            number, _, line = about.partition(":")
            page = int(number) if number.isascii() and number.isdigit() else 1
            replies = await _line(means, line, who, page=page)
            return [_quiet(one)._replace(instead=True) for one in replies if not one.picture]
        case "do":
            return _flashed(await _line(means, about, who))
        case "ack" | "mute":
            return _flashed(await _line(means, f"/{verb} {about.replace(':', ' ')}", who))
        case "all":
            line = f"/{about.replace(':', ' ')}"
            return _flashed(await _line(means, line, who, of_all=message))
        case _:
            return [Reply(flash=UNKNOWN)]


def _known(means: Means, chat: int, user: int, once: str) -> _Speaker | None:
    there, role = means.known.chats.get(chat), means.known.users.get(user)
    if there is None or role is None:
        return None
    return _Speaker(chat, user, there, role, once)


async def _line(
    means: Means, text: str, who: _Speaker, *, page: int = 1, of_all: int = 0
) -> Sequence[Reply]:
    command, *words = text.split() or [""]
    one = commands.entry(command[1:].lower())
    if one is None:
        why = f"I do not know {clipped(command, 100)}{safe(_like(command) or '.')}"
        return [Reply(f"{why} /help lists what I understand.")]
    if not commands.may(who.role, one):
        may = ", ".join(SCOPES[who.role])
        return [Reply(f"/{one.name} needs {one.needs}; you are {who.role}, who may {may}.")]
    asked = Question(
        line=" ".join((f"/{one.name}", *words)),
        words=tuple(words),
        chat=who.chat,
        user=who.user,
        seen_from=who.seen_from,
        role=who.role,
        means=means,
        once=who.once,
        page=page,
        of_all=of_all,
    )
    return await _answered(one, asked)


async def _answered(one: commands.Entry, asked: Question) -> Sequence[Reply]:
    try:
        return await one.answer(asked)
    except Unclear as unclear:
        return [Reply(f"{clipped(unclear)}\nUsage: {safe(one.usage)}")]
    except Refused as refused:
        return [Reply(clipped(refused))]
    except LogUnavailable:
        return [Reply(AWAY)]


def _like(command: str) -> str:
    found = meant(command[1:].lower(), list(commands.BY_NAME))
    return found.replace("`", "/", 1).replace("`", "") if "did you mean" in found else ""


async def _confirmed(means: Means, yes: bool, nonce: str, who: _Speaker) -> Sequence[Reply]:
    order = means.pending.take(nonce, who.chat, who.user, means.now())
    if not isinstance(order, Order):
        return [Reply(flash=NO[order])]
    if not yes:
        return [Reply(f"{order.does}\n\nCancelled.", instead=True, flash="Cancelled")]
    said = await _ordered(means, order, nonce, who.role)
    when = f"{means.now():%Y-%m-%d %H:%M}Z, by <code>{who.user}</code>"
    html = f"{order.does}\n\n{said} ({when})"
    return [Reply(html, instead=True, flash=said.partition(":")[0])]


async def _ordered(means: Means, order: Order, nonce: str, role: Role) -> str:
    """HTML.  The nonce goes into the command's id, so that the log holds it once."""
    told = await means.desk(
        Ask(
            method="POST",
            path=order.path,
            of=order.of,
            given=order.given,
            tenant=order.tenant,
            user=order.user,
            scopes=SCOPES[role],
            once=nonce,
        )
    )
    return f"Refused: {clipped(told.why)}" if told.why else "Done"


def _flashed(replies: Sequence[Reply]) -> Sequence[Reply]:
    """The press is answered by the first of them."""
    first, *others = replies
    return [_quiet(first), *others]


def _quiet(reply: Reply) -> Reply:
    return reply._replace(flash="")
