"""What one message of a chat cannot hold: several, each edited by itself, with buttons for all."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from engine.demo.telegram_html import visible
from engine.events.alert import AlertAcknowledged, AlertTold
from engine.events.ip import IpRested
from engine.events.node import PauseFailed
from engine.ids import AlertId, IpAddr, Position
from engine.projections import alert_told
from engine.projections.alerts import ALERTS, Alert
from engine.projections.chats import CHATS
from engine.reactors.alert_messages import Part, split
from engine.rules.alert_ref import ref_of_all
from engine.rules.chat_html import ROOM
from engine.runtime.perform import alert_chat
from engine.values.alert import Route
from engine.values.tuning import Tuning
from tests.support.fake_messenger import FakeMessenger, Read
from tests.support.samples import rested, stopped
from tests.support.spec import DAY_1, NODE, record
from tests.support.telling import CHAT, Telling, everybody, listed, telling

SEVERAL = range(1, 31)


def why(n: int, letters: int = 180) -> PauseFailed:
    """An outcome that makes its alert so much longer."""
    said = f"no. {n}: {letters * 'x'}"
    return PauseFailed(node=NODE, ip=IpAddr(f"203.0.113.{n}"), cycle=Position(1), why=said)


def over(n: int) -> IpRested:
    return replace(rested(), ip=IpAddr(f"203.0.113.{n}"))


async def of_several(people: Telling) -> list[Read]:
    """So many at one moment that one message cannot hold them."""
    await people.happens(*(one for n in SEVERAL for one in (listed(n), why(n))))
    return people.read()


def held(message: Read) -> list[int]:
    """The addresses that stand in it."""
    text = visible(message.text)
    assert len(text.encode("utf-16-le")) // 2 <= ROOM
    return [int(n) for n in re.findall(r"(?:🔴 |IP: )203\.0\.113\.(\d+)\b", text)]


def ids(*numbers: int) -> list[AlertId]:
    return [AlertId(f"acme/ip_listed/203.0.113.{n}#1") for n in numbers]


def pressed(message: Read) -> list[str]:
    return [one.data for row in message.buttons for one in row]


@telling
async def test_a_group_over_the_limit_is_several_messages_with_the_buttons_beneath_the_last() -> (
    None
):
    first, *between, last = await of_several(Telling())
    assert between
    assert [n for one in (first, *between, last) for n in held(one)] == sorted(SEVERAL, key=str)
    assert all(f"IP blacklisted: {len(held(one))}" in one.text for one in (first, last))
    assert all(one.text.count(f"no. {n}: {180 * 'x'}") == 1 for one in (first,) for n in held(one))
    assert [one.buttons for one in (first, *between)] == [()] * (1 + len(between))
    name = ref_of_all(ids(*SEVERAL))
    assert pressed(last) == [f"all:ack:{name}", f"all:mute:{name}:1h", f"all:mute:{name}:8h"]


@telling
async def test_each_of_several_messages_is_edited_where_its_alert_stands() -> None:
    people = Telling()
    before = await of_several(people)
    (n, *_) = held(before[1])
    await people.happens(why(n, 10))
    after = people.read()
    assert [one.number for one in after] == [one.number for one in before]
    assert [one.edits for one in after] == [0, 1, *[0] * (len(before) - 2)]
    assert f"no. {n}: {10 * 'x'}" in after[1].text
    assert [held(one) for one in after] == [held(one) for one in before]
    assert after[-1].buttons == before[-1].buttons
    await people.happens(why(n, 20))
    assert [one.buttons for one in people.read()] == [one.buttons for one in before]


@telling
async def test_who_is_heard_in_the_first_message_leaves_the_buttons_beneath_the_last() -> None:
    people = Telling()
    first, *_, last = await of_several(people)
    (n, *_) = held(first)
    await people.happens(over(n))
    left = [m for m in SEVERAL if m != n]
    (now,) = [one for one in people.read() if one.number == last.number]
    assert pressed(now)[0] == f"all:ack:{ref_of_all(ids(*left))}"
    assert now.text == last.text
    for m in left:
        await people.meanwhile(AlertAcknowledged(alert=ids(m)[0]))
    await people.settle()
    (now,) = [one for one in people.read() if one.number == last.number]
    assert [one.partition(":")[2].partition(":")[0] for one in pressed(now)] == ["mute", "mute"]


@telling
async def test_who_is_sent_anew_has_buttons_of_his_own_from_then_on() -> None:
    people = Telling()
    first, *_, last = await of_several(people)
    (n, *_) = held(first)
    people.messenger.forget(CHAT, first.number)
    for letters in (10, 20):
        await people.happens(why(n, letters))
        anew = people.read()[-1]
        assert f"no. {n}: {letters * 'x'}" in anew.text
        assert pressed(anew)[0].startswith("ack:")
    left = [m for m in SEVERAL if m != n]
    await people.happens(why(held(last)[0], 10))
    (now,) = [one for one in people.read() if one.number == last.number]
    assert pressed(now)[0] == f"all:ack:{ref_of_all(ids(*left))}"


@telling
async def test_after_a_restart_the_log_knows_which_message_holds_which_alert() -> None:
    people = Telling()
    before = await of_several(people)
    people.restart()
    (n, *_) = held(before[0])
    await people.happens(why(n, 10))
    after = people.read()
    assert [one.number for one in after] == [one.number for one in before]
    assert f"no. {n}: {10 * 'x'}" in after[0].text
    assert pressed(after[-1]) == pressed(before[-1])


@telling
async def test_who_outgrows_his_message_gets_one_of_his_own_beneath_it() -> None:
    people = Telling()
    await people.happens(*(one for n in range(1, 13) for one in (listed(n), why(n, 120))))
    (full,) = people.read()
    await people.happens(*(why(n) for n in range(3, 13)))
    first, *others = people.read()
    assert first.number == full.number
    moved = [n for one in others for n in held(one)]
    assert others
    assert {one.reply_to for one in others} == {full.number}
    assert pressed(first)[0] == f"all:ack:{ref_of_all(ids(*held(first)))}"
    assert sorted([*held(first), *moved]) == list(range(1, 13))
    await people.happens(why(1, 20))
    again, *same = people.read()
    assert again.text.count("IP blacklisted") == 1
    assert same == others
    assert sorted(held(again)) == sorted(held(first))


class TiresOf(FakeMessenger):
    """Takes so many messages, and then none for a while."""

    def __init__(self, taken: int) -> None:
        super().__init__()
        self.taken = taken

    def _reach(self, chat: str, text: str) -> None:
        self.down = "" if len(self.messages) < self.taken else "no route"
        super()._reach(chat, text)


@telling
async def test_what_was_sent_before_telegram_went_away_is_not_sent_again() -> None:
    people = Telling()
    people.messenger = messenger = TiresOf(2)
    people.restart()
    first, second = await of_several(people)
    messenger.taken = 99
    await people.later(minutes=1)
    assert people.read()[:2] == [
        first,
        second,
    ], "they stand as they stood"
    assert sorted(n for one in people.read() for n in held(one)) == list(SEVERAL)
    (n, *_) = held(first)
    await people.happens(why(n, 10))
    begun = [one for one in people.read() if one.number == second.number]
    assert pressed(begun[0])[0].startswith("all:ack:"), "the buttons come with the next edit"


@telling
async def test_a_storm_of_one_moment_names_what_would_be_too_many_messages() -> None:
    people = Telling(tuning=Tuning(storm=2))
    await people.happens(*(one for n in range(1, 201) for one in (listed(n), why(n))))
    whole, *named = people.read()
    numbers = [n for n in range(1, 201) for one in named if f"🔴 203.0.113.{n}," in one.text + ","]
    assert len(named) == 1
    assert len(held(whole)) + named[0].text.count("203.0.113.") == 200
    assert "all of them: /alerts" in named[0].text
    people.at += timedelta(seconds=10)
    (n, *_) = [n for n in numbers if n not in held(whole)]
    await people.happens(over(n))
    _, now, said = people.read()
    assert (now.number, now.text.count("🟢")) == (named[0].number, 1), "it is edited as it is"
    assert said.reply_to == now.number


@telling
async def test_a_message_that_all_of_a_storm_come_into_goes_over_to_naming_them() -> None:
    people = Telling(tuning=Tuning(storm=1))
    await people.happens(*map(listed, range(1, 13)))
    people.at += timedelta(seconds=10)
    await people.happens(*map(listed, range(13, 151)))
    (one,) = people.read()
    assert "150 alerts" in one.text
    assert sorted(map(int, re.findall(r"🔴 203\.0\.113\.(\d+)", one.text))) == list(range(1, 151))
    assert pressed(one)[0] == f"all:ack:{ref_of_all(ids(*range(1, 151)))}"


@telling
async def test_a_storm_that_outgrows_its_message_goes_on_in_the_next() -> None:
    people = Telling(tuning=Tuning(storm=1))
    for block in range(8):
        ips = [IpAddr(f"2001:db8:{block}:1111:2222:3333:4444:{n:x}") for n in range(1, 31)]
        await people.happens(*(stopped(ip=ip) for ip in ips))
        people.at += timedelta(seconds=10)
    named = [one for one in people.read() if "all of them" in one.text]
    assert len(named) < 5
    assert sum(one.text.count("2001:db8:") for one in named) >= 200
    told = [view.telling for view in people.views.of(ALERTS).values()]
    known = {one.messages[CHAT] for one in told if one.messages}
    assert known == {one.number for one in people.read()}


@telling
async def test_many_that_are_over_at_once_are_said_so_one_by_one() -> None:
    people = Telling()
    await people.happens(*map(listed, range(1, 101)))
    asked = len(people.read())
    await people.happens(*(over(n) for n in range(1, 101)))
    lines = [line for one in people.read()[asked:] for line in one.text.splitlines()]
    assert sum("over" in line and "203.0.113." in line for line in lines) == 100


@telling
async def test_two_chats_have_messages_of_their_own() -> None:
    people = Telling(everybody(Route(CHAT), Route("-200")))
    await of_several(people)
    ours, theirs = people.read(), people.read("-200")
    assert [held(one) for one in ours] == [held(one) for one in theirs]
    assert not {one.number for one in ours} & {one.number for one in theirs}
    story = await people.log.read_from(Position(0), 9_999)
    told = [one.event for one in story if isinstance(one.event, AlertTold)]
    lasts = {chat: max(one.number for one in people.read(chat)) for chat in (CHAT, "-200")}
    under = [one.messages | one.under for one in told]
    assert all(one == lasts for one in under), "their buttons stand beneath the last"


# --- what is kept of it ---------------------------------------------------------------------------


def test_a_message_told_anew_is_written_and_answered_by_itself() -> None:
    told = AlertTold(
        alert=ids(1)[0], text="t", messages={CHAT: 7}, under={CHAT: 9}, named=(CHAT, "-200")
    )
    before = alert_told.after(alert_told.Telling(), record(1, told))
    assert (before.under, before.named) == ({CHAT: 9}, (CHAT, "-200"))
    anew = replace(told, messages={CHAT: 12}, under={}, named=())
    after = alert_told.after(before, record(2, anew))
    assert (after.under, after.named) == ({}, ("-200",))


def test_messages_of_one_moment_are_counted_in_whatever_order_they_are_recorded() -> None:
    seen = CHATS.initial
    for number in (12, 10, 11, 10, 12):
        told = AlertTold(alert=ids(number)[0], text="t", messages={"": number})
        seen = CHATS.evolve(seen, record(1, told))
    assert (seen.last, seen.recent(DAY_1, timedelta(minutes=10))) == (12, 3)


async def test_others_have_the_loop_between_the_writing_of_two_messages() -> None:
    """Of ten thousand alerts nobody waits for the last message to be written."""
    people, turns, beside = Telling(), 0, list[asyncio.Task[None]]()
    written: list[list[Part]] = []

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    def writing(views: Sequence[Alert]) -> Iterator[Part]:
        beside.append(asyncio.create_task(others()))
        written.append(list(split(views)))
        return iter(written[-1])

    async def sending(*what: Any, **how: Any) -> int:
        beside[0].cancel()
        return await FakeMessenger.send(people.messenger, *what, **how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alert_chat, "split", writing)
        patch.setattr(people.messenger, "send", sending)
        await of_several(people)
    assert turns >= len(written[0]) >= 2
