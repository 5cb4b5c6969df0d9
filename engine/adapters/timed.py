"""Ports that tell how long each of their calls took, and whether anybody answered."""

import asyncio
import time
from collections.abc import Mapping
from functools import wraps
from typing import Any, NamedTuple, Protocol, TypeVar, cast

from engine.errors import LogUnavailable
from engine.ports import DnsFailure, MailwizzSilent, MessengerFailed, NodeSilent

P = TypeVar("P")


class Told(Protocol):
    def __call__(self, part: str, name: str, seconds: float | None, *, answered: bool) -> None:
        """``seconds`` None: it was no call whose time tells anything."""


class Part(NamedTuple):
    """``calls``: method -> the name that it is counted under; "": its first argument.  ``listens``:
    methods that wait for somebody to speak, so that their time tells nothing.  Others are let pass.
    """

    name: str
    calls: Mapping[str, str]
    away: tuple[type[BaseException], ...]  # raised when nobody answered; all else is an answer
    listens: tuple[str, ...] = ()


_LATE = asyncio.CancelledError  # where deadlines are the callers'
_NODE = (
    *("look", "apply", "restore", "read_back", "lies", "files", "configuration"),
    *("pause", "resume", "pause_job", "resume_job"),
    *("dkim_public", "lay_key", "copy_key", "remove_key"),
)

POSTGRES = Part(
    "postgres",
    {"append": "append", "read": "read", "read_from": "read", "write": "views"},
    (LogUnavailable,),
)
NODE = Part("node", dict.fromkeys(_NODE, ""), (NodeSilent, _LATE))
MAILWIZZ = Part(
    "mailwizz", dict.fromkeys(("rows", "row", "tell", "clock"), ""), (MailwizzSilent, _LATE)
)
RESOLVER = Part(
    "resolver", dict.fromkeys(("a", "aaaa", "ptr", "lookup"), "resolver"), (DnsFailure, _LATE)
)
TELEGRAM = Part(
    "telegram",
    dict.fromkeys(("send", "edit", "show", "answer_press"), "telegram"),
    (MessengerFailed, _LATE),
    listens=("greet", "updates"),
)
MAIL = Part("mail", dict.fromkeys(("mail", "greet"), "mail"), (MessengerFailed, _LATE))


def timed(port: P, part: Part, told: Told) -> P:
    """The same port."""
    return cast(P, _Timed(port, part, told))


class _Timed:
    def __init__(self, port: object, part: Part, told: Told) -> None:
        self._port = port
        self._part = part
        self._told = told

    def __getattr__(self, method: str) -> Any:
        found = getattr(self._port, method)
        if method not in self._part.calls and method not in self._part.listens:
            return found

        @wraps(found)
        async def call(*args: Any, **more: Any) -> Any:
            began = time.monotonic()
            try:
                answer = await found(*args, **more)
            except self._part.away as error:
                self._tell(method, args, began, answered=_answers(error))
                raise
            except Exception:
                self._tell(method, args, began, answered=True)
                raise
            self._tell(method, args, began, answered=True)
            return answer

        return call

    def _tell(self, method: str, args: tuple[Any, ...], began: float, *, answered: bool) -> None:
        part, seconds = self._part, time.monotonic() - began
        if method in part.listens:
            self._told(part.name, part.name, None, answered=answered)
        else:
            self._told(part.name, part.calls[method] or str(args[0]), seconds, answered=answered)


def _answers(error: BaseException) -> bool:
    """That a chat is gone, or that one is to wait, somebody said."""
    return isinstance(error, MessengerFailed) and (error.gone or error.retry_after_s > 0)
