"""Conversations with the bot: given the fleet, when a person writes, then it reads."""

import pytest

from engine.bot.commands import TABLE
from engine.events.alert import AlertAcknowledged
from engine.events.ip_listing import ListsCheckAsked
from engine.events.node import NodeLooked
from engine.rules.alert_ref import ref
from engine.rules.dnsbl_catalogue import PSBL, ZEN
from engine.values.node import Measures
from engine.values.verdict import Answer
from tests.support import bot_guide, samples
from tests.support.api_world import SOS, api_world
from tests.support.conversation import (
    ALERT,
    ALL_CHAT,
    ASKS_FIRST,
    DEPLOYER,
    IP,
    OPERATOR,
    OTHER,
    READER,
    RIVALS,
    SOS_CHAT,
    STRANGER,
    TENANTS_CHAT,
    ULIXAI_CHAT,
    Conversation,
    happened,
)
from tests.support.spec import NODE

# --- who may ask, and what for --------------------------------------------------------------------


async def test_strangers_and_strange_chats_hear_nothing(bot: Conversation) -> None:
    for chat, user in ((-9, OPERATOR), (SOS_CHAT, STRANGER), (STRANGER, STRANGER), (0, 0)):
        for text in (*(f"/{one.name} {IP}" for one in TABLE), "/start", "/nonsense"):
            assert await bot.says(text, chat, user) == ""
        for data in ("yes:1", "page:1:/ips", f"ack:{ref(ALERT)}", "nonsense", ""):
            await bot.sends(data, chat, user)
            assert list(bot.replies) == []


@pytest.mark.parametrize("text", ["hello", "status", "", " /status", "what about /ips?"])
async def test_what_is_no_command_is_none_of_the_bots_business(
    bot: Conversation, text: str
) -> None:
    assert await bot.says(text) == ""


async def test_a_reader_reads_and_orders_nothing(bot: Conversation) -> None:
    before = bot.world.length
    for one in TABLE:
        said = await bot.says(f"/{one.name} {IP} because", user=READER)
        refused = f"/{one.name} needs {one.needs}; you are reader, who may read."
        assert (said == refused) is (one.needs != "read"), said
        assert not [button for button in bot.buttons if button.data.startswith("yes:")]
    assert bot.world.length == before


async def test_only_a_deployer_rolls_back(bot: Conversation) -> None:
    assert "needs deploy; you are operator" in await bot.says("/rollback 1 mta1")
    assert "Go back to the choices of version 1" in await bot.says(
        "/rollback 1 mta1", user=DEPLOYER
    )
    assert "Refused: " in await bot.presses("Roll back", user=DEPLOYER)


async def test_help_names_what_one_may_and_whoami_who_one_is(bot: Conversation) -> None:
    told = await bot.says("/help", user=DEPLOYER)
    assert [line.split(":")[0] for line in told.splitlines()] == [one.usage for one in TABLE]
    assert await bot.says("/start", user=DEPLOYER) == told
    assert "/pause" not in await bot.says("/help", user=READER)
    who = await bot.says("/whoami", user=READER)
    assert who == "You are 41, reader (may read), in chat -1001, which sees sos-expat."
    assert "sees every tenant and the engine itself." in await bot.says("/whoami", ALL_CHAT)
    assert "sees every tenant." in await bot.says("/whoami", TENANTS_CHAT)


async def test_two_tenants_chats_never_see_each_other(bot: Conversation) -> None:
    for one in TABLE:
        said = await bot.says(f"/{one.name}", ULIXAI_CHAT, DEPLOYER)
        texts = [said, *(button.text + button.data for button in bot.buttons)]
        assert not [word for word in (IP, OTHER, SOS) if any(word in text for text in texts)]
        for theirs, nobodys in ((IP, "4.3.2.1"), (SOS, "xqz"), (ref(ALERT), "0123abcd")):
            line = f"/{one.name} {theirs}"
            as_if = await bot.says(f"/{one.name} {nobodys}", ULIXAI_CHAT, DEPLOYER)
            said = await bot.says(line, ULIXAI_CHAT, DEPLOYER)
            assert said.replace(theirs, nobodys) == as_if, line
    assert "There is no 1.2.3.4 here" in await bot.says(f"/ip {IP}", ULIXAI_CHAT)
    assert f"There is no {RIVALS} here" in await bot.says(f"/ip {RIVALS}")
    assert RIVALS in await bot.says("/ips", ULIXAI_CHAT)
    both = await bot.says("/ips", TENANTS_CHAT)
    assert IP in both
    assert RIVALS in both


async def test_a_chat_orders_nothing_for_another_tenants_address(bot: Conversation) -> None:
    before = bot.world.length
    for name in (*ASKS_FIRST, "release", "recheck"):
        said = await bot.says(f"/{name} {IP} because", ULIXAI_CHAT)
        assert said.startswith("There is no 1.2.3.4 here") or "Usage:" in said
        assert not bot.buttons
    assert "No alert" in await bot.says(f"/ack {ref(ALERT)}", ULIXAI_CHAT)
    assert "No alert" in await bot.says(f"/mute {ALERT} 1h", ULIXAI_CHAT)
    assert bot.world.length == before


async def test_only_a_chat_of_the_platform_sees_what_is_no_tenants(bot: Conversation) -> None:
    assert "host" in await bot.says("/events host", ALL_CHAT)
    for chat in (SOS_CHAT, TENANTS_CHAT):
        assert await bot.says("/events host", chat) == "Nothing happened in the last 30 days."
    full = Measures(disks={"/var/spool": 96})
    await bot.world.happens(None, NODE, NodeLooked(node=NODE, paused=(), measures=full))
    assert "2 alerts are firing" in await bot.says("/alerts", ALL_CHAT)
    for chat in (SOS_CHAT, TENANTS_CHAT):
        assert "1 alert is firing" in await bot.says("/alerts", chat)
        assert "No alert" in await bot.says(f"/ack -/disk/{NODE}#1", chat)
    assert "the log stands at" in await bot.says("/status", ALL_CHAT)
    assert "log" not in await bot.says("/status", TENANTS_CHAT)


# --- what is answered -----------------------------------------------------------------------------


async def test_status_and_ips(bot: Conversation) -> None:
    assert (await bot.says("/status")).splitlines() == [
        "2 addresses",
        "1 STANDBY (listed)",
        "1 WARMING",
        "firing: 1 critical",
    ]
    assert (await bot.says("/ips")).splitlines() == [
        "2 addresses",
        "1.2.3.4 sos-expat · WARMING · stage 2",
        "1.2.3.5 sos-expat · STANDBY (listed)",
    ]
    assert OTHER not in await bot.says("/IPS warming")
    assert await bot.says("/ips retiring") == "There is no such address."


async def test_one_address_is_told_whole_and_leads_on(bot: Conversation) -> None:
    said = await bot.says(f"/ip {IP}")
    assert said.splitlines()[:4] == [
        "1.2.3.4 sos-expat",
        "WARMING · stage 2 of 6, since 2026-01-05 09:00Z",
        "mail1.acme.example on pmta-1, pool sos-expat-marketing",
        "wanted: intake open, 200/day",
    ]
    assert "no list names it" in said
    assert "ladder default" in await bot.presses("/warmup")
    assert "listed by psbl.surriel.com" in await bot.says(f"/ip {OTHER}")


async def test_a_warm_up_is_shown_as_a_curve(bot: Conversation) -> None:
    assert (await bot.says("/warmup")).splitlines()[0] == "1 address warms up"
    said = await bot.says(f"/warmup {IP}")
    assert "stage 2 of 6" in said
    (picture,) = bot.pictures
    assert picture.startswith(b"\x89PNG")
    await bot.says(f"/warmup {RIVALS}", ULIXAI_CHAT)
    assert not bot.pictures  # it is on no ladder


async def test_block_lists_are_shown_as_a_matrix_and_address_by_address(
    bot: Conversation,
) -> None:
    said = await bot.says("/blacklist")
    assert "1 of 2 addresses listed" in said
    assert f"{OTHER} {PSBL}" in said
    assert len(bot.pictures) == 1
    assert await bot.says("/blacklists") == said
    one = await bot.says(f"/blacklist {OTHER}")
    assert f"{PSBL}: listed 127.0.0.2" in one
    assert f"{ZEN}: clean" in await bot.says(f"/blacklist {IP}")
    assert "No list was asked" in await bot.says(f"/blacklist {RIVALS}", ULIXAI_CHAT)


async def test_what_is_not_proved_is_no_listing_in_the_matrix(
    bot: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[dict[str, dict[str, str]]] = []

    def draw(cells: dict[str, dict[str, str]]) -> bytes:
        drawn.append(cells)
        return b""

    monkeypatch.setattr("engine.bot.pictures.matrix", draw)
    doubted = Answer("listed", codes=("127.0.0.2",), proof="unproved")
    await bot.world.happens(SOS, IP, samples.answered({ZEN: doubted}, ip=IP))
    await bot.says("/blacklist")
    (cells,) = drawn
    assert (cells[IP][ZEN], cells[IP][PSBL], cells[OTHER][PSBL]) == ("unproved", "clean", "listed")


async def test_alerts_are_shown_acknowledged_and_muted(bot: Conversation) -> None:
    said = await bot.says("/alerts")
    assert said.startswith("1 alert is firing\nCRITICAL ")
    assert ref(ALERT) in said
    assert "Acknowledged: " in await bot.presses("Ack")
    assert bot.world.tags().count("alert.acknowledged") == 1
    heard = await happened(bot, AlertAcknowledged)
    assert heard.actor == f"telegram:{OPERATOR}"
    assert "· acknowledged" in await bot.says("/alerts")
    assert "Muted until " in await bot.says(f"/mute {ref(ALERT)} 4h")
    assert bot.world.tags().count("alert.silenced") == 1
    for wrong in ("0h", "8d", "1w", "h", "-1h", "9999d"):
        assert "no time to be silent for" in await bot.says(f"/mute {ref(ALERT)} {wrong}")
    assert await bot.says("/alerts", ULIXAI_CHAT) == "No alert is firing."


async def test_events_and_explanations_are_told_in_sentences(bot: Conversation) -> None:
    said = await bot.says("/events")
    assert "events in the last hour" in said
    assert said.splitlines()[1].startswith("2026-01-05 09:00Z sos-expat: ")
    of_one = await bot.says(f"/events {IP}")
    assert OTHER not in of_one
    assert "did you mean" in await bot.says("/events ip.stoped")
    explained = await bot.says(f"/explain {OTHER}")
    assert explained.startswith(f"{OTHER} sos-expat: ")
    assert "psbl.surriel.com" in explained


async def test_capacity_is_the_only_tenants_or_the_one_that_is_named(bot: Conversation) -> None:
    assert "quota: unlimited" in await bot.says("/capacity")
    assert "say for which tenant; there are sos-expat, ulixai" in await bot.says(
        "/capacity", TENANTS_CHAT
    )
    assert (await bot.says("/capacity ulixai", TENANTS_CHAT)).startswith("ulixai\n")
    assert "did you mean `ulixai`?" in await bot.says("/capacity ulixi", TENANTS_CHAT)


async def test_without_tenants_there_is_nothing_to_show() -> None:
    async with api_world() as world:
        bot = Conversation(world)
        assert await bot.says("/capacity", ALL_CHAT) == "There is no tenant yet."
        assert (await bot.says("/status", ALL_CHAT)).startswith("0 addresses\n")
        for name in ("ips", "blacklist", "warmup", "dns", "alerts", "events"):
            assert "no" in (await bot.says(f"/{name}", ALL_CHAT)).lower()


async def test_domains_are_listed_and_told_part_by_part(bot: Conversation) -> None:
    assert await bot.says("/dns") == "There is no sending domain yet."
    sos = await bot.world.key(SOS, "operate")
    assert (await sos.post("/api/v2/domains", {"domain": "sos-mail.com"})).status == 201
    assert "sos-mail.com sos-expat · not looked at yet" in await bot.says("/dns")
    said = await bot.says("/dns SOS-mail.com.")
    assert "spf: not known yet" in said
    assert "There is no sending domain ulixai-mail.com here" in await bot.says(
        "/dns ulixai-mail.com"
    )
    assert "did you mean sos-mail.com?" in await bot.says("/dns sos-mial.com")


async def test_a_look_at_the_lists_is_asked_for_by_the_person(
    bot: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.api.outcomes.WITHIN_S", 0.01)
    assert f"/blacklist {IP} tells" in await bot.says(f"/check {IP}")
    asked = await happened(bot, ListsCheckAsked)
    assert (asked.actor, asked.tenant) == (f"telegram:{OPERATOR}", SOS)


# --- the guide ------------------------------------------------------------------------------------


async def test_the_guide_shows_every_command_with_an_answer_as_it_is_given() -> None:
    written = bot_guide.PAGE.read_text()
    assert written == await bot_guide.page(), "run: python -m tests.support.bot_guide"
    assert all(f"## {one.usage}\n" in written for one in TABLE)
