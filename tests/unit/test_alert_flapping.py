"""What fires again and again is one thread in the chat, and no new message each time."""

from datetime import timedelta

from engine.events.alert import AlertResolved
from engine.events.traffic import RateSeen
from engine.events.zone import ZoneHealthChanged
from engine.projections.alerts import FLAP
from engine.values.crossing import Crossing
from engine.values.verdict import Health
from tests.support.samples import rested, stopped
from tests.support.spec import IP, PSBL
from tests.support.telling import Telling, telling

SECOND = timedelta(seconds=1)


@telling
async def test_what_fires_soon_after_it_was_over_answers_the_message_that_told_of_it() -> None:
    people = Telling()
    await people.happens(stopped())
    for _ in range(2):
        await people.happens(rested())
        people.at += FLAP
        await people.happens(stopped())
    first, over, second, over_again, third = people.read()
    assert (over.reply_to, second.reply_to) == (first.number, first.number)
    assert (over_again.reply_to, third.reply_to) == (second.number, second.number)
    assert "Again: once in a row" in second.text
    assert "Again: 2 times in a row, within 10 min of being over" in third.text
    assert [one.text[0] for one in (first, second, third)] == ["🟢", "🟢", "🔴"]


@telling
async def test_what_fires_later_than_that_is_a_trouble_of_its_own() -> None:
    people = Telling()
    await people.happens(stopped())
    await people.happens(rested())
    people.at += FLAP
    await people.happens(stopped())
    await people.happens(rested())
    people.at += FLAP + SECOND
    await people.happens(stopped())
    last = people.read()[-1]
    assert last.reply_to is None
    assert "Again" not in last.text


@telling
async def test_a_list_that_comes_and_goes_is_one_message_that_says_how_often() -> None:
    people = Telling()
    for _ in range(24):
        await people.happens(health("silent"), tenant=None)
        await people.later(minutes=7)
        await people.happens(health("alive"), tenant=None)
        await people.later(minutes=8)
    (only,) = people.read()
    assert "Again: 23 times in a row, within 4 h of being over" in only.text
    assert "Now: it proves itself again" in only.text
    people.restart()
    await people.happens(health("silent"), tenant=None)
    (only,) = people.read()
    assert "Again: 24 times" in only.text
    assert "Now:" not in only.text


@telling
async def test_a_list_that_was_well_for_four_hours_and_fails_again_is_told_anew() -> None:
    people = Telling()
    await people.happens(health("silent"), tenant=None)
    await people.happens(health("alive"), tenant=None)
    await people.later(hours=3, minutes=59)
    assert not await people.happened(AlertResolved)
    await people.later(minutes=1)
    assert await people.happened(AlertResolved) == 1
    await people.happens(health("silent"), tenant=None)
    first, second = people.read()
    assert "Again" not in second.text
    assert second.reply_to is None
    assert first.silent, "nobody is woken"


@telling
async def test_a_list_that_fails_otherwise_than_before_is_told_at_once() -> None:
    people = Telling()
    await people.happens(health("silent"), tenant=None)
    await people.happens(health("dead"), tenant=None)
    first, second = people.read()
    assert ("State: dead" in second.text, second.reply_to) == (True, first.number)


@telling
async def test_after_a_restart_it_is_still_the_same_thread() -> None:
    people = Telling()
    await people.happens(stopped())
    await people.happens(rested())
    people.restart()
    await people.happens(stopped())
    first, *_, second = people.read()
    assert second.reply_to == first.number


@telling
async def test_what_nobody_could_be_told_in_between_answers_the_last_that_was_told() -> None:
    people = Telling()
    await people.happens(stopped())
    people.messenger.down = "no route to host"
    await people.happens(rested())
    await people.happens(stopped())
    await people.happens(rested())
    await people.happens(stopped())
    people.messenger.down = ""
    await people.later(minutes=2)
    first, *_, last = people.read()
    assert last.reply_to == first.number


@telling
async def test_what_grows_worse_while_it_fires_answers_what_was_told_before() -> None:
    people = Telling()
    await people.happens(bounces("crossed"))
    await people.happens(bounces("proved"))
    first, worse = people.read()
    assert (first.silent, worse.silent) == (True, False)
    assert worse.reply_to == first.number
    assert "Again" not in worse.text


def health(health: Health) -> ZoneHealthChanged:
    return ZoneHealthChanged(zone=PSBL, health=health, why="by its test points")


def bounces(standing: Crossing) -> RateSeen:
    return RateSeen(
        ip=IP, signal="bounce", standing=standing, count=9, of=90, threshold=0.05, chance=0.5
    )
