"""How chats and mail are told: together, in place, in reply, and never lost."""

from datetime import datetime, time, timedelta

import pytest

from engine.events.alert import AlertAcknowledged, AlertTellingFailed, AlertTold
from engine.events.chat import ChatFound, ChatLost
from engine.events.node import PauseFailed
from engine.ids import AlertId, IpAddr, Position, TenantId
from engine.ports.people import DATA_MAX
from engine.rules.alert_ref import ref
from engine.values.alert import Quiet, Route, Severity
from engine.values.tuning import Tuning
from tests.support.samples import finished, rested, stage, stopped
from tests.support.spec import ACME, DAY_1, IP, NODE, RIVAL
from tests.support.telling import CHAT, Telling, everybody, listed, telling

OPS = "ops@example.com"
MAIL = everybody(Route(OPS, "warning"))


def busy(n: int, why: str = "busy") -> PauseFailed:
    return PauseFailed(node=NODE, ip=IpAddr(f"203.0.113.{n}"), cycle=Position(1), why=why)


@telling
async def test_one_listing_is_one_message_that_is_edited_and_answered_when_it_is_over() -> None:
    people = Telling()
    await people.happens(stopped())
    (first,) = people.read()
    assert (first.edits, first.silent) == (0, False)
    await people.happens(PauseFailed(node=NODE, ip=IP, cycle=Position(1), why="busy"))
    (edited,) = people.read()
    assert (edited.number, edited.edits) == (first.number, 1)
    await people.happens(rested())
    shown, said = people.read()
    assert shown.text.startswith("🟢")
    assert (said.reply_to, said.text.startswith("🟢 over")) == (first.number, True)


@telling
async def test_several_addresses_of_one_tenant_and_cause_are_one_message() -> None:
    people = Telling()
    await people.happens(*(listed(n) for n in range(1, 13)))
    (one,) = people.texts()
    assert "CRITICAL IP blacklisted: 12" in one
    assert one.count("zen.spamhaus.org (127.0.0.2)") == 1, "what they have in common, once"
    assert all(f"<b>203.0.113.{n}</b>" in one for n in range(1, 13))
    await people.happens(busy(3))
    (edited,) = people.texts()
    assert "<b>203.0.113.3</b>" in edited
    assert edited.count("the last try failed: busy") == 1
    assert "CRITICAL IP blacklisted: 12" in edited
    assert not any(line.startswith("PowerMTA") for line in edited.splitlines()), "they differ now"


@telling
async def test_two_tenants_are_never_in_one_message_of_a_group() -> None:
    people = Telling()
    await people.meanwhile(listed(1), listed(2))
    await people.happens(listed(3), listed(4), tenant=RIVAL)
    assert sorted("rival" in text for text in people.texts()) == [False, True]


@telling
async def test_each_chat_hears_of_its_tenants_and_from_its_severity_on() -> None:
    routes: dict[TenantId | None, tuple[Route, ...]] = {
        ACME: (Route("-1"), Route("-2", "critical")),
        RIVAL: (Route("-3"),),
    }
    people = Telling(lambda tenant: routes.get(tenant, ()))
    await people.happens(finished())
    await people.happens(stopped())
    await people.happens(listed(9), tenant=RIVAL)
    heard = [len(people.texts(chat)) for chat in ("-1", "-2", "-3")]
    assert heard == [2, 1, 1]
    assert "acme" not in people.texts("-3")[0]


@telling
async def test_after_a_storm_has_begun_one_message_takes_the_rest() -> None:
    people = Telling(tuning=Tuning(storm=3))
    for n in range(1, 10):
        await people.happens(listed(n))
        people.at += timedelta(seconds=10)
    texts = people.texts()
    assert len(texts) == 4
    assert "IP blacklisted: 6" in texts[3]
    assert all(f"203.0.113.{n}" in texts[3] for n in range(4, 10))
    people.at += timedelta(minutes=10)
    await people.happens(listed(10))
    assert len(people.texts()) == 5, "the storm is over"


@telling
async def test_edits_make_no_storm() -> None:
    people = Telling(tuning=Tuning(storm=3))
    await people.happens(listed(1))
    for n in range(5):
        await people.happens(busy(1, f"busy for {n} minutes"))
    await people.happens(listed(2))
    await people.happens(listed(3))
    assert [text.count("blacklisted</b>") for text in people.texts()] == [1, 1, 1]


@telling
async def test_a_storm_of_one_moment_is_a_list_of_all_its_causes() -> None:
    people = Telling(tuning=Tuning(storm=2))
    await people.happens(finished(), stage(1), listed(1))
    texts = people.texts()
    assert len(texts) == 2
    assert "IP blacklisted" in texts[0], "the most urgent stands alone"
    assert "2 alerts" in texts[1]
    assert "Warm-up finished" in texts[1]


@telling
async def test_who_throws_the_bot_out_is_told_of_elsewhere_and_asked_again_after_a_day() -> None:
    people = Telling(everybody(Route(CHAT), Route("-200")))
    people.messenger.gone.add(CHAT)
    await people.happens(stopped())
    assert len(people.texts("-200")) == 2, "the listing, and the chat that is lost"
    assert "takes no messages" in people.texts("-200")[1]
    assert await people.happened(AlertTellingFailed) == 0
    await people.happens(listed(2))
    assert await people.happened(ChatLost) == 1
    people.messenger.gone.clear()
    people.at += timedelta(hours=24)
    await people.happens(listed(3))
    assert await people.happened(ChatFound) == 1
    assert any("203.0.113.3" in text for text in people.texts(CHAT))
    assert any(text.startswith("🟢 over") for text in people.texts("-200"))


@telling
async def test_a_telegram_that_is_down_for_a_day_loses_no_alert() -> None:
    people = Telling()
    people.messenger.down = "no route"
    for n in range(1, 4):
        await people.happens(listed(n))
        await people.later(hours=8)
    people.restart()
    assert people.texts() == []
    people.messenger.down = ""
    await people.later(minutes=15)
    said = " ".join(people.texts())
    assert all(f"203.0.113.{n}" in said for n in range(1, 4))


@telling
async def test_a_message_that_somebody_deleted_is_sent_anew() -> None:
    people = Telling()
    await people.happens(stopped())
    people.messenger.forget(CHAT, people.read()[0].number)
    await people.happens(PauseFailed(node=NODE, ip=IP, cycle=Position(1), why="busy"))
    assert len(people.texts()) == 1
    assert await people.happened(ChatLost) == 0


@telling
async def test_a_reminder_answers_the_message_that_it_reminds_of() -> None:
    people = Telling()
    await people.happens(stopped())
    await people.later(hours=4)
    first, second = people.read()
    assert second.reply_to == first.number
    await people.happens(PauseFailed(node=NODE, ip=IP, cycle=Position(1), why="busy"))
    assert [one.edits for one in people.read()] == [0, 1], "the newest carries it from then on"


@telling
async def test_a_restart_tells_nothing_twice() -> None:
    people = Telling()
    await people.happens(listed(1), listed(2))
    people.restart()
    await people.later(hours=3)
    assert len(people.texts()) == 1


@telling
async def test_what_may_be_done_stands_beneath_until_it_is_done_or_over() -> None:
    people = Telling()
    await people.happens(stopped())
    (first,) = people.read()
    listing = AlertId(f"acme/ip_listed/{IP}#1")
    pressed = [one.data for row in first.buttons for one in row]
    name = ref(listing)
    assert pressed == [f"ack:{name}", f"mute:{name}:1h", f"mute:{name}:8h", f"do:/recheck {IP}"]
    assert all(len(one.encode()) <= DATA_MAX for one in pressed)
    await people.happens(AlertAcknowledged(alert=listing))
    (heard,) = people.read()
    assert f"ack:{name}" not in [one.data for row in heard.buttons for one in row]
    await people.happens(rested())
    assert people.read()[0].buttons == ()


@telling
async def test_good_news_asks_for_nothing() -> None:
    people = Telling()
    await people.happens(finished())
    assert [one.buttons for one in people.read()] == [()]


# --- hours ----------------------------------------------------------------------------------------

NIGHT = Quiet(time(22), time(7), "Europe/Paris")


@pytest.mark.parametrize(
    ("severity", "clock", "silent"),
    [
        ("info", "12:00", True),
        ("warning", "20:59", False),
        ("warning", "21:00", True),
        ("warning", "05:59", True),
        ("warning", "06:00", False),
        ("critical", "23:00", False),
    ],
)
def test_at_night_only_what_is_critical_is_heard(
    severity: Severity, clock: str, silent: bool
) -> None:
    now = datetime.fromisoformat(f"2026-01-05T{clock}:00+00:00")
    assert Route(CHAT, quiet=NIGHT).silent(severity, now) is silent
    assert Route(CHAT).silent(severity, now) is (severity == "info")


def test_hours_of_one_day_end_on_it() -> None:
    noon = Quiet(time(12), time(14))
    seen = [noon.at(DAY_1.replace(hour=hour)) for hour in (11, 12, 13, 14)]
    assert seen == [False, True, True, False]


# --- mail -----------------------------------------------------------------------------------------


@telling
async def test_without_a_chat_mail_is_sent_once_in_each_round() -> None:
    people = Telling(everybody(), MAIL)
    await people.happens(finished(), stopped())
    ((to, subject, text),) = people.mailer.sent
    assert (to, subject) == (OPS, "🔴 CRITICAL IP blacklisted · acme")
    assert "<b>" not in text
    await people.happens(PauseFailed(node=NODE, ip=IP, cycle=Position(1), why="busy"))
    assert len(people.mailer.sent) == 1, "a mail cannot be edited"
    await people.later(hours=4)
    assert len(people.mailer.sent) == 2
    await people.happens(stage(1))
    assert people.mailer.sent[2][1].startswith("🟢 over after 4 h")


@telling
async def test_mail_goes_out_only_once_chats_were_silent_for_ten_minutes() -> None:
    people = Telling(mail=MAIL)
    people.messenger.down = "no route"
    await people.happens(stopped())
    await people.later(minutes=9)
    assert people.mailer.sent == []
    await people.later(minutes=10)
    assert len(people.mailer.sent) == 1
    await people.later(hours=2)
    assert len(people.mailer.sent) == 1
    people.messenger.down = ""
    await people.later(minutes=15)
    assert len(people.texts()) == 1, "the chat hears it all the same"


@telling
async def test_mail_goes_out_at_once_where_every_chat_is_lost_and_is_tried_again() -> None:
    people = Telling(mail=MAIL)
    people.messenger.gone.add(CHAT)
    people.mailer.down = "450 later"
    await people.happens(stopped())
    assert (people.mailer.sent, await people.happened(AlertTold)) == ([], 0)
    people.mailer.down = ""
    await people.later(minutes=1)
    assert sorted(subject for _, subject, _ in people.mailer.sent) == [
        "🔴 CRITICAL Chat lost",
        "🔴 CRITICAL IP blacklisted · acme",
    ]


@telling
async def test_a_mail_holds_the_alerts_of_one_tenant() -> None:
    people = Telling(everybody(), MAIL)
    await people.meanwhile(listed(1), listed(2))
    await people.happens(listed(3), tenant=RIVAL)
    subjects = [subject for _, subject, _ in people.mailer.sent]
    assert subjects == ["2 alerts, the worst critical · acme", "🔴 CRITICAL IP blacklisted · rival"]
