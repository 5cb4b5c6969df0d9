"""Telegram chats: of a tenant or of the platform, changed as a whole, and removed where the file
says so.
"""

from collections.abc import Iterator, Sequence

from engine.rules.fleet.declared import Chat, Finding
from engine.rules.fleet.plan import Does, Request, Step, changes, given

_ALL = ("severity", "quiet", "quiet_tz")


def steps(
    path: tuple[str | int, ...],
    wanted: Chat,
    present: Chat | None,
    hears: Sequence[Chat],
    configured: Sequence[str] | None,
) -> Iterator[Step | Finding]:
    """``hears``: all chats that shall hear once the file is applied; ``configured``: those of the
    engine's configuration, None where it names no bot.
    """
    if wanted.removed:
        if present is not None:
            yield removed(present)
    elif others := sorted(_others(wanted, hears)):
        why = (
            f"it hears of {', '.join(others)} too; a chat is either of tenants or the platform's,"
            " which hears of every tenant"
        )
        yield Finding((*path, "chat"), why)
    elif step := _routed(wanted, present):
        why = _barred(wanted, configured)
        yield Finding((*path, "chat"), why) if why else step


def removed(present: Chat) -> Step:
    query = {"tenant": present.tenant} if present.tenant else {"platform": "true"}
    request = Request("DELETE", ("chats", present.chat), query=query)
    return Step("remove", "chat", present.chat, present.tenant or "", (), (request,))


def _barred(wanted: Chat, configured: Sequence[str] | None) -> str:
    """Why the engine would not take it; "" = it would."""
    if configured is None:
        return "the engine's configuration names no bot, so no chat can hear: see [telegram] there"
    if wanted.chat in configured:
        return "it stands in the engine's configuration, under [telegram] chats; keep it in one"
    return ""


def _routed(wanted: Chat, present: Chat | None) -> Step | None:
    """None: it is so already."""
    found = tuple(changes(wanted, present, *_ALL))
    if present is not None and not found:
        return None
    known = given(present, *_ALL) if present else {}
    body = {**given(wanted, "tenant", "platform"), **known, **given(wanted, *_ALL)}
    request = Request("PUT", ("chats", wanted.chat), body)
    does: Does = "change" if present else "create"
    return Step(does, "chat", wanted.chat, wanted.tenant or "", found, (request,))


def _others(wanted: Chat, hears: Sequence[Chat]) -> Iterator[str]:
    for one in hears:
        if one.chat == wanted.chat and one.platform != wanted.platform:
            yield one.tenant or "everything, as the platform's"
