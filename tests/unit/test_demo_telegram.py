"""The simulated Telegram refuses what Telegram refuses, in its words and on its wire."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from engine.demo.telegram import DemoTelegram, Fault, Message, Trouble
from engine.demo.telegram_html import CannotParse, visible
from tests.support import phones
from tests.support.phones import TOKEN

CHAT = -1001


class Wire:
    """The Bot API as a plain HTTP client sees it."""

    def __init__(self, server: DemoTelegram, session: aiohttp.ClientSession) -> None:
        self.server, self.session = server, session

    async def call(
        self, method: str, *, token: object = TOKEN, **fields: object
    ) -> tuple[int, dict[str, Any]]:
        form = {name: str(value) for name, value in fields.items()}
        url = f"{self.server.url}/bot{token}/{method}"
        async with self.session.post(url, data=form) as response:
            return response.status, await response.json()

    async def ok(self, method: str, **fields: object) -> Any:
        status, body = await self.call(method, **fields)
        assert (status, body["ok"]) == (200, True), body
        return body["result"]

    async def refused(self, method: str, **fields: object) -> str:
        """The description; status and error code are the same, as Telegram has it."""
        status, body = await self.call(method, **fields)
        assert body["ok"] is False
        assert body["error_code"] == status
        return f"{status} {body['description']}"

    async def html(self, text: str) -> str:
        """What is wrong with it, or what people see."""
        status, body = await self.call("sendMessage", chat_id=CHAT, text=text, parse_mode="HTML")
        return str(body["result"]["text"] if status == 200 else body["description"])


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with phones.telegram() as server, aiohttp.ClientSession() as session:
        yield Wire(server, session)


# --- HTML -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "seen"),
    [
        ("plain", "plain"),
        ("<b>a</b><i>b</i><u>c</u><s>d</s>", "abcd"),
        ("<strong>a</strong><em>b</em><ins>c</ins><del>d</del><strike>e</strike>", "abcde"),
        ("<b>bold <i>both</i></b>", "bold both"),
        ('<a href="https://e.com/?a=1&amp;b=2">delist</a>', "delist"),
        ('<pre><code class="language-python">x = 1</code></pre>', "x = 1"),
        ('<span class="tg-spoiler">s</span><tg-spoiler>t</tg-spoiler>', "st"),
        ("<blockquote expandable>q</blockquote>", "q"),
        ("<B>upper</B>", "upper"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2 &quot;&#33;&#x21;", '1 < 2 && 3 > 2 "!!'),
        ("AT&T, 5 > 4", "AT&T, 5 > 4"),
        ("&nbsp;stays", "&nbsp;stays"),
        ("  trimmed\n", "trimmed"),
    ],
)
def test_html_that_telegram_reads(html: str, seen: str) -> None:
    assert visible(html) == seen


@pytest.mark.parametrize(
    ("html", "why"),
    [
        ("550 <someone@example.com> unknown", 'Unsupported start tag "someone@example.com"'),
        ("a < b > c", "Unsupported start tag"),
        ("a < b", "Unclosed start tag at byte offset 2"),
        ("line<br>break", 'Unsupported start tag "br" at byte offset 4'),
        ("é<p>x</p>", 'Unsupported start tag "p" at byte offset 2'),
        ("<b>never closed", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>crossed</b></i>", 'expected "</i>", found "</b>"'),
        ("closed</b>", "Unexpected end tag at byte offset 6"),
        ("<span>x</span>", 'must have class "tg-spoiler"'),
        ("<tg-emoji>x</tg-emoji>", "Invalid custom emoji"),
    ],
)
async def test_html_that_telegram_does_not_read(wire: Wire, html: str, why: str) -> None:
    with pytest.raises(CannotParse):
        visible(html)
    told = await wire.html(html)
    assert told.startswith("Bad Request: can't parse entities: ")
    assert why in told
    assert wire.server.transcript == []


async def test_without_a_parse_mode_text_is_text(wire: Wire) -> None:
    await wire.ok("sendMessage", chat_id=CHAT, text="a <b> &amp;")
    assert wire.server.transcript[0].text == "a <b> &amp;"


async def test_the_limit_counts_what_is_seen_and_not_its_tags(wire: Wire) -> None:
    assert await wire.html("<b>" + "x" * 4096 + "</b>") == "x" * 4096
    assert "message is too long" in await wire.html("x" * 4097)
    assert "message is too long" in await wire.html("🔴" * 2049)
    assert "message text is empty" in await wire.html("<b> </b>")


# --- messages -------------------------------------------------------------------------------------


async def test_the_transcript_shows_what_people_read_and_read_before(wire: Wire) -> None:
    sent = await wire.ok("sendMessage", chat_id=CHAT, text="<b>a</b>", parse_mode="HTML")
    number = sent["message_id"]
    await wire.ok("editMessageText", chat_id=CHAT, message_id=number, text="b")
    await wire.ok("editMessageText", chat_id=CHAT, message_id=number, text="c")
    assert wire.server.transcript == [Message(CHAT, number, "a", ("b", "c"), "c")]
    assert wire.server.transcript[0].text == "c"


async def test_edits_are_refused_in_telegrams_words(wire: Wire) -> None:
    number = (await wire.ok("sendMessage", chat_id=CHAT, text="a"))["message_id"]

    async def edit(**changed: object) -> str:
        usual = {"chat_id": CHAT, "message_id": number, "text": "a"}
        return await wire.refused("editMessageText", **(usual | changed))

    assert "message is not modified" in await edit()
    assert "message to edit not found" in await edit(message_id=999)
    assert "message to edit not found" in await edit(chat_id=CHAT - 1)
    assert "MESSAGE_TOO_LONG" in await edit(text="x" * 5000)


async def test_chats_that_are_unknown_moved_or_closed_refuse(wire: Wire) -> None:
    chats = wire.server.chats
    chats.known, chats.blocked, chats.moved = {CHAT, 7, -8}, {CHAT, 7}, {-8: -1008}

    async def send(chat: object) -> str:
        return await wire.refused("sendMessage", chat_id=chat, text="a")

    assert await send(5) == "400 Bad Request: chat not found"
    assert await send("somewhere") == "400 Bad Request: chat not found"
    assert await send(CHAT) == "403 Forbidden: bot was kicked from the supergroup chat"
    assert await send(7) == "403 Forbidden: bot was blocked by the user"
    status, body = await wire.call("sendMessage", chat_id=-8, text="a")
    assert (status, body["parameters"]) == (400, {"migrate_to_chat_id": -1008})


@pytest.mark.parametrize("value", ["{", "[]", "7"])
async def test_nested_fields_of_a_form_are_json_of_the_right_shape(wire: Wire, value: str) -> None:
    told = await wire.refused("sendMessage", chat_id=CHAT, text="a", reply_markup=value)
    assert "keyboard markup" in told
    assert wire.server.transcript == []


@pytest.mark.parametrize(("size", "fine"), [(0, False), (1, True), (64, True), (65, False)])
async def test_callback_data_has_1_to_64_bytes(wire: Wire, size: int, fine: bool) -> None:
    button = {"text": "Ack", "callback_data": "x" * size}
    markup = json.dumps({"inline_keyboard": [[button]]})
    status, body = await wire.call("sendMessage", chat_id=CHAT, text="a", reply_markup=markup)
    assert (status == 200) is fine
    assert fine or "BUTTON_DATA_INVALID" in body["description"]


@pytest.mark.parametrize(
    ("command", "what", "fine"),
    [("status", "How", True), ("Status", "How", False), ("a" * 33, "How", False), ("a", "", False)],
)
async def test_commands_have_names_and_descriptions(
    wire: Wire, command: str, what: str, fine: bool
) -> None:
    commands = json.dumps([{"command": command, "description": what}])
    status, _ = await wire.call("setMyCommands", commands=commands)
    assert (status == 200) is fine
    assert wire.server.chats.commands == ({command: what} if fine else {})


# --- who asks -------------------------------------------------------------------------------------


async def test_tokens_and_methods_are_checked(wire: Wire) -> None:
    assert await wire.refused("getMe", token="1:wrong") == "401 Unauthorized"
    assert await wire.refused("getMe", token="rubbish") == "404 Not Found"
    assert await wire.refused("sendLove") == "404 Not Found: method not found"
    me = await wire.ok("getMe")
    assert (me["is_bot"], me["username"]) == (True, "ee_demo_bot")


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("flood", 429),
        ("forbidden", 403),
        ("conflict", 409),
        ("unauthorized", 401),
        ("server_error", 500),
    ],
)
async def test_scripted_trouble_meets_one_call_and_does_nothing(
    wire: Wire, kind: Trouble, status: int
) -> None:
    wire.server.script(Fault(kind, "sendMessage", retry_after=7))
    await wire.ok("getMe")
    found, body = await wire.call("sendMessage", chat_id=CHAT, text="a")
    assert (found, body["error_code"]) == (status, status)
    assert body.get("parameters") == ({"retry_after": 7} if kind == "flood" else None)
    assert wire.server.transcript == []
    await wire.ok("sendMessage", chat_id=CHAT, text="b")


@pytest.mark.parametrize(("kind", "sent"), [("drop", 0), ("lost", 1)])
async def test_a_broken_line_leaves_the_message_unsent_or_sent(
    wire: Wire, kind: Trouble, sent: int
) -> None:
    wire.server.script(Fault(kind))
    with pytest.raises(aiohttp.ClientError):
        await wire.call("sendMessage", chat_id=CHAT, text="a")
    assert len(wire.server.transcript) == sent


# --- updates --------------------------------------------------------------------------------------


async def test_updates_stay_until_a_later_offset_confirms_them(wire: Wire) -> None:
    wire.server.say(CHAT, 42, "/status now")
    wire.server.say(CHAT, 42, "hello")
    first, second = await wire.ok("getUpdates", timeout=0)
    assert await wire.ok("getUpdates") == [first, second]
    assert await wire.ok("getUpdates", offset=first["update_id"] + 1) == [second]
    assert await wire.ok("getUpdates") == [second]
    message = first["message"]
    assert (message["chat"]["id"], message["from"]["id"]) == (CHAT, 42)
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 7}]


async def test_a_long_poll_ends_when_somebody_writes(wire: Wire) -> None:
    poll = asyncio.create_task(wire.ok("getUpdates", timeout=20))
    await asyncio.sleep(0.05)
    assert not poll.done()
    wire.server.say(CHAT, 42, "/status")
    async with asyncio.timeout(2):
        assert len(await poll) == 1


async def test_a_second_poller_ends_the_first_ones_poll(wire: Wire) -> None:
    first = asyncio.create_task(wire.refused("getUpdates", timeout=20))
    await asyncio.sleep(0.05)
    assert await wire.ok("getUpdates", timeout=0) == []
    assert "409 Conflict: terminated by other getUpdates" in await first


async def test_only_updates_of_the_kinds_asked_for_are_given(wire: Wire) -> None:
    number = (await wire.ok("sendMessage", chat_id=CHAT, text="a"))["message_id"]
    wire.server.press(CHAT, 42, number, "ack:1")
    assert await wire.ok("getUpdates", allowed_updates='["message"]') == []
    (pressed,) = await wire.ok("getUpdates", allowed_updates='["callback_query"]')
    assert pressed["callback_query"]["data"] == "ack:1"
    assert pressed["callback_query"]["message"]["message_id"] == number


async def test_a_callback_is_answered_once(wire: Wire) -> None:
    number = (await wire.ok("sendMessage", chat_id=CHAT, text="a"))["message_id"]
    wire.server.press(CHAT, 42, number, "ack:1")
    (pressed,) = await wire.ok("getUpdates")
    query = pressed["callback_query"]["id"]
    long = await wire.refused("answerCallbackQuery", callback_query_id=query, text="x" * 201)
    assert "MESSAGE_TOO_LONG" in long
    await wire.ok("answerCallbackQuery", callback_query_id=query, text="noted")
    assert "query is too old" in await wire.refused("answerCallbackQuery", callback_query_id=query)


async def test_stopping_does_not_wait_for_a_long_poll(wire: Wire) -> None:
    poll = asyncio.create_task(wire.call("getUpdates", timeout=20))
    await asyncio.sleep(0.05)
    async with asyncio.timeout(2):
        await wire.server.stop()
    await asyncio.gather(poll, return_exceptions=True)
