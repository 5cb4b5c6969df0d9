"""A conversation: what a person writes or presses, and what is said to it."""

from collections.abc import Sequence

from engine.bot import commands
from engine.bot.access import SCOPES, Chat, Role
from engine.bot.desk import Ask
from engine.bot.entries import clipped
from engine.bot.pages import safe
from engine.bot.pending import Order
from engine.bot.question import Means, Question, Refused, Unclear
from engine.errors import LogUnavailable
from engine.ports import Reply
from engine.rules.meant import meant

AWAY = "The database does not answer now. Ask again in a minute."
OLD = "This button is too old, or was pressed already. Ask again."
ANOTHERS = "Only who asked may press this."


async def written(means: Means, text: str, chat: int, user: int, once: str) -> Sequence[Reply]:
    """None: silence.  ``once`` is the same when the same message is heard again."""
    known = _known(means, chat, user)
    if known is None or not text.startswith("/"):
        return ()
    return await _line(means, text, chat, user, known, once)


async def pressed(means: Means, data: str, chat: int, user: int, once: str) -> Sequence[Reply]:
    known = _known(means, chat, user)
    if known is None:
        return ()
    verb, _, about = data.partition(":")
    match verb:
        case "yes" | "no":
            return await _confirmed(means, verb == "yes", about, chat, user, known[1])
        case "page":
            number, _, line = about.partition(":")
            page = int(number) if number.isascii() and number.isdigit() else 1
            replies = await _line(means, line, chat, user, known, once, page)
            return [_quiet(one)._replace(instead=True) for one in replies if not one.picture]
        case "do":
            return _flashed(await _line(means, about, chat, user, known, once))
        case "ack" | "mute":
            line = f"/{verb} {about.replace(':', ' ')}"
            return _flashed(await _line(means, line, chat, user, known, once))
        case _:
            return [Reply(flash=OLD)]


def _known(means: Means, chat: int, user: int) -> tuple[Chat, Role] | None:
    there, role = means.known.chats.get(chat), means.known.users.get(user)
    return None if there is None or role is None else (there, role)


async def _line(
    means: Means,
    text: str,
    chat: int,
    user: int,
    known: tuple[Chat, Role],
    once: str,
    page: int = 1,
) -> Sequence[Reply]:
    command, *words = text.split() or [""]
    one = commands.entry(command[1:].lower())
    if one is None:
        why = f"I do not know {clipped(command, 100)}{safe(_like(command))}."
        return [Reply(f"{why} /help lists what I understand.")]
    seen_from, role = known
    if not commands.may(role, one):
        return [
            Reply(
                f"/{one.name} needs {one.needs}; you are {role}, who may {', '.join(SCOPES[role])}."
            )
        ]
    asked = Question(
        line=" ".join((f"/{one.name}", *words)),
        words=tuple(words),
        chat=chat,
        user=user,
        seen_from=seen_from,
        role=role,
        means=means,
        once=once,
        page=page,
    )
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


async def _confirmed(
    means: Means, yes: bool, nonce: str, chat: int, user: int, role: Role
) -> Sequence[Reply]:
    order = means.pending.take(nonce, chat, user, means.now())
    if order == "anothers":
        return [Reply(flash=ANOTHERS)]
    if order == "old":
        return [Reply(flash=OLD)]
    if not yes:
        return [Reply(f"{order.does}\n\nCancelled.", instead=True, flash="Cancelled")]
    said = await _ordered(means, order, nonce, role)
    when = f"{means.now():%Y-%m-%d %H:%M}Z, by <code>{user}</code>"
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
