"""What only Telegram does to a message: floods, moves, other pollers, broken lines."""

import asyncio
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

import pytest

from engine.adapters import telegram_poll
from engine.adapters.telegram_poll import Heard
from engine.bot.draw import png
from engine.demo.telegram import DemoTelegram, Fault, Trouble
from engine.errors import StartRefused
from engine.ports import Button, MessengerFailed, Reply
from tests.support import phones
from tests.support.phones import SECRET, TOKEN, messenger_to

CHAT = "-1001"
COMMANDS = {"status": "How the fleet stands"}
DOT = png.encoded(1, 1, b"abc")
PRESSED: Mapping[str, Sequence[Reply]] = {
    "yes:1": [Reply("Done", instead=True, flash="Done")],
    "no:1": [Reply(flash="")],
    "more": [Reply("Another", flash="")],
    "silence": [],
}


@pytest.fixture
async def server() -> AsyncIterator[DemoTelegram]:
    async with phones.telegram() as running:
        yield running


async def failure(sending: Awaitable[object]) -> MessengerFailed:
    """The failure, whose every trace an operator may see is free of the token."""
    with pytest.raises(MessengerFailed) as caught:
        await sending
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    return caught.value


# --- messages -------------------------------------------------------------------------------------


async def test_links_are_not_previewed(server: DemoTelegram) -> None:
    async with messenger_to(server) as port:
        await port.send(CHAT, '<a href="https://www.spamhaus.org/">delist</a>')
    assert server.transcript[0].preview is False


async def test_a_flood_is_waited_out_and_the_message_arrives_once(server: DemoTelegram) -> None:
    server.script(Fault("flood", retry_after=1))
    began = time.monotonic()
    async with messenger_to(server) as port:
        await port.send(CHAT, "listed")
        assert time.monotonic() - began >= 1
    assert [message.text for message in server.transcript] == ["listed"]


async def test_a_flood_longer_than_our_patience_is_a_failure_at_once(server: DemoTelegram) -> None:
    server.script(Fault("flood", retry_after=300))
    began = time.monotonic()
    async with messenger_to(server) as port:
        failed = await failure(port.send(CHAT, "listed"))
    assert "300 s" in str(failed)
    assert failed.retry_after_s == 300
    assert not failed.gone
    assert time.monotonic() - began < 1.5


async def test_floods_one_after_the_other_use_up_one_patience(server: DemoTelegram) -> None:
    server.script(*[Fault("flood", retry_after=1)] * 3)
    async with messenger_to(server, patience=1.5) as port:
        await failure(port.send(CHAT, "listed"))
    assert server.calls.count("sendMessage") == 2


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("bad_gateway", "out of order"),
        ("server_error", "out of order"),
        ("drop", "did not answer"),
        ("unauthorized", "token"),
    ],
)
async def test_trouble_on_the_way_is_a_failure_that_may_be_tried_again(
    server: DemoTelegram, kind: Trouble, told: str
) -> None:
    server.script(Fault(kind))
    async with messenger_to(server) as port:
        failed = await failure(port.send(CHAT, "listed"))
        assert told in str(failed)
        assert not failed.gone
        await port.send(CHAT, "again")
    assert [message.text for message in server.transcript] == ["again"]


async def test_an_answer_that_is_lost_is_not_sent_again_by_itself(server: DemoTelegram) -> None:
    server.script(Fault("lost"))
    async with messenger_to(server) as port:
        await failure(port.send(CHAT, "listed"))
    assert [message.text for message in server.transcript] == ["listed"]


async def test_a_silent_line_is_a_failure_within_the_time_given(server: DemoTelegram) -> None:
    server.script(Fault("silence"))
    began = time.monotonic()
    async with messenger_to(server, answer_within=0.3) as port:
        await failure(port.send(CHAT, "listed"))
    assert 0.3 <= time.monotonic() - began < 1.5


async def test_nobody_listening_is_a_failure() -> None:
    nowhere = DemoTelegram(TOKEN)
    nowhere.url = "http://127.0.0.1:1"
    async with messenger_to(nowhere) as port:
        assert "did not answer" in str(await failure(port.send(CHAT, "listed")))


async def test_a_wrong_token_says_where_to_put_the_right_one(server: DemoTelegram) -> None:
    async with messenger_to(server, token="1000000001:another") as port:
        assert "token" in str(await failure(port.send(CHAT, "listed")))


@pytest.mark.parametrize("token", ["", "no token", SECRET])
async def test_what_is_no_token_refuses_the_start_without_showing_it(
    server: DemoTelegram, token: str
) -> None:
    with pytest.raises(StartRefused, match=r"telegram\.token_file") as caught:
        async with messenger_to(server, token=token):
            pass
    assert SECRET not in str(caught.value)


async def test_a_redirect_that_carries_the_token_shows_it_to_nobody(server: DemoTelegram) -> None:
    server.script(*[Fault("redirect")] * 20)
    async with messenger_to(server) as port:
        assert "<token>" in str(await failure(port.send(CHAT, "listed")))


async def test_a_chat_nobody_knows_is_gone(server: DemoTelegram) -> None:
    server.chats.known = set()
    async with messenger_to(server) as port:
        assert (await failure(port.send(CHAT, "listed"))).gone


async def test_tags_that_cannot_be_read_are_sent_once_more_as_plain_words(
    server: DemoTelegram,
) -> None:
    async with messenger_to(server) as port:
        await port.send(CHAT, "550 <b>no such user</b> <someone@example.com> &lt;here&gt;")
    assert [message.text for message in server.transcript] == [
        "550 no such user <someone@example.com> <here>"
    ]


async def test_an_edit_falls_back_to_plain_words_too(server: DemoTelegram) -> None:
    async with messenger_to(server) as port:
        number = await port.send(CHAT, "first")
        await port.edit(CHAT, number, "<b>second")
        await port.edit(CHAT, number, "<b>second")
    assert server.transcript[0].edits == ("second",)


async def test_a_text_too_long_arrives_cut_rather_than_not_at_all(server: DemoTelegram) -> None:
    async with messenger_to(server) as port:
        await port.send(CHAT, "<b>listed</b>" + "🔴" * 5000)
    assert server.transcript[0].text.startswith("listed🔴")
    assert server.transcript[0].text.endswith("🔴…")


async def test_a_group_that_became_a_supergroup_is_followed(server: DemoTelegram) -> None:
    server.chats.moved[-7] = -1007
    async with messenger_to(server) as port:
        await port.send("-7", "first")
        number = await port.send("-7", "second")
        await port.edit("-7", number, "third")
    assert [(one.chat, one.text) for one in server.transcript] == [
        (-1007, "first"),
        (-1007, "third"),
    ]
    assert server.calls.count("sendMessage") == 3


async def test_closing_twice_and_closing_unused_are_the_same(server: DemoTelegram) -> None:
    async with messenger_to(server) as port:
        await port.send(CHAT, "listed")
        await port.close()
        await port.close()


# --- the ear --------------------------------------------------------------------------------------

Ear = Callable[[], Awaitable[None]]


class Bot:
    """A poll under way; what it heard, and what troubled it."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, int, int]] = []
        self.troubles: list[str] = []
        self.pressed: list[tuple[str, int, int, int]] = []

    async def handle(self, one: Heard) -> Sequence[Reply]:
        if one.press is not None:
            self.pressed.append((one.press.data, one.chat, one.user, one.press.message))
            return PRESSED[one.press.data]
        self.heard.append((one.text, one.chat, one.user))
        if one.text == "/ask":
            return [Reply("Sure?", ((Button("Yes", "yes:1"), Button("No", "no:1")),))]
        if one.text == "/look":
            return [Reply("<b>seen</b>", picture=DOT), Reply("and read")]
        return [Reply(f"<b>{one.text}</b>")] if one.text.startswith("/") else []


async def until(there: Callable[[], object], seconds: float = 4.0) -> None:
    async with asyncio.timeout(seconds):
        while not there():  # noqa: ASYNC110  # what is waited for has no event to give
            await asyncio.sleep(0.01)


@pytest.fixture
async def bot(server: DemoTelegram, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    monkeypatch.setattr("engine.adapters.telegram_poll.BACK_OFF_SECONDS", (0.01, 0.02))
    one = Bot()
    async with messenger_to(server) as port:
        ear = asyncio.create_task(
            port.poll(one.handle, commands=COMMANDS, trouble=one.troubles.append)
        )
        yield one
        assert not ear.done()
        ear.cancel()
        began = time.monotonic()
        with pytest.raises(asyncio.CancelledError):
            await ear
        assert time.monotonic() - began < 1
    assert SECRET not in "".join(one.troubles)


async def test_people_are_heard_and_answered_in_their_chat(server: DemoTelegram, bot: Bot) -> None:
    server.say(-1001, 42, "/status")
    await until(lambda: server.transcript)
    assert bot.heard == [("/status", -1001, 42)]
    assert [(one.chat, one.text) for one in server.transcript] == [(-1001, "/status")]


async def test_commands_are_shown_to_people_at_start(server: DemoTelegram, bot: Bot) -> None:
    await until(lambda: "getUpdates" in server.calls)
    assert server.chats.commands == COMMANDS
    assert server.calls[:4] == ["getMe", "deleteWebhook", "setMyCommands", "getUpdates"]


async def test_commands_are_shown_in_the_chats_that_may_use_them_and_to_no_stranger(
    server: DemoTelegram,
) -> None:
    server.chats.commands = {"old": "Of an earlier version"}
    server.chats.blocked.add(7)
    async with messenger_to(server) as port:
        assert await port.greet(COMMANDS, (-1001, 7, 42)) == "ee_demo_bot"
    assert server.chats.menus == {-1001: COMMANDS, 42: COMMANDS}
    assert server.chats.commands == {}


async def test_a_chat_that_is_added_while_people_are_heard_is_shown_the_commands(
    server: DemoTelegram,
) -> None:
    known, one = [-1001], Bot()

    async def handle(heard: Heard) -> Sequence[Reply]:
        known.append(42)
        return await one.handle(heard)

    async with messenger_to(server) as port:
        ear = asyncio.create_task(
            telegram_poll.poll(port, handle, COMMANDS, one.troubles.append, lambda: tuple(known))
        )
        await until(lambda: server.chats.menus == {-1001: COMMANDS})
        server.say(-1001, 42, "hello")
        await until(lambda: server.chats.menus == {-1001: COMMANDS, 42: COMMANDS})
        ear.cancel()
        await asyncio.wait([ear])
    assert server.calls.count("getMe") == 2, "and not at every turn"


async def test_silence_is_an_answer(server: DemoTelegram, bot: Bot) -> None:
    server.say(-1001, 42, "hello")
    server.say(-1001, 42, "/status")
    await until(lambda: server.transcript)
    assert [text for text, *_ in bot.heard] == ["hello", "/status"]
    assert len(server.transcript) == 1


async def test_a_command_for_another_bot_is_not_ours(server: DemoTelegram, bot: Bot) -> None:
    server.say(-1001, 42, "/status@other_bot")
    server.say(-1001, 42, "/ips@EE_demo_bot WARMING")
    await until(lambda: server.transcript)
    assert [text for text, *_ in bot.heard] == ["/ips WARMING"]


async def test_each_message_is_answered_once(server: DemoTelegram, bot: Bot) -> None:
    for number in range(5):
        server.say(-1001, 42, f"/{number}")
    await until(lambda: len(server.transcript) == 5)
    await asyncio.sleep(0.1)
    assert [one.text for one in server.transcript] == ["/0", "/1", "/2", "/3", "/4"]


async def test_a_button_is_heard_and_its_message_says_the_outcome(
    server: DemoTelegram, bot: Bot
) -> None:
    server.say(-1001, 42, "/ask")
    await until(lambda: server.transcript)
    (asked,) = server.transcript
    assert '"callback_data":"yes:1"' in asked.markup
    server.press(-1001, 43, asked.message_id, "yes:1")
    await until(lambda: server.transcript[0].edits)
    assert bot.pressed == [("yes:1", -1001, 43, asked.message_id)]
    (done,) = server.transcript
    assert (done.text, done.markup) == ("Done", "")
    assert server.chats.flashes == ["Done"]


async def test_a_press_may_only_end_its_wait_be_answered_anew_or_be_met_with_silence(
    server: DemoTelegram, bot: Bot
) -> None:
    server.say(-1001, 42, "/ask")
    await until(lambda: server.transcript)
    for data in ("no:1", "more", "silence"):
        server.press(-1001, 42, server.transcript[0].message_id, data)
    await until(lambda: len(bot.pressed) == 3)
    server.say(-1001, 42, "/status")
    await until(lambda: len(server.transcript) == 3)
    assert [one.text for one in server.transcript] == ["Sure?", "Another", "/status"]
    assert server.chats.flashes == ["", ""]
    assert bot.troubles == []


async def test_a_press_that_is_answered_too_late_is_no_trouble(
    server: DemoTelegram, bot: Bot
) -> None:
    server.say(-1001, 42, "/ask")
    await until(lambda: server.transcript)
    server.press(-1001, 42, server.transcript[0].message_id, "yes:1")
    server.chats.forget_presses()
    await until(lambda: server.transcript[0].edits)
    assert (server.chats.flashes, bot.troubles) == ([], [])


async def test_a_picture_arrives_with_the_words_beneath(server: DemoTelegram, bot: Bot) -> None:
    server.say(-1001, 42, "/look")
    await until(lambda: len(server.transcript) == 2)
    shown, read = server.transcript
    assert (shown.picture, shown.html, shown.text) == (DOT, "<b>seen</b>", "seen")
    assert (read.picture, read.text) == (b"", "and read")


@pytest.mark.parametrize("method", ["getMe", "setMyCommands", "getUpdates"])
@pytest.mark.parametrize("kind", ["unauthorized", "bad_gateway", "drop", "flood"])
async def test_trouble_is_told_once_and_its_end_too(
    server: DemoTelegram, bot: Bot, method: str, kind: Trouble
) -> None:
    server.script(*[Fault(kind, method)] * 3)
    server.say(-1001, 42, "/status")
    await until(lambda: server.transcript)
    assert len(bot.troubles) == 2
    assert bot.troubles[-1] == ""


async def test_another_poller_with_the_same_token_is_told_of(
    server: DemoTelegram, bot: Bot
) -> None:
    await until(lambda: "getUpdates" in server.calls)
    server.chats.interrupt()
    await until(lambda: bot.troubles)
    assert "another program" in bot.troubles[0]


async def test_an_answer_that_cannot_be_delivered_is_told_and_does_not_end_the_ear(
    server: DemoTelegram, bot: Bot
) -> None:
    server.script(Fault("forbidden", "sendMessage"))
    server.say(-1001, 42, "/first")
    server.say(-1001, 42, "/second")
    await until(lambda: server.transcript)
    assert [one.text for one in server.transcript] == ["/second"]
    assert "blocked" in bot.troubles[0]
    assert "-1001" not in bot.troubles[0], "health shows it to anybody"
    server.say(-1001, 42, "/third")
    await until(lambda: len(bot.troubles) == 2)
    assert bot.troubles[1] == "", "and that all is well again"


async def test_a_bug_in_an_answer_ends_the_ear(server: DemoTelegram) -> None:
    async def handle(one: Heard) -> Sequence[Reply]:
        raise ZeroDivisionError

    server.say(-1001, 42, "/status")
    async with messenger_to(server) as port:
        with pytest.raises(ZeroDivisionError):
            await port.poll(handle, commands={}, trouble=lambda why: None)
