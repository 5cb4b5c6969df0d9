"""MailWizz's delivery servers, kept as the addresses need them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from engine.commands.server import ClaimServer
from engine.effects import Dispatch, Effect, FindServer, ReadServer, TellServer
from engine.events.ip import IpRegistered
from engine.events.mailwizz import MailwizzLooked
from engine.events.node import PauseFailed, QueuesPaused
from engine.events.server import (
    ServerClaimed,
    ServerFailed,
    ServerPlanned,
    ServerTold,
    ServerUnknown,
)
from engine.ids import InstanceId, Position, ServerId
from engine.reactors.mailwizz import MAILWIZZ
from engine.values.levers import STOPPED
from engine.values.server import ServerName, ServerRow, ServerWish, hourly
from tests.support.samples import stage, stopped
from tests.support.spec import ACME, DAY_1, HOSTNAME, IP, NODE, ReactorSpec, vmta

KEEPER = ReactorSpec(MAILWIZZ)
MAIN = InstanceId("main")
SERVER = ServerName(MAIN, ServerId(3))
ON, OFF = ServerWish(on=True, daily=50), ServerWish(on=False, daily=None)
IN_1_H = DAY_1 + timedelta(hours=1)
REGISTERED = IpRegistered(
    ip=IP, node=NODE, vmta=vmta(STOPPED), warmup="auto", day_tz="UTC", instance=MAIN
)
CLAIMED = ServerClaimed(ip=IP, instance=MAIN, server_id=ServerId(3))


def row(daily: int = 0, status: str = "active") -> ServerRow:
    return ServerRow(ServerId(3), HOSTNAME, status, daily, hourly(daily) if daily else 0)


def seen(found: ServerRow | None) -> MailwizzLooked:
    return MailwizzLooked(instance=MAIN, ips=(IP,), rows={IP: found} if found else {})


def told(wish: ServerWish, found: ServerRow) -> ServerTold:
    return ServerTold(ip=IP, wish=wish, row=found)


def tells(given: Sequence[object], at: datetime = DAY_1) -> list[tuple[ServerWish, bool]]:
    effects = KEEPER.effects(given, at)
    return [(one.wish, one.ours) for one in effects if isinstance(one, TellServer)]


FOUND = [REGISTERED, seen(row()), CLAIMED]
WARM = [
    *FOUND,
    told(OFF, row(status="disabled")),
    stage(1),
    told(ON, row(50)),
]


def test_the_one_row_with_its_hostname_is_looked_for_and_claimed() -> None:
    find = FindServer(tenant=ACME, ip=IP, instance=MAIN, hostname=HOSTNAME, cycle=Position(0))
    KEEPER.asks(given=[REGISTERED], then=[find])
    claim = ClaimServer(server=SERVER, ip=IP)
    step = Dispatch(tenant=ACME, command=claim, cycle=Position(2))
    KEEPER.asks(given=[REGISTERED, seen(row())], then=[step], wakes=IN_1_H)
    KEEPER.asks(given=[REGISTERED, seen(None)], then=[], wakes=IN_1_H)


def test_a_closed_address_is_off_and_a_warming_one_has_its_cap() -> None:
    assert tells(FOUND) == [(OFF, False)]
    assert tells([*FOUND, told(OFF, row(status="disabled")), stage(1)]) == [(ON, True)]
    assert tells([*WARM, stage(2)]) == [(ServerWish(on=True, daily=200), False)]


def test_a_server_that_a_person_had_switched_off_is_not_ours_to_switch_on() -> None:
    given = [REGISTERED, seen(row(status="disabled")), CLAIMED]
    off = [*given, told(OFF, row(status="disabled")), stage(1)]
    assert tells(off) == [(ON, False)]


def test_after_a_stop_mailwizz_waits_for_powermta_to_have_begun_and_no_longer_than_10_s() -> None:
    given = [*WARM, stopped()]
    assert tells(given) == []
    assert tells(given, DAY_1 + timedelta(seconds=10)) == [(OFF, False)]
    begun = QueuesPaused(node=NODE, ip=IP, cycle=Position(7))
    failed = PauseFailed(node=NODE, ip=IP, cycle=Position(7), why="busy")
    assert tells([*given, begun]) == tells([*given, failed]) == [(OFF, False)]


def test_one_wish_at_a_time_and_an_unknown_one_is_looked_at() -> None:
    planned = ServerPlanned(ip=IP, wish=ON)
    read = ReadServer(tenant=ACME, ip=IP, server=SERVER, cycle=Position(7))
    assert KEEPER.effects([*WARM, planned]) == [read]
    unknown = ServerUnknown(ip=IP, attempt=1, why="lost")
    assert KEEPER.effects([*WARM, planned, unknown]) == []
    again: list[Effect] = KEEPER.effects([*WARM, planned, unknown], DAY_1 + timedelta(minutes=1))
    assert [one.attempt for one in again] == [2]


def test_a_failure_is_tried_again_after_a_pause() -> None:
    given = [*WARM, stage(2), ServerPlanned(ip=IP, wish=ON), ServerFailed(ip=IP, why="x")]
    assert tells(given) == []
    assert len(tells(given, DAY_1 + timedelta(minutes=1))) == 1


def test_it_is_looked_at_every_hour() -> None:
    assert KEEPER.wakes([*WARM, seen(row(50))]) == IN_1_H


def test_a_quota_raised_by_hand_is_set_back_and_a_lower_one_holds() -> None:
    assert tells([*WARM, seen(row(500))]) == [(ON, False)]
    assert tells([*WARM, seen(row(0))]) == [(ON, False)], "0 is unlimited"
    assert tells([*WARM, seen(row(20))]) == []


def test_a_server_switched_on_against_a_stop_is_switched_off_again() -> None:
    off = [*WARM, stopped(), QueuesPaused(node=NODE, ip=IP, cycle=Position(7))]
    given = [*off, told(OFF, row(50, "disabled"))]
    assert tells([*given, seen(row(50, "disabled"))]) == []
    assert tells([*given, seen(row(50))]) == [(OFF, True)]


def test_a_silent_mailwizz_is_asked_again() -> None:
    silence = MailwizzLooked(instance=MAIN, ips=(IP,), why="connection refused")
    assert KEEPER.wakes([REGISTERED, silence]) == DAY_1 + timedelta(minutes=1)


def test_an_hour_has_a_fifth_of_a_day_rounded_up_and_never_nothing() -> None:
    assert [hourly(n) for n in (1, 4, 5, 6, 35, 50, 10_000)] == [1, 1, 1, 2, 7, 10, 2000]


def finds(given: Sequence[object]) -> list[FindServer]:
    found = KEEPER.effects(given, DAY_1 + timedelta(hours=2))
    return [one for one in found if isinstance(one, FindServer)]


def test_a_server_named_by_hand_is_looked_at_by_its_number_and_told_without_a_hostname() -> None:
    nameless = replace(REGISTERED, vmta=vmta(STOPPED, hostname=""))
    assert finds([nameless]) == []
    assert [one.server_id for one in finds([nameless, CLAIMED])] == [ServerId(3)]
    assert tells([nameless, CLAIMED]) == [(OFF, False)]


def test_another_hostname_in_mailwizz_takes_no_server_away() -> None:
    other = ServerRow(ServerId(4), HOSTNAME, "active", 0, 0)
    given = [*WARM, seen(other)]
    assert not [one for one in KEEPER.effects(given) if isinstance(one, Dispatch)]
    assert [one.server_id for one in finds(given)] == [ServerId(3)]
