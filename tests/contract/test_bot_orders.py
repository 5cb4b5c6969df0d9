"""Orders given to the bot, and what it cannot understand."""

import pytest

from engine.bot import pending
from engine.bot.commands import TABLE
from engine.bot.desk import Ask
from engine.commands.tenant import BeginReview, CreateTenant
from engine.events.ip import IpQuarantined
from engine.events.ip_pause import IpPaused, PauseEnded
from engine.ids import IpAddr, TenantId
from engine.projections.alerts import ALERTS
from engine.reactors.alert_buttons import buttons
from engine.values.scope import Scope
from tests.support.api_world import SOS
from tests.support.conversation import (
    ALERT,
    ALL_CHAT,
    ASKS_FIRST,
    DEPLOYER,
    IP,
    OPERATOR,
    OTHER,
    READER,
    ULIXAI_CHAT,
    Conversation,
    happened,
    register,
)

# --- orders ---------------------------------------------------------------------------------------


async def test_an_order_is_described_confirmed_done_once_and_signed(bot: Conversation) -> None:
    before = bot.world.length
    said = await bot.says(f"/quarantine {IP} looks <wrong> & odd")
    assert "Stop it at once, until a person releases it" in said
    assert "reason: looks <wrong> & odd" in said
    assert bot.world.length == before
    data = bot.button("Stop it").data
    told = await bot.presses("Stop it")
    assert told.endswith(f"Done (2026-01-05 09:00Z, by {OPERATOR})")
    assert [reply.instead for reply in bot.replies] == [True]
    assert bot.buttons == []
    assert "STANDBY (quarantined)" in await bot.says("/ips")
    after = bot.world.length
    assert await bot.sends(data) == ""
    assert bot.flash is not None
    assert "pressed already" in bot.flash
    assert bot.world.length == after
    made = await happened(bot, IpQuarantined)
    assert (made.actor, made.tenant) == (f"telegram:{OPERATOR}", SOS)


async def test_every_order_that_moves_mail_asks_first(bot: Conversation) -> None:
    for name in ASKS_FIRST:
        before = bot.world.length
        await bot.says(f"/{name} {IP}" + (" because" if name == "quarantine" else ""))
        assert bot.world.length == before
        await bot.presses("Cancel")
        assert bot.world.length == before
        assert bot.replies[0].html.endswith("Cancelled.")


async def test_an_address_is_paused_and_resumed(bot: Conversation) -> None:
    said = await bot.says(f"/pause {IP} something odd")
    assert "its queues stand still" in said
    assert "Done" in await bot.presses("Pause")
    paused = await happened(bot, IpPaused)
    assert paused.actor == f"telegram:{OPERATOR}"
    assert isinstance(paused.event, IpPaused)
    assert paused.event.reason == "something odd"
    assert "WARMING, paused by a person" in await bot.says(f"/ip {IP}")
    assert "End the pause" in await bot.says(f"/resume {IP} all is well")
    assert "Done" in await bot.presses("Resume")
    ended = (await happened(bot, PauseEnded)).event
    assert isinstance(ended, PauseEnded)
    assert ended.reason == "all is well"
    assert "paused by a person" not in await bot.says(f"/ip {IP}")


async def test_a_pause_without_a_reason_says_where_it_was_asked_for(bot: Conversation) -> None:
    await bot.says(f"/pause {IP}")
    assert "Done" in await bot.presses("Pause")
    paused = (await happened(bot, IpPaused)).event
    assert isinstance(paused, IpPaused)
    assert paused.reason == "asked for in a chat"


async def test_a_pause_is_ended_before_a_hold(bot: Conversation) -> None:
    await bot.says(f"/hold {IP} watching it")
    await bot.presses("Hold")
    await bot.says(f"/pause {IP}")
    await bot.presses("Pause")
    await bot.says(f"/resume {IP}")
    assert "Done" in await bot.presses("Resume")
    assert "held by person" in await bot.says(f"/ip {IP}")
    assert "End every hold" in await bot.says(f"/resume {IP}")
    assert "Done" in await bot.presses("Resume")
    assert "held by" not in await bot.says(f"/ip {IP}")


async def test_a_warm_up_is_held_and_resumed(bot: Conversation) -> None:
    await bot.says(f"/hold {IP} watching it")
    assert "Done" in await bot.presses("Hold")
    assert "held by person" in await bot.says(f"/ip {IP}")
    assert "watching it" in await bot.says(f"/warmup {IP}")
    await bot.says(f"/resume {IP}")
    assert "Done" in await bot.presses("Resume")
    assert "held by" not in await bot.says(f"/ip {IP}")


@pytest.mark.parametrize(
    ("verb", "stands"), [("Hold", "held by person"), ("Pause", "paused by a person")]
)
async def test_nothing_is_resumed_in_review(bot: Conversation, verb: str, stands: str) -> None:
    await bot.says(f"/{verb.lower()} {IP}")
    await bot.presses(verb)
    begin = BeginReview(slug=SOS, why="listings", ips=(OTHER,), addresses=(IP, OTHER))
    await bot.world.order(begin, SOS)
    assert "in review: sos-expat" in await bot.says("/status")
    await bot.says(f"/resume {IP}")
    assert "Refused: sos-expat is in review" in await bot.presses("Resume")
    assert not {"ip.warmup_resumed", "ip.pause_ended"} & set(bot.world.tags())
    assert stands in await bot.says(f"/ip {IP}")


async def test_a_button_obeys_only_who_asked_and_only_in_that_chat(bot: Conversation) -> None:
    await bot.says(f"/retire {IP}")
    yes = bot.button("Retire").data
    before = bot.world.length
    for user in (READER, DEPLOYER):
        assert await bot.sends(yes, user=user) == ""
        assert bot.flash == "Only who asked may press this."
    assert await bot.sends(yes, ULIXAI_CHAT) == ""
    assert bot.world.length == before
    assert "Done" in await bot.sends(yes)


async def test_after_a_restart_a_button_does_nothing_and_says_what_to_do(
    bot: Conversation,
) -> None:
    for label in ("Retire", "Cancel"):
        await bot.says(f"/retire {IP}")
        old = bot.button(label).data
        bot.restarts()
        before = bot.world.length
        assert await bot.sends(old) == ""
        assert "started anew since it asked" in (bot.flash or "")
        assert "nothing was done: ask again" in (bot.flash or "")
        assert bot.world.length == before
    await bot.says(f"/retire {IP}")
    assert "Done" in await bot.presses("Retire")


async def test_after_five_minutes_a_button_does_nothing_and_says_so(bot: Conversation) -> None:
    await bot.says(f"/retire {IP}")
    before = bot.world.length
    bot.world.clock.at += pending.LIFE
    old = bot.button("Retire").data
    for _ in range(2):
        assert await bot.sends(old) == ""
        assert "older than five minutes" in (bot.flash or "")
    assert bot.world.length == before


async def test_the_buttons_beneath_an_alert_do_what_they_say(
    bot: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are made where alerts are told, and known here."""
    monkeypatch.setattr("engine.api.outcomes.WITHIN_S", 0.01)
    alert = bot.world.pump.views.get(ALERTS, ALERT.split("#")[0])
    assert alert.id == ALERT
    made = {one.text: one.data for row in buttons(alert) for one in row}
    assert "Acknowledged" in await bot.sends(made["Ack"])
    assert "Muted until 2026-01-05 10:00Z" in await bot.sends(made["Mute 1 h"])
    assert "Muted until 2026-01-05 17:00Z" in await bot.sends(made["Mute 8 h"])
    assert f"/blacklist {OTHER} tells" in await bot.sends(made["Ask the lists now"])
    assert {"alert.acknowledged", "alert.silenced", "ip.lists_check_asked"} <= set(bot.world.tags())
    for data in made.values():
        assert "No alert" in (said := await bot.sends(data, ULIXAI_CHAT)) or "There is no" in said
        assert "operate" in await bot.sends(data, user=READER)


async def test_a_message_that_telegram_delivers_twice_is_one_order(
    bot: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.api.outcomes.WITHIN_S", 0.01)
    said = await bot.says(f"/recheck {IP}", once="telegram-1-1")
    after = bot.world.length
    assert await bot.says(f"/recheck {IP}", once="telegram-1-1") == said
    assert bot.world.length == after
    await bot.says(f"/recheck {IP}", once="telegram-1-2")
    assert bot.world.length > after  # that somebody asked again stands in the log


async def test_what_a_button_orders_carries_the_buttons_own_number(bot: Conversation) -> None:
    await bot.says(f"/retire {IP}")
    data = bot.button("Retire").data
    await bot.sends(data)
    assert data == f"yes:{bot.asks[-1].once}"


async def test_the_desk_itself_refuses_what_a_role_may_not(bot: Conversation) -> None:
    path = "/api/v2/ips/{id}/retire"
    may: dict[tuple[Scope, ...], int] = {("read",): 403, ("read", "operate"): 200}
    for scopes, status in may.items():
        ask = Ask(method="POST", path=path, of={"id": IP}, tenant=SOS, user=1, scopes=scopes)
        assert (await bot.orders(ask)).status == status


async def test_a_bug_while_answering_is_said_and_ends_nothing(
    bot: Conversation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("engine.api.ips.named", broken)
    assert await bot.says(f"/ip {IP}") == "this is a mistake of the engine; its log says which"
    assert "ZeroDivisionError" in caplog.text
    assert bot.world.requests.idle


# --- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/stauts", "did you mean /status? /help lists"),
        ("/blacklits", "did you mean /blacklist"),
        ("/nonsense<b>", "I do not know /nonsense<b>."),
        ("/", "I do not know /."),
        ("/ips HOT", "'HOT' is neither a phase nor a tenant"),
        ("/ips warmin", "did you mean `warming`?"),
        ("/ip", "say which address\nUsage: /ip <address>"),
        ("/ip 1.2.3", "Usage: /ip <address>"),
        ("/ip <b>", "Usage: /ip <address>"),
        ("/ip 1.2.3.6", "There is no 1.2.3.6 here; did you mean 1.2.3.5?"),
        ("/ip 9.9.9.9", "There is no 9.9.9.9 here."),
        (f"/retire {IP} {OTHER}", "Usage: /retire <address>"),
        (f"/quarantine {IP}", "say which address, and why\nUsage: /quarantine <address> <reason>"),
        ("/ack", "Usage: /ack <alert>"),
        ("/ack 12345678", "No alert '12345678' is firing here"),
        ("/mute 12345678", "Usage: /mute <alert> <30m|4h|1d>"),
        ("/explain", "Usage: /explain <address>"),
        ("/dns -", "Usage: /dns [domain]"),
        ("/events <x>", "there is no type of event"),
    ],
)
async def test_what_is_not_understood_is_answered_with_the_usage_and_what_was_meant(
    bot: Conversation, line: str, told: str
) -> None:
    before = bot.world.length
    assert told in await bot.says(line)
    assert bot.world.length == before


@pytest.mark.parametrize("version", ["0", "x", "-1", "²", "1.5", "9" * 30])
async def test_a_version_is_a_number_from_1(bot: Conversation, version: str) -> None:
    assert "is no version" in await bot.says(f"/rollback {version} mta1", user=DEPLOYER)


@pytest.mark.parametrize(
    "data", ["", "yes:", "yes", "page:", "page:x:", "page:2:hello", "do:", "?"]
)
async def test_a_button_that_nobody_made_does_nothing(bot: Conversation, data: str) -> None:
    before = bot.world.length
    await bot.sends(data)
    assert bot.world.length == before


async def test_html_in_a_tenants_name_breaks_nothing(bot: Conversation) -> None:
    odd = CreateTenant(
        slug=TenantId("odd"), name="<b>Odd & Sons</i>", brand_domain="odd.com",
        sending_domain_base="odd-mail.com",
    )  # fmt: skip
    await bot.world.order(odd, TenantId("odd"))
    for one in TABLE:
        await bot.says(f"/{one.name}", ALL_CHAT)  # what Telegram could not read fails the test
    await bot.says("/events tenant", ALL_CHAT)


async def test_a_database_that_is_away_is_said(bot: Conversation) -> None:
    bot.world.log.away = True
    assert "does not answer" in await bot.says(f"/events {IP}")
    await bot.says(f"/retire {IP}")
    assert "Refused: Postgres does not answer, and nothing was done" in await bot.presses("Retire")


async def test_before_the_engine_has_started_nothing_is_ordered(bot: Conversation) -> None:
    bot.orders.deps = None
    assert "still starting" in await bot.says(f"/explain {IP}")


async def test_a_long_list_is_turned_page_by_page(bot: Conversation) -> None:
    await register(bot, SOS, *(IpAddr(f"9.9.9.{n}") for n in range(1, 101)))
    first = await bot.says("/ips")
    assert first.startswith("102 addresses\n")
    assert [button.text for button in bot.buttons] == ["More: 2 of 2"]
    second = await bot.presses("More")
    assert bot.replies[0].instead
    assert [button.text for button in bot.buttons] == ["Back: 1 of 2"]
    lines = [*first.splitlines()[1:], *second.splitlines()[1:]]
    assert len(lines) == len(set(lines)) == 102
    assert await bot.presses("Back") == first
