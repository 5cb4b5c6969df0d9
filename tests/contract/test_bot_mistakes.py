"""Whatever people write or press, in whatever chat: it is answered readably, orders nothing by
itself, and shows nobody what is another tenant's.
"""

import random

import pytest

from engine.bot.commands import ALIASES, TABLE
from engine.bot.talk import UNKNOWN
from engine.demo.telegram_html import visible
from engine.rules.alert_ref import ref
from tests.support.conversation import (
    ALERT,
    DEPLOYER,
    IP,
    OPERATOR,
    OTHER,
    READER,
    RIVALS,
    SOS_CHAT,
    ULIXAI_CHAT,
    Conversation,
)

WORDS = (
    *(IP, OTHER, "9.9.9.9", "1.2.3.4/24", "1.2.3.4,", "１.２.３.４", "2001:db8::1", "::"),  # noqa: RUF001
    *("sos-expat", "SOS-EXPAT", "WARMING", "pmta-1", "sos-mail.com", "münchen.example", "xn--"),
    *("0", "-1", "1e3", "²", "9" * 30, "30m", "0h", "4H", "99d", "٣m", "ip.", "ip.stopped"),
    *("<b>", "</b>", "&amp;", "&#0;", "*_`[", "\\", "'", '"', "%", "../x", "?a=b", "#1", "\x00"),
    *("\u202e", "🔴" * 800, "a" * 2000, "<" * 900, ref(ALERT), ALERT, "because", "of"),
)
NAMES = (*(one.name for one in TABLE), *ALIASES, "", "/", "stat", "İP", "IPS")


def line(dice: random.Random) -> str:
    words = [dice.choice(WORDS) for _ in range(dice.choice((0, 1, 1, 2, 2, 3)))]
    gap = dice.choice((" ", "  ", "\n", "\t"))
    return gap.join((f"/{dice.choice(NAMES)}", *words))[:4096]


@pytest.mark.parametrize("seed", range(2))
async def test_nothing_that_is_written_breaks_the_bot_or_shows_another_tenant(
    bot: Conversation, seed: int
) -> None:
    dice = random.Random(seed)
    for _ in range(150):
        text, user = line(dice), dice.choice((READER, OPERATOR, DEPLOYER))
        said = await bot.says(text, SOS_CHAT, user)
        assert said or bot.pictures, text
        assert RIVALS not in said, text
        assert "ulixai" not in said.replace(text, ""), text
        for button in bot.buttons:
            if button.data.startswith(("page:", "do:", "no:")):
                await bot.sends(button.data, SOS_CHAT, user)


@pytest.mark.parametrize(
    "data",
    [
        *("", ":", "yes", "yes:", "no:", "page:", "page:x:/ips", "page:²:/ips", "page:-1:/ips"),
        *("page:99999999999999999999:/ips", "page:1:", "page:1:ips", "do:", "do:/", "do:ips"),
        *("ack:", "ack:x", "mute:", "mute:x", "mute:x:y:z", "all:", "all:ack", "all:ack:x"),
        *("all:mute:x:1h", "all:ips:x", "🔴", "yes:" + "f" * 24, "ACK:x"),
    ],
)
async def test_no_press_breaks_the_bot_or_orders_anything(bot: Conversation, data: str) -> None:
    before = bot.world.length
    await bot.sends(data)
    assert bot.replies
    assert bot.flash is not None or any(reply.instead for reply in bot.replies), "else it turns on"
    assert bot.world.length == before
    assert (bot.flash == UNKNOWN) == (data.partition(":")[0] not in VERBS)


VERBS = ("yes", "no", "page", "do", "ack", "mute", "all")


@pytest.mark.parametrize("command", ["ip", "explain", "recheck"])
async def test_who_names_several_addresses_is_told_to_name_one(
    bot: Conversation, command: str
) -> None:
    usage = f"\nUsage: /{command} <address>"
    assert await bot.says(f"/{command}") == f"say which address{usage}"
    assert await bot.says(f"/{command} {IP} {OTHER}") == f"one address at a time{usage}"


@pytest.mark.parametrize("command", ["ip", "ips", "capacity", "mute x", "rollback", "pause"])
async def test_a_word_that_means_nothing_is_cut_before_what_is_said_of_it(
    bot: Conversation, command: str
) -> None:
    said = await bot.says(f"/{command} {2_000 * 'x'} y", user=DEPLOYER)
    assert len(said) < 400
    assert "Usage: /" in said


async def test_a_phone_that_writes_a_capital_letter_finds_the_alert(bot: Conversation) -> None:
    name = ref(ALERT)
    assert name.upper() != name
    said = await bot.says(f"/Ack {name.upper()}")
    assert said.startswith("Acknowledged: IP blacklisted")


async def test_one_is_one_and_not_many(bot: Conversation) -> None:
    said = await bot.says("/blacklist", ULIXAI_CHAT)
    assert said == "Of 1 address none is listed, as far as the lists have answered."
    assert "1 address" in await bot.says("/ips", ULIXAI_CHAT)
    assert "events in the last hour" in await bot.says("/events", ULIXAI_CHAT)
    assert "1 of 2 addresses listed" in await bot.says("/blacklist", SOS_CHAT)
    assert "1 alert is firing" in await bot.says("/alerts", SOS_CHAT)


async def test_buttons_stand_so_that_a_phone_shows_their_words(bot: Conversation) -> None:
    for text in ("/alerts", f"/ip {IP}", f"/pause {IP}"):
        await bot.says(text)
        rows = [row for reply in bot.replies for row in reply.buttons]
        assert rows
        assert all(sum(len(visible(one.text)) + 4 for one in row) <= 48 for row in rows)
