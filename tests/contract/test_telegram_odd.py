"""What goes wrong between people and the bot at night: groups that move, topics, messages deleted
under a press, updates nobody understands, a bug.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.adapters import telegram_poll
from engine.adapters.telegram_heard import heard as read
from engine.adapters.telegram_poll import Heard
from engine.adapters.telegram_text import addressed
from engine.bot.draw import png
from engine.demo.telegram import DemoTelegram, Fault, Trouble
from engine.ports import Button, Reply
from tests.support import phones

GROUP, SUPERGROUP, PERSON = -7, -1007, 42
SURE = Reply("Sure?", ((Button("Yes", "yes:1"),),))
DONE = Reply("Done", instead=True, flash="Done")
MENU = {"status": "How the fleet stands"}
DOT = png.encoded(1, 1, b"abc")


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DemoTelegram]:
    monkeypatch.setattr("engine.adapters.telegram_poll.BACK_OFF_SECONDS", (0.01, 0.02))
    async with phones.telegram() as running:
        yield running


class Ear:
    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.troubles: list[str] = []

    async def handle(self, one: Heard) -> Sequence[Reply]:
        self.heard.append(one)
        if one.press is not None:
            return [DONE]
        if one.text == "/look":
            return [Reply("seen", picture=DOT)]
        return [SURE] if one.text == "/ask" else [Reply(one.text)] if one.text else []


@asynccontextmanager
async def listening(server: DemoTelegram, *chats: int) -> AsyncIterator[Ear]:
    ear = Ear()
    async with phones.messenger_to(server) as port:
        polling = asyncio.create_task(
            telegram_poll.poll(port, ear.handle, MENU, ear.troubles.append, lambda: chats)
        )
        yield ear
        assert not polling.done()
        polling.cancel()
        await asyncio.wait([polling])


async def until(there: Callable[[], object]) -> None:
    async with asyncio.timeout(4):
        while not there():  # noqa: ASYNC110  # what is waited for has no event to give
            await asyncio.sleep(0.01)


# --- a group becomes a supergroup -----------------------------------------------------------------


async def test_a_group_that_moved_while_the_engine_was_down_is_heard_under_its_old_number(
    server: DemoTelegram,
) -> None:
    server.chats.moved[GROUP] = SUPERGROUP
    async with listening(server, GROUP) as ear:
        await until(lambda: server.chats.menus)
        server.say(SUPERGROUP, PERSON, "/status")
        await until(lambda: server.transcript)
    assert server.chats.menus == {SUPERGROUP: MENU}
    assert [(one.chat, one.user) for one in ear.heard] == [(GROUP, PERSON)]
    assert [(one.chat, one.text) for one in server.transcript] == [(SUPERGROUP, "/status")]
    assert ear.troubles == []


async def test_a_group_that_moves_while_it_is_heard_is_heard_on_and_its_buttons_obey(
    server: DemoTelegram,
) -> None:
    async with listening(server, GROUP) as ear:
        await until(lambda: server.chats.menus)
        server.chats.move(GROUP, SUPERGROUP)
        server.say(SUPERGROUP, PERSON, "/ask")
        await until(lambda: server.transcript)
        server.press(SUPERGROUP, PERSON, server.transcript[0].message_id, "yes:1")
        await until(lambda: server.transcript[0].edits)
    assert {one.chat for one in ear.heard} == {GROUP}
    assert [(one.chat, one.text) for one in server.transcript] == [(SUPERGROUP, "Done")]


async def test_a_chat_known_by_its_new_number_is_that_chat(server: DemoTelegram) -> None:
    server.chats.moved[GROUP] = SUPERGROUP
    async with listening(server, GROUP, SUPERGROUP) as ear:
        server.say(SUPERGROUP, PERSON, "/status")
        await until(lambda: server.transcript)
    assert [one.chat for one in ear.heard] == [SUPERGROUP]


# --- topics ---------------------------------------------------------------------------------------


async def test_who_asks_in_a_topic_is_answered_in_it(server: DemoTelegram) -> None:
    async with listening(server, GROUP):
        for text in ("/status", "/look"):
            server.chats.say(GROUP, PERSON, text, topic=9)
        server.chats.say(GROUP, PERSON, "/status")
        await until(lambda: len(server.transcript) == 3)
    assert [one.topic for one in server.transcript] == [9, 9, 0]


async def test_a_button_in_a_topic_is_answered_in_it_where_its_message_is_gone(
    server: DemoTelegram,
) -> None:
    async with listening(server, GROUP):
        server.chats.say(GROUP, PERSON, "/ask", topic=9)
        await until(lambda: server.transcript)
        server.press(GROUP, PERSON, server.transcript[0].message_id, "yes:1")
        server.chats.remove(GROUP, server.transcript[0].message_id)
        await until(lambda: server.transcript)
    assert [(one.topic, one.text) for one in server.transcript] == [(9, "Done")]


def test_an_answer_to_a_message_is_no_topic() -> None:
    message = {"message_id": 5, "chat": {"id": GROUP}, "text": "/ip", "message_thread_id": 4}
    assert read({"update_id": 1, "message": message}).place == str(GROUP)


# --- presses --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["flood", "server_error", "drop", "lost"])
async def test_what_came_of_a_press_is_said_even_if_the_press_cannot_be_answered(
    server: DemoTelegram, kind: Trouble
) -> None:
    async with listening(server, GROUP) as ear:
        server.say(GROUP, PERSON, "/ask")
        await until(lambda: server.transcript)
        server.script(Fault(kind, "answerCallbackQuery"))
        server.press(GROUP, PERSON, server.transcript[0].message_id, "yes:1")
        await until(lambda: ear.troubles)
    assert [one.text for one in server.transcript] == ["Done"]
    assert len([one for one in ear.heard if one.press]) == 1


async def test_a_chat_that_throws_the_bot_out_after_a_press_ends_nothing(
    server: DemoTelegram,
) -> None:
    async with listening(server, GROUP) as ear:
        server.say(GROUP, PERSON, "/ask")
        await until(lambda: server.transcript)
        server.press(GROUP, PERSON, server.transcript[0].message_id, "yes:1")
        server.chats.blocked.add(GROUP)
        await until(lambda: ear.troubles)
        server.say(PERSON, PERSON, "/status")
        await until(lambda: len(server.transcript) == 2)
    assert "kicked" in ear.troubles[0]


# --- updates --------------------------------------------------------------------------------------


async def test_an_update_of_a_kind_that_is_not_known_yet_ends_nothing(
    server: DemoTelegram,
) -> None:
    async with listening(server, GROUP) as ear:
        server.chats.post("message", {"message_id": "seven", "chat": "a new kind"})
        server.chats.post("message", {"message_id": 8, "chat": {"id": GROUP}, "hologram": {"x": 1}})
        server.say(GROUP, PERSON, "/status")
        await until(lambda: server.transcript)
    assert ear.troubles == []
    assert [one.text for one in ear.heard] == ["/status"]


async def test_an_edited_message_is_not_a_second_order(server: DemoTelegram) -> None:
    edited = {"message_id": 3, "chat": {"id": GROUP}, "from": {"id": PERSON}, "text": "/ask"}
    async with listening(server, GROUP) as ear:
        server.chats.post("edited_message", edited)
        server.say(GROUP, PERSON, "/status")
        await until(lambda: server.transcript)
    assert [one.text for one in ear.heard] == ["/status"]


def test_a_channel_and_an_anonymous_admin_are_nobody_who_is_known() -> None:
    channel = {"message_id": 3, "chat": {"id": GROUP}, "text": "/pause 192.0.2.1"}
    assert read({"update_id": 1, "message": channel}).user == 0
    inline = {"id": "5", "from": {"id": PERSON}, "inline_message_id": "x", "data": "yes:1"}
    assert read({"update_id": 1, "callback_query": inline}).press is None


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["chat", "from", "id", "text", "message", "message_id", "data"]), inner,
        max_size=4,
    ),
    max_leaves=8,
)  # fmt: skip


@given(st.integers(1, 2**53), ODD, ODD)
@settings(max_examples=200, deadline=None)
def test_whatever_an_update_holds_its_number_is_read(number: int, what: object, q: object) -> None:
    assert read({"update_id": number, "message": what, "callback_query": q}).number == number


async def test_a_bug_in_an_answer_is_not_met_again_by_the_next_start(server: DemoTelegram) -> None:
    async def broken(one: Heard) -> Sequence[Reply]:
        raise ZeroDivisionError

    server.say(GROUP, PERSON, "/status")
    async with phones.messenger_to(server) as port:
        with pytest.raises(ZeroDivisionError):
            await _poll(port.poll(broken, commands={}, trouble=lambda why: None))
    async with listening(server, GROUP) as ear:
        server.say(GROUP, PERSON, "/ips")
        await until(lambda: ear.heard)
    assert [one.text for one in ear.heard] == ["/ips"]


async def _poll(polling: Awaitable[None]) -> None:
    async with asyncio.timeout(4):
        await polling


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("/ip@ee_bot 192.0.2.1", "/ip 192.0.2.1"),
        ("/ip@EE_Bot\n192.0.2.1", "/ip\n192.0.2.1"),
        ("/ip@ee_bot\t192.0.2.1", "/ip\t192.0.2.1"),
        ("/ip@ee_bot", "/ip"),
        ("/ip@ee_bot2 192.0.2.1", ""),
        ("/ip@ 192.0.2.1", ""),
        ("/pause 192.0.2.1 asked by me@example.test", None),
        ("/ip\n@ee_bot", None),
        ("mail me@example.test", None),
        ("", None),
    ],
)
def test_a_command_is_taken_from_the_bots_own_name(written: str, heard: str | None) -> None:
    assert addressed(written, "ee_bot") == (written if heard is None else heard)
