"""Looks in time, and the stop that a second look confirms."""

from datetime import timedelta

from engine.commands.ip import StopIp
from engine.effects import Dispatch, LookUp
from engine.ids import Position
from engine.reactors.dnsbl_watch import DNSBL_WATCH
from engine.values.verdict import Answer
from tests.support.samples import answered, looked, monitored, registered, stage, stopped
from tests.support.spec import ACME, DAY_1, IP, PSBL, ZEN, ReactorSpec

WATCH = ReactorSpec(DNSBL_WATCH)
IN_5_MIN, IN_4_H = DAY_1 + timedelta(minutes=5), DAY_1 + timedelta(hours=4)
SENDS = [registered(), stage(1)]


def look(cycle: int, *zones: str, attempt: int = 1) -> LookUp:
    return LookUp(tenant=ACME, ip=IP, zones=zones, cycle=Position(cycle), attempt=attempt)  # type: ignore[arg-type]


def stop(cycle: int) -> Dispatch:
    command = StopIp(ip=IP, zones={ZEN: ("127.0.0.2",)}, looked=Position(cycle))
    return Dispatch(tenant=ACME, command=command, cycle=Position(cycle))


def test_an_address_is_looked_at_when_registered_and_every_four_hours() -> None:
    WATCH.asks(given=[registered()], then=[look(0)])
    WATCH.asks(given=[registered(), looked()], then=[], wakes=IN_4_H)
    WATCH.asks(given=[registered(), looked()], at=IN_4_H, then=[look(2)])


def test_a_hit_is_looked_at_again_after_five_minutes_and_stops_nobody() -> None:
    WATCH.asks(given=[*SENDS, looked(ZEN)], then=[], wakes=IN_5_MIN)
    WATCH.asks(given=[*SENDS, looked(ZEN)], at=IN_5_MIN, then=[look(3, ZEN)])


def test_a_second_look_that_finds_it_too_stops_the_address() -> None:
    again = answered({ZEN: Answer("listed", codes=("127.0.0.2",))})
    WATCH.asks(given=[*SENDS, looked(ZEN), again], then=[stop(4)], wakes=IN_4_H)


def test_a_second_look_that_denies_it_stops_nobody() -> None:
    denied = answered({ZEN: Answer("clean")})
    WATCH.asks(given=[*SENDS, looked(ZEN), denied], then=[], wakes=IN_4_H)


def test_silence_refusal_and_what_is_not_proved_are_no_hits() -> None:
    for answer in (
        Answer("unanswered"),
        Answer("refused"),
        Answer("listed", proof="unproved", codes=("127.0.0.2",)),
    ):
        given = [*SENDS, looked(), answered({ZEN: answer}), answered({ZEN: answer})]
        assert not any(isinstance(one, Dispatch) for one in WATCH.effects(given))


def test_what_does_not_send_is_looked_at_and_not_stopped() -> None:
    for given in ([registered()], [*SENDS, stopped()]):
        WATCH.asks(given=[*given, looked(ZEN), looked(ZEN)], then=[], wakes=IN_4_H)


def test_a_watched_address_is_stopped_like_one_that_sends() -> None:
    given = [registered(), monitored(), looked(ZEN), looked(ZEN)]
    assert stop(4) in WATCH.effects(given)


def test_a_zone_that_did_not_answer_is_asked_again_alone() -> None:
    silent = [*SENDS, looked(), answered({PSBL: Answer("unanswered")})]
    WATCH.asks(given=silent, then=[], wakes=DAY_1 + timedelta(minutes=1))
    WATCH.asks(given=silent, at=DAY_1 + timedelta(minutes=1), then=[look(4, PSBL, attempt=2)])


def test_a_zone_that_failed_its_closing_test_is_asked_again_soon_and_a_dead_one_is_not() -> None:
    for verdict in ("clean", "listed"):
        failed = answered({PSBL: Answer(verdict, proof="unproved")})
        assert WATCH.wakes([*SENDS, looked(), failed]) == DAY_1 + timedelta(minutes=1)
    dead = answered({PSBL: Answer("unanswered", proof="unproved")})
    assert WATCH.wakes([*SENDS, looked(), dead]) == IN_4_H


def test_looks_between_do_not_put_off_the_next_full_one() -> None:
    later = DAY_1 + timedelta(hours=1)
    given = [*SENDS, looked(), (later, answered({PSBL: Answer("clean")}))]
    assert WATCH.wakes(given, later) == IN_4_H
