"""An SMTP server says its name: aiosmtpd on loopback, and servers that misbehave."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from aiosmtpd.smtp import SMTP

from engine.adapters.smtp import SmtpGreeter
from engine.ports import NotGreeted

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(hostname: str) -> AsyncIterator[int]:
    """A real SMTP server that takes no mail."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(object(), hostname=hostname, loop=loop), "127.0.0.1", 0
    )
    async with server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def talking(talk: Talk) -> AsyncIterator[int]:
    """The first to come is talked to; it is hung up on at the end."""
    ended = asyncio.Event()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            await talk(reader, writer)
            writer.close()
            await writer.wait_closed()
        ended.set()

    server = await asyncio.start_server(one, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        await ended.wait()


def says(banner: bytes, answer: bytes = b"") -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(banner)
        await reader.readline()
        writer.write(answer)
        await reader.readline()

    return talk


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    del writer
    await reader.read()


async def hanging_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A firewall that lets the connection in."""


async def test_the_name_that_a_server_says_comes_in_lower_case() -> None:
    async with serving("Mail1.Acme.example") as port:
        assert await SmtpGreeter().ehlo("127.0.0.1", port) == "mail1.acme.example"


async def test_it_is_the_name_of_the_ehlo_answer_and_not_of_the_banner() -> None:
    """Load balancers put their own into the banner."""
    talk = says(
        b"220 front.example ESMTP\r\n", b"250-mail1.acme.example at your service\r\n250 OK\r\n"
    )
    async with talking(talk) as port:
        assert await SmtpGreeter().ehlo("127.0.0.1", port) == "mail1.acme.example"


@pytest.mark.parametrize(
    ("talk", "said"),
    [
        (silence, "Timed out"),
        (hanging_up, "Unexpected EOF"),
        (says(b"554 go away\r\n"), "go away"),
        (says(b"220 hello\r\n", b"500 what\r\n"), "what"),
        (says(b"220 hello\r\n", b"250 localhost\r\n"), "'localhost', which is no host name"),
        (says(b"220 hello\r\n", b"250 [127.0.0.1]\r\n"), "no host name"),
        (says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "Malformed"),
    ],
)
async def test_whoever_does_not_answer_as_an_smtp_server_has_no_name(talk: Talk, said: str) -> None:
    async with talking(talk) as port:
        with pytest.raises(NotGreeted) as failure:
            await SmtpGreeter(within_s=0.3).ehlo("127.0.0.1", port)
    assert f"127.0.0.1:{port}: " in str(failure.value)
    assert said in str(failure.value)


async def test_where_nobody_listens_nobody_says_a_name() -> None:
    async with serving("mail1.acme.example") as port:
        pass
    with pytest.raises(NotGreeted):
        await SmtpGreeter().ehlo("127.0.0.1", port)
