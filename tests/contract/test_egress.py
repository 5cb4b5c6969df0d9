"""Where hosts that somebody named over the API may lead: looked at, and that is connected to."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from engine.adapters import ssh
from engine.adapters.egress import GUARDED, Egress, LedAstray
from engine.adapters.smtp import SmtpGreeter
from engine.ports import NodeSilent, NotGreeted

OPEN = Egress(open=True)
NAME = "mail1.acme.example"


@pytest.fixture
async def knocks() -> AsyncIterator[tuple[int, list[str]]]:
    """A port on loopback that says its name as SMTP, and who came."""
    came: list[str] = []

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(writer.get_extra_info("peername")[0])
        writer.write(b"220 x\r\n")
        if await reader.readline():
            writer.write(b"250 inner.acme.example\r\n")
            await reader.readline()
        writer.close()

    server = await asyncio.start_server(one, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], came


@pytest.fixture
def led_to(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What DNS answers for every name, each time less by the first."""
    answers: list[str] = []
    real = socket.getaddrinfo

    def resolved(host: str, port: int, *more: object, **how: object) -> object:
        known = not any(mark.isalpha() for mark in host) or ":" in host
        return real(host if known else answers.pop(0), port, *more, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    return answers


async def test_a_name_that_leads_to_this_machine_is_not_connected_to(
    knocks: tuple[int, list[str]], led_to: list[str]
) -> None:
    port, came = knocks
    led_to += ["127.0.0.1", "127.0.0.1"]
    with pytest.raises(NotGreeted, match=f"{NAME} leads to 127.0.0.1, which is the engine's own"):
        await SmtpGreeter().ehlo(NAME, port)
    with pytest.raises(NodeSilent, match=f"{NAME} leads to 127.0.0.1"):
        await ssh.shown_key(NAME, port)
    assert (came, led_to) == ([], [])


async def test_who_may_have_reserved_addresses_may_have_it_too(
    knocks: tuple[int, list[str]], led_to: list[str]
) -> None:
    port, came = knocks
    led_to.append("127.0.0.1")
    assert await SmtpGreeter(egress=OPEN).ehlo(NAME, port) == "inner.acme.example"
    assert came == ["127.0.0.1"]


async def test_an_address_that_was_given_as_one_was_meant(knocks: tuple[int, list[str]]) -> None:
    port, came = knocks
    assert await SmtpGreeter().ehlo("127.0.0.1", port) == "inner.acme.example"
    assert came == ["127.0.0.1"]


async def test_what_was_looked_at_is_what_is_connected_to(
    knocks: tuple[int, list[str]], led_to: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS would answer otherwise when it is asked again: it is not."""
    port, _ = knocks
    led_to += ["192.0.2.1", "127.0.0.1"]
    tried: list[object] = []

    async def unreachable(made: socket.socket, place: object) -> None:
        tried.append(place)
        raise OSError("no route")

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", unreachable)
    with pytest.raises(OSError, match="no route"):
        await GUARDED.connected(NAME, port, 1.0)
    assert (tried, led_to) == ([("192.0.2.1", port)], ["127.0.0.1"])


async def test_one_bad_address_of_several_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    async def two(*_: object, **__: object) -> list[object]:
        return [(socket.AF_INET, 1, 6, "", (one, 25)) for one in ("192.0.2.1", "169.254.169.254")]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", two)
    with pytest.raises(LedAstray, match=r"leads to 169\.254\.169\.254"):
        await GUARDED.connected(NAME, 25, 1.0)


async def test_of_several_that_answer_not_the_next_is_tried(
    knocks: tuple[int, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, _ = knocks
    with socket.socket() as closed:  # bound, and nobody listens
        closed.bind(("127.0.0.1", 0))
        ports = (closed.getsockname()[1], port)

        async def two(*_: object, **__: object) -> list[object]:
            return [(socket.AF_INET, 1, 6, "", ("127.0.0.1", one)) for one in ports]

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", two)
        with await GUARDED.connected("127.0.0.1", port, 1.0) as made:
            assert made.getpeername() == ("127.0.0.1", port)


@pytest.mark.parametrize(
    "spelt",
    [
        *("0", "127.1", "0x7f.1", "2130706433", "017700000001", "0177.0.0.1", "0x7F000001"),
        *("2852039166", "0xa9.0xfe.0xa9fe", "169.254.43518", "\uff11\uff12\uff17.0.0.1"),
        *("::ffff:a9fe:a9fe", "fe80::1%lo", "localhost"),
    ],
)
async def test_an_odd_spelling_is_judged_as_the_socket_reads_it(
    spelt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever registered it: a log may hold hosts that would not be taken today."""
    tried: list[object] = []

    async def connected(made: socket.socket, place: object) -> None:
        tried.append(place)

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", connected)
    with pytest.raises(LedAstray, match="is not connected to"):
        await GUARDED.connected(spelt, 22, 1.0)
    assert not tried
