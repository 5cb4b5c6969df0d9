"""One question or order, and what is known when it is answered."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from engine.bot.access import SCOPES, Chat, Known, Role
from engine.bot.desk import Ask, Desk
from engine.bot.pending import Pending
from engine.ids import TenantId
from engine.ports import ReadModels, Reply


class Means(Struct, frozen=True):
    """What the bot answers by."""

    known: Known
    readers: ReadModels
    desk: Desk
    pending: Pending
    now: Callable[[], datetime]
    token: Callable[[int], bytes]  # so many random bits that nobody can guess


class Unclear(Exception):
    """It cannot be understood; what is said is plain text, and the usage follows it."""


class Refused(Exception):
    """It is not done, or there is no such thing; what is said is plain text."""


class Question(Struct, frozen=True, kw_only=True):
    line: str  # as it was asked, without the number of a page
    words: tuple[str, ...]  # after the command
    chat: int
    user: int
    seen_from: Chat
    role: Role
    means: Means
    once: str  # the same when Telegram delivers the same message again
    page: int = 1
    of_all: int = 0  # the message whose alerts are all meant; 0: one that is named

    async def ask(
        self,
        method: str,
        path: str,
        tenant: TenantId | None,
        *,
        of: Mapping[str, str] | None = None,
        given: Mapping[str, Any] | None = None,
        part: str = "",
    ) -> Any:
        """What the API answers to this person; raises Refused.  ``part`` tells apart what one
        message or press orders several times.
        """
        told = await self.means.desk(
            Ask(
                method=method,
                path=path,
                of=of or {},
                given=given or {},
                tenant=tenant,
                user=self.user,
                scopes=SCOPES[self.role],
                once=f"{self.once}{part}" if method != "GET" else None,
            )
        )
        if told.why:
            raise Refused(told.why)
        return told.body


Answer = Callable[[Question], Awaitable[Sequence[Reply]]]
