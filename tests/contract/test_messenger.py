"""What every messenger behind the port does, in memory or over Telegram's Bot API."""

from collections.abc import AsyncIterator, Callable

import pytest

from engine.ports import Messenger, MessengerFailed
from tests.support import phones
from tests.support.fake_messenger import FakeMessenger

CHAT, OTHER = "-1001", "77"


class Readers:
    """A messenger, what people read, and what they may do to its messages."""

    def __init__(
        self,
        port: Messenger,
        read: Callable[[], list[tuple[str, int, str, bool, int | None]]],
        block: Callable[[str], None],
        delete: Callable[[str, int], None],
    ) -> None:
        self.port, self.read, self.block, self.delete = port, read, block, delete

    def texts(self, chat: str = CHAT) -> list[str]:
        return [text for where, _, text, *_ in self.read() if where == chat]


def in_memory() -> Readers:
    fake = FakeMessenger()

    def read() -> list[tuple[str, int, str, bool, int | None]]:
        return [
            (one.chat, one.number, one.text, one.silent, one.reply_to)
            for one in fake.messages.values()
        ]

    return Readers(fake, read, fake.gone.add, fake.forget)


@pytest.fixture(params=["memory", "telegram"])
async def readers(request: pytest.FixtureRequest) -> AsyncIterator[Readers]:
    if request.param == "memory":
        yield in_memory()
        return
    async with phones.telegram() as server, phones.messenger_to(server) as port:

        def read() -> list[tuple[str, int, str, bool, int | None]]:
            return [
                (str(m.chat), m.message_id, m.html, m.silent, m.reply_to) for m in server.transcript
            ]

        yield Readers(
            port,
            read,
            lambda chat: server.chats.blocked.add(int(chat)),
            lambda chat, message: server.chats.remove(int(chat), message),
        )


async def test_a_message_reaches_its_chat_alone(readers: Readers) -> None:
    number = await readers.port.send(CHAT, "<b>listed</b> 1.2.3.4 &amp; told")
    assert readers.read() == [(CHAT, number, "<b>listed</b> 1.2.3.4 &amp; told", False, None)]
    assert readers.texts(OTHER) == []


async def test_a_silent_message_is_marked_so(readers: Readers) -> None:
    await readers.port.send(CHAT, "for the morning", silent=True)
    assert [silent for *_, silent, _ in readers.read()] == [True]


async def test_sending_twice_is_two_messages_with_two_numbers(readers: Readers) -> None:
    first = await readers.port.send(CHAT, "listed")
    second = await readers.port.send(CHAT, "listed")
    assert first != second
    assert readers.texts() == ["listed", "listed"]


async def test_an_edit_replaces_the_text_of_that_message_alone(readers: Readers) -> None:
    first = await readers.port.send(CHAT, "stopping")
    await readers.port.send(CHAT, "another")
    await readers.port.edit(CHAT, first, "<b>stopped</b>")
    assert readers.texts() == ["<b>stopped</b>", "another"]


async def test_an_edit_to_the_same_text_is_no_failure(readers: Readers) -> None:
    number = await readers.port.send(CHAT, "stopped")
    await readers.port.edit(CHAT, number, "stopped")
    await readers.port.edit(CHAT, number, "stopped")
    assert readers.texts() == ["stopped"]


async def test_a_reply_names_the_message_it_answers_and_is_sent_without_one_that_is_gone(
    readers: Readers,
) -> None:
    first = await readers.port.send(CHAT, "listed")
    await readers.port.send(CHAT, "over", reply_to=first)
    readers.delete(CHAT, first)
    await readers.port.send(CHAT, "over again", reply_to=first)
    assert [reply for *_, reply in readers.read()] == [first, None]


async def test_a_message_that_was_deleted_is_gone(readers: Readers) -> None:
    number = await readers.port.send(CHAT, "stopping")
    readers.delete(CHAT, number)
    with pytest.raises(MessengerFailed) as caught:
        await readers.port.edit(CHAT, number, "stopped")
    assert caught.value.gone
    assert readers.texts() == []


async def test_a_chat_that_threw_the_bot_out_is_gone_and_named(readers: Readers) -> None:
    number = await readers.port.send(CHAT, "before")
    readers.block(CHAT)
    with pytest.raises(MessengerFailed, match=CHAT) as on_send:
        await readers.port.send(CHAT, "after")
    with pytest.raises(MessengerFailed, match=CHAT) as on_edit:
        await readers.port.edit(CHAT, number, "after")
    assert on_send.value.gone
    assert on_edit.value.gone
    await readers.port.send(OTHER, "others still hear")
    assert readers.texts(OTHER) == ["others still hear"]
