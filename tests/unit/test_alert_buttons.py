"""What stands beneath an alert, and beneath several in one message."""

from datetime import timedelta

import pytest

from engine.events import Event
from engine.events.alert import AlertAcknowledged
from engine.events.traffic import RateSeen
from engine.events.zone import SuspicionEnded, ZoneSuspected
from engine.ids import AlertId, IpAddr
from engine.ports import Buttons
from engine.ports.people import DATA_MAX
from engine.reactors.alert_buttons import RELEASED_MAX, buttons
from engine.rules.alert_ref import ref, ref_of_all
from engine.values.crossing import Crossing
from engine.values.tuning import Tuning
from tests.support.alert_view import alert_of
from tests.support.samples import rested
from tests.support.spec import ACME, IP, PSBL
from tests.support.telling import Telling, listed, telling

LONG = IpAddr("2001:db8:1111:2222:3333:4444:5555:6666")


def pressed(beneath: Buttons) -> list[str]:
    found = [one.data for row in beneath for one in row]
    assert all(len(one.encode()) <= DATA_MAX for one in found)
    return found


def suspected(*ips: IpAddr) -> ZoneSuspected:
    return ZoneSuspected(zone=PSBL, round="r", asked=49, hits=12, stopped={ACME: ips})


def complaints(standing: Crossing) -> RateSeen:
    return RateSeen(
        ip=LONG, signal="complaint", standing=standing, count=9, of=900, threshold=0.001, chance=0
    )


def test_who_was_stopped_by_a_list_in_suspicion_may_be_released_while_it_lasts() -> None:
    key = f"-/zone_suspected/{PSBL}"
    told = pressed(buttons(alert_of(key, suspected(IP, LONG))))
    assert told[-2:] == [f"do:/release {IP}", f"do:/release {LONG}"]
    many = [IpAddr(f"203.0.113.{n}") for n in range(1, 20)]
    told = pressed(buttons(alert_of(key, suspected(*many))))
    assert sum("/release" in one for one in told) == RELEASED_MAX
    ended = SuspicionEnded(zone=PSBL, round="r", asked=49, hits=0)
    assert buttons(alert_of(key, suspected(IP), ended)) == ()


@pytest.mark.parametrize(("standing", "offered"), [("proved", True), ("crossed", False)])
def test_what_nothing_else_stops_may_be_paused_once_it_is_proved(
    standing: Crossing, offered: bool
) -> None:
    view = alert_of(f"acme/complaint_rate/{LONG}", complaints(standing))
    assert (f"do:/pause {LONG}" in pressed(buttons(view))) is offered


# --- several in one message ----------------------------------------------------------------------


def ids(*numbers: int) -> list[AlertId]:
    return [AlertId(f"acme/ip_listed/203.0.113.{n}#1") for n in numbers]


def heard(n: int) -> Event:
    return AlertAcknowledged(alert=ids(n)[0])


@telling
async def test_several_in_one_message_are_heard_or_muted_together() -> None:
    people = Telling()
    await people.happens(listed(1), listed(2), listed(3))
    (one,) = people.read()
    name = ref_of_all(ids(3, 2, 1))
    assert pressed(one.buttons) == [f"all:ack:{name}", f"all:mute:{name}:1h", f"all:mute:{name}:8h"]
    assert one.buttons[0][0].text == "Ack all 3"
    await people.happens(heard(1))
    assert pressed(people.read()[0].buttons)[0] == f"all:ack:{name}", "two have not been heard"
    await people.happens(heard(2), heard(3))
    assert pressed(people.read()[0].buttons) == [f"all:mute:{name}:1h", f"all:mute:{name}:8h"]


@telling
async def test_what_is_over_is_no_longer_meant_by_the_buttons_of_all() -> None:
    people = Telling()
    await people.happens(listed(1), listed(7))
    await people.happens(rested())  # of 203.0.113.7
    assert pressed(people.read()[0].buttons)[0] == f"all:ack:{ref_of_all(ids(1))}"


@telling
async def test_in_a_storm_the_buttons_name_what_the_message_holds_by_then() -> None:
    people = Telling(tuning=Tuning(storm=1))
    for n in (1, 2, 3):
        await people.happens(listed(n))
        people.at += timedelta(seconds=10)
    alone, rest = people.read()
    assert pressed(alone.buttons)[0] == f"ack:{ref(ids(1)[0])}"
    assert pressed(rest.buttons)[0] == f"all:ack:{ref_of_all(ids(2, 3))}"
