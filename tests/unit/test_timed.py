"""Ports that tell how long they took, and whether anybody answered."""

import asyncio
from collections.abc import Callable
from typing import Any, get_type_hints

import pytest

from engine.adapters.telegram_poll import Line
from engine.adapters.timed import MAIL, MAILWIZZ, NODE, POSTGRES, RESOLVER, TELEGRAM, Part, timed
from engine.errors import LogUnavailable, VersionConflict
from engine.ids import Version
from engine.ports import (
    DnsFailure,
    Mailer,
    Mailwizz,
    MailwizzRefused,
    MailwizzSilent,
    MessengerFailed,
    NodeRefused,
    NodeSilent,
    PmtaNode,
    Resolver,
)

Told = tuple[str, str, bool, bool]  # part, name, timed, answered


# Asked of a host that somebody is about to register: its name is no label.
UNNAMED = {"host_key"}


class Port:
    """Every method does the same."""

    name = "127.0.0.1:53"

    def __init__(self, raises: BaseException | None = None) -> None:
        self._raises = raises

    def __getattr__(self, method: str) -> Callable[..., Any]:
        async def call(*args: Any, **more: Any) -> tuple[str, Any, Any]:
            if self._raises is not None:
                raise self._raises
            return method, args, more

        return call


async def told(part: Part, method: str, *args: Any, raises: BaseException | None = None) -> Any:
    heard: list[Told] = []

    def tell(part: str, name: str, seconds: float | None, *, answered: bool) -> None:
        assert seconds is None or 0 <= seconds < 60
        heard.append((part, name, seconds is not None, answered))

    port: Any = timed(Port(raises), part, tell)
    if raises is None:
        assert await getattr(port, method)(*args, more=1) == (method, args, {"more": 1})
    else:
        with pytest.raises(type(raises)):
            await getattr(port, method)(*args)
    return heard


async def test_a_node_and_a_mailwizz_are_counted_by_their_names() -> None:
    assert await told(NODE, "look", "pmta-1") == [("node", "pmta-1", True, True)]
    assert await told(MAILWIZZ, "rows", "main") == [("mailwizz", "main", True, True)]
    assert await told(RESOLVER, "lookup", "a.example") == [("resolver", "resolver", True, True)]
    assert await told(POSTGRES, "append", []) == [("postgres", "append", True, True)]


@pytest.mark.parametrize(
    ("part", "method", "silence"),
    [
        (NODE, "look", NodeSilent("no answer")),
        (MAILWIZZ, "tell", MailwizzSilent("no answer")),
        (RESOLVER, "ptr", DnsFailure("no answer")),
        (POSTGRES, "append", LogUnavailable("away")),
        (TELEGRAM, "send", MessengerFailed("no answer")),
        (MAIL, "mail", MessengerFailed("nobody took it")),
        (NODE, "apply", asyncio.CancelledError()),  # its deadline is the caller's
    ],
)
async def test_silence_is_told(part: Part, method: str, silence: BaseException) -> None:
    assert [one[3] for one in await told(part, method, "who", raises=silence)] == [False]


@pytest.mark.parametrize(
    ("part", "method", "answer"),
    [
        (NODE, "apply", NodeRefused("no")),
        (MAILWIZZ, "tell", MailwizzRefused("no")),
        (POSTGRES, "append", VersionConflict("s", Version(1), Version(2))),
        (TELEGRAM, "send", MessengerFailed("the chat is gone", gone=True)),
        (TELEGRAM, "send", MessengerFailed("too many requests", retry_after_s=7)),
    ],
)
async def test_a_no_is_an_answer(part: Part, method: str, answer: BaseException) -> None:
    assert [one[3] for one in await told(part, method, "who", raises=answer)] == [True]


async def test_a_wait_for_people_shows_that_telegram_is_there_and_no_time() -> None:
    assert await told(TELEGRAM, "updates", 1, 25) == [("telegram", "telegram", False, True)]
    silence = MessengerFailed("no answer")
    heard = await told(TELEGRAM, "updates", 1, 25, raises=silence)
    assert heard == [("telegram", "telegram", False, False)]


async def test_what_waits_for_others_or_reads_what_is_known_is_let_pass() -> None:
    assert await told(POSTGRES, "wait_beyond", 7) == []
    assert await told(POSTGRES, "head") == []
    assert timed(Port(), RESOLVER, lambda *_, **__: None).name == "127.0.0.1:53"


async def test_who_waits_no_longer_for_a_reader_says_nothing_of_postgres() -> None:
    assert await told(POSTGRES, "read", "k", raises=asyncio.CancelledError()) == []


@pytest.mark.parametrize(
    ("port", "part"),
    [
        *[(PmtaNode, NODE), (Mailwizz, MAILWIZZ), (Resolver, RESOLVER)],
        *[(Line, TELEGRAM), (Mailer, MAIL)],
    ],
)
def test_no_call_of_a_port_is_forgotten(port: type, part: Part) -> None:
    methods = {
        name
        for one in port.__mro__
        for name, what in vars(one).items()
        if callable(what) and not name.startswith("_") and "return" in get_type_hints(what)
    }
    assert methods - UNNAMED == {*part.calls, *part.listens}, "name it in engine/adapters/timed.py"
