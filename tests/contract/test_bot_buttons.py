"""Buttons beneath several alerts in one message, and the one that releases an address."""

import pytest

from engine.bot import alerts
from engine.commands.alert import FireAlert, ReportTelling
from engine.commands.tenant import BeginReview
from engine.events import Event
from engine.events.alert import AlertAcknowledged, AlertSilenced
from engine.events.ip_listing import StopReleased
from engine.events.zone import ZoneSuspected
from engine.ids import AlertId, TenantId
from engine.projections.alerts import ALERTS, Alert
from engine.reactors.alert_buttons import buttons, buttons_of_all
from engine.rules.dnsbl_catalogue import PSBL
from tests.support import samples
from tests.support.api_world import SOS, ULIXAI
from tests.support.conversation import (
    ALERT,
    ALL_CHAT,
    IP,
    OPERATOR,
    OTHER,
    READER,
    RIVALS,
    SOS_CHAT,
    ULIXAI_CHAT,
    Conversation,
    happened,
)

SECOND = AlertId(f"{SOS}/ip_listed/{IP}#1")
THEIRS = AlertId(f"{ULIXAI}/ip_listed/{RIVALS}#1")
MESSAGE = 77


def view(bot: Conversation, alert: AlertId) -> Alert:
    return bot.world.pump.views.get(ALERTS, alert.split("#")[0])


async def told(bot: Conversation, alert: AlertId, tenant: TenantId, chat: int = SOS_CHAT) -> None:
    """It stands in that message of the chat."""
    report = ReportTelling(
        alert=alert, tenant=tenant, text="t", messages={str(chat): MESSAGE}, shared=(str(chat),)
    )
    await bot.world.order(report, tenant)


async def both(bot: Conversation) -> dict[str, str]:
    """Two listings stand in one message; what its buttons send, by their texts."""
    await bot.world.happens(SOS, IP, samples.stopped(PSBL, ip=IP))
    await bot.world.order(FireAlert(alert=SECOND, tenant=SOS, severity="critical"), SOS)
    for alert in (ALERT, SECOND):
        await told(bot, alert, SOS)
    beneath = buttons_of_all([view(bot, ALERT), view(bot, SECOND)])
    return {one.text: one.data for row in beneath for one in row}


async def said(bot: Conversation, kind: type[AlertAcknowledged] | type[AlertSilenced]) -> list[str]:
    events: list[Event] = [one.event for one in await bot.world.events()]
    return sorted(one.alert for one in events if isinstance(one, kind))


async def test_one_press_acknowledges_all_that_the_message_holds(bot: Conversation) -> None:
    made = await both(bot)
    answer = await bot.sends(made["Ack all 2"], message=MESSAGE)
    assert answer == "Acknowledged: 2 alerts. None is repeated."
    assert await said(bot, AlertAcknowledged) == sorted([ALERT, SECOND])
    actors = {
        one.actor for one in await bot.world.events() if isinstance(one.event, AlertAcknowledged)
    }
    assert actors == {f"telegram:{OPERATOR}"}
    after = bot.world.length
    await bot.sends(made["Ack all 2"], message=MESSAGE)
    assert bot.world.length == after


async def test_one_press_mutes_all_that_the_message_holds(bot: Conversation) -> None:
    made = await both(bot)
    answer = await bot.sends(made["8 h"], message=MESSAGE)
    assert answer == "Muted until 2026-01-05 17:00Z: 2 alerts"
    assert await said(bot, AlertSilenced) == sorted([ALERT, SECOND])
    after = bot.world.length
    await bot.sends(made["Mute all 2 1 h"], message=MESSAGE)
    assert bot.world.length == after, "who hears nothing for eight hours hears nothing for one"


async def test_what_joined_the_message_since_it_was_read_is_not_acknowledged_unread(
    bot: Conversation,
) -> None:
    made = await both(bot)
    review = AlertId(f"{SOS}/review/{SOS}#1")
    await bot.world.order(
        BeginReview(slug=SOS, why="listings", ips=(OTHER,), addresses=(IP, OTHER)), SOS
    )
    await bot.world.order(FireAlert(alert=review, tenant=SOS, severity="critical"), SOS)
    await told(bot, review, SOS)
    for text in made:
        assert "has changed since" in await bot.sends(made[text], message=MESSAGE)
    assert await said(bot, AlertAcknowledged) == []


async def test_the_buttons_of_all_obey_in_their_chat_and_for_their_message_alone(
    bot: Conversation,
) -> None:
    made = await both(bot)
    for text, data in made.items():
        assert "has changed since" in await bot.sends(data, message=MESSAGE + 1), text
        assert "has changed since" in await bot.sends(data, ULIXAI_CHAT, message=MESSAGE)
        assert "operate" in await bot.sends(data, user=READER, message=MESSAGE)
    assert await said(bot, AlertAcknowledged) == await said(bot, AlertSilenced) == []


async def test_a_message_of_one_chat_never_reaches_another_tenants_alert_of_that_number(
    bot: Conversation,
) -> None:
    """Numbers of messages are each chat's own."""
    await bot.world.happens(ULIXAI, RIVALS, samples.stopped(PSBL, ip=RIVALS))
    await bot.world.order(FireAlert(alert=THEIRS, tenant=ULIXAI, severity="critical"), ULIXAI)
    await told(bot, THEIRS, ULIXAI, ULIXAI_CHAT)
    made = await both(bot)
    await bot.sends(made["Ack all 2"], message=MESSAGE)
    assert await said(bot, AlertAcknowledged) == sorted([ALERT, SECOND])


async def test_more_than_one_press_may_do_are_done_by_the_next(
    bot: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "AT_ONCE_MAX", 1)
    made = await both(bot)
    assert "1 are left: press again." in await bot.sends(made["Ack all 2"], message=MESSAGE)
    assert "left" not in await bot.sends(made["Ack all 2"], message=MESSAGE)
    assert await said(bot, AlertAcknowledged) == sorted([ALERT, SECOND])


async def test_buttons_beneath_the_last_of_several_messages_mean_the_alerts_of_all(
    bot: Conversation,
) -> None:
    made = await both(bot)
    first = {str(SOS_CHAT): MESSAGE - 1}
    report = ReportTelling(
        alert=SECOND, tenant=SOS, text="u", messages=first, under={str(SOS_CHAT): MESSAGE}
    )
    await bot.world.order(report, SOS)
    assert "has changed since" in await bot.sends(made["Ack all 2"], message=MESSAGE - 1)
    assert await bot.sends(made["Ack all 2"], message=MESSAGE) == (
        "Acknowledged: 2 alerts. None is repeated."
    )
    assert await said(bot, AlertAcknowledged) == sorted([ALERT, SECOND])


# --- release -------------------------------------------------------------------------------------


async def suspected(bot: Conversation) -> str:
    """What the button beneath the alert about the list sends."""
    event = ZoneSuspected(zone=PSBL, round="r", asked=40, hits=20, stopped={SOS: (OTHER,)})
    await bot.world.happens(None, PSBL, event)
    beneath = buttons(view(bot, AlertId(f"-/zone_suspected/{PSBL}#1")))
    (data,) = [one.data for row in beneath for one in row if one.text == f"Release {OTHER} …"]
    return data


async def test_a_stop_by_a_list_in_suspicion_is_released_by_two_presses(bot: Conversation) -> None:
    data = await suspected(bot)
    asks = await bot.sends(data, ALL_CHAT)
    assert "STANDBY (listed)" in asks
    assert "Release it from the stop" in asks
    assert "ip.stop_released" not in bot.world.tags()
    again = bot.button("Release").data
    assert await bot.sends(again, ALL_CHAT, READER) == ""
    assert bot.flash == "Only who asked may press this."
    assert "Done (" in await bot.sends(again, ALL_CHAT)
    released = await happened(bot, StopReleased)
    assert (released.actor, released.tenant) == (f"telegram:{OPERATOR}", SOS)
    await bot.sends(again, ALL_CHAT)
    assert "pressed already" in (bot.flash or "")
    assert "WARMING · stage 2" in await bot.says(f"/ip {OTHER}")


async def test_nothing_is_released_in_review(bot: Conversation) -> None:
    data = await suspected(bot)
    begin = BeginReview(slug=SOS, why="listings", ips=(OTHER,), addresses=(IP, OTHER))
    await bot.world.order(begin, SOS)
    await bot.sends(data)
    assert "Refused: sos-expat is in review" in await bot.presses("Release")
    assert "ip.stop_released" not in bot.world.tags()


async def test_a_stop_by_a_list_that_is_believed_is_not_released(bot: Conversation) -> None:
    await bot.says(f"/release {OTHER}")
    assert "is not held in suspicion" in await bot.presses("Release")
    assert "ip.stop_released" not in bot.world.tags()


async def test_another_tenants_address_is_not_there_to_be_released(bot: Conversation) -> None:
    assert "There is no" in await bot.sends(await suspected(bot), ULIXAI_CHAT)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/release", "say which address\nUsage: /release <address> [reason]"),
        (f"/release {IP}", f"{IP} is WARMING; only what a list has stopped is released here"),
    ],
)
async def test_a_release_that_cannot_be_is_answered_before_anything_is_asked(
    bot: Conversation, line: str, told: str
) -> None:
    assert told in await bot.says(line)
    assert bot.buttons == []
