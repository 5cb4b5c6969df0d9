"""Looks in time, and what a second look confirms."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from engine.commands.ip import IpCommand, StopIp
from engine.commands.ip_listing import ClearListing, EndAcknowledgement, NoteListing
from engine.effects import Dispatch, LookUp
from engine.events.dnsbl import DnsblLooked
from engine.events.ip_listing import (
    AcknowledgementEnded,
    ListingAcknowledged,
    ListingCleared,
    ListingNoted,
    ListsCheckAsked,
    StopReleased,
    SuspicionLifted,
)
from engine.events.tenant import ZoneActionsSet
from engine.events.traffic import TrafficCounted
from engine.ids import Position, Zone
from engine.projections.listings import LISTINGS
from engine.reactors.dnsbl_watch import dnsbl_watch
from engine.rules import ladder, listing, looking
from engine.rules.dnsbl_catalogue import DEFAULT, PBL
from engine.values.levers import STOPPED
from engine.values.phase import Phase
from engine.values.traffic import Kind, Said
from engine.values.verdict import Action, Answer, WhyNoted
from tests.support.samples import (
    answered,
    gone,
    looked,
    monitored,
    registered,
    retiring,
    stage,
    stopped,
)
from tests.support.spec import ACME, DAY_1, IP, NODE, PSBL, ZEN, ReactorSpec, record, vmta

WATCH = ReactorSpec(dnsbl_watch(DEFAULT))
IN_5_MIN, IN_4_H = DAY_1 + timedelta(minutes=5), looking.next_on_grid(IP, DAY_1)
SENDS = [registered(), stage(1)]
CODES = ("127.0.0.2",)
HIT = Answer("listed", codes=CODES)


def look(cycle: int, *zones: str, attempt: int = 1, urgent: bool = False) -> LookUp:
    named = tuple(Zone(zone) for zone in zones)
    at = Position(cycle)
    return LookUp(tenant=ACME, ip=IP, zones=named, cycle=at, attempt=attempt, urgent=urgent)


def asks(cycle: int, command: IpCommand) -> Dispatch:
    return Dispatch(tenant=ACME, command=command, cycle=Position(cycle))


def stop(cycle: int, zone: Zone = ZEN, retires: bool = False) -> Dispatch:
    named: dict[Zone, tuple[str, ...]] = {zone: CODES}
    return asks(cycle, StopIp(ip=IP, zones=named, looked=Position(cycle), retires=retires))


def note(cycle: int, why: WhyNoted, zone: Zone = ZEN) -> Dispatch:
    return asks(cycle, NoteListing(ip=IP, zones={zone: CODES}, why=why, looked=Position(cycle)))


def noted(why: WhyNoted, zone: Zone = ZEN) -> ListingNoted:
    return ListingNoted(ip=IP, zones={zone: CODES}, why=why, looked=Position(1))


def suspected(zone: Zone = PSBL, spared: bool = True) -> DnsblLooked:
    look = answered({zone: Answer("listed", proof="suspected", codes=CODES)})
    return replace(look, spared=(zone,) if spared else ())


def acknowledged(until: datetime, zone: Zone = ZEN) -> ListingAcknowledged:
    return ListingAcknowledged(ip=IP, zone=zone, until=until, reason="known")


def acting(zone: Zone, action: Action) -> ZoneActionsSet:
    return ZoneActionsSet(slug=ACME, actions={zone: action}, ips=(IP,))


def test_an_address_is_looked_at_when_registered_and_every_four_hours() -> None:
    WATCH.asks(given=[registered()], then=[look(0, urgent=True)])
    assert timedelta(0) < IN_4_H - DAY_1 <= timedelta(hours=4)
    WATCH.asks(given=[registered(), looked()], then=[], wakes=IN_4_H)
    WATCH.asks(given=[registered(), looked()], at=IN_4_H, then=[look(2)])


def test_a_hit_is_looked_at_again_after_five_minutes_and_stops_nobody() -> None:
    WATCH.asks(given=[*SENDS, looked(ZEN)], then=[], wakes=IN_5_MIN)
    WATCH.asks(given=[*SENDS, looked(ZEN)], at=IN_5_MIN, then=[look(3, ZEN, urgent=True)])


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
    new = [registered(), looked(ZEN), looked(ZEN)]
    WATCH.asks(given=new, then=[note(3, "not_sending")], wakes=IN_4_H)
    WATCH.asks(given=[*new, noted("not_sending")], then=[], wakes=IN_4_H)
    WATCH.asks(given=[*SENDS, stopped(), looked(ZEN), looked(ZEN)], then=[], wakes=IN_4_H)


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


def test_looks_stand_on_a_grid_that_every_address_has_for_itself() -> None:
    later = IN_4_H + timedelta(seconds=3)
    assert WATCH.wakes([*SENDS, looked(), (later, looked())], later) == IN_4_H + timedelta(hours=4)


def test_one_that_warms_up_is_looked_at_as_often_as_budgets_allow() -> None:
    hourly = replace(looked(), sooner_s=3600)
    soon = looking.next_on_grid(IP, DAY_1, timedelta(hours=1))
    assert WATCH.wakes([*SENDS, hourly]) == soon
    assert soon < IN_4_H
    old = DAY_1 - timedelta(days=30)
    settled = [(old, registered()), (old, monitored()), hourly]
    assert WATCH.wakes(settled) == IN_4_H
    lately = [*settled, (DAY_1, answered({PSBL: HIT})), answered({PSBL: Answer("clean")}), hourly]
    assert WATCH.wakes(lately) == soon, "it was listed lately"


def test_a_look_on_the_grid_waits_until_a_hit_can_be_confirmed() -> None:
    before = IN_4_H - timedelta(minutes=1)
    given = [*SENDS, looked(), (before, answered({PSBL: HIT}))]
    assert WATCH.wakes(given, before) == before + timedelta(minutes=5)
    at = before + timedelta(minutes=5)
    assert WATCH.effects(given, at) == [look(4)], "at all lists, for their time has come too"


def test_somebodys_question_is_asked_at_once_and_only_once() -> None:
    asked = ListsCheckAsked(ip=IP, zones=(PSBL,), after=Position(3))
    given = [*SENDS, looked(), asked]
    WATCH.asks(given=given, then=[look(4, PSBL, urgent=True)])
    other = answered({ZEN: Answer("clean")})
    assert WATCH.effects([*given, other]) == [look(4, PSBL, urgent=True)], "not what was asked"
    WATCH.asks(given=[*given, answered({PSBL: Answer("clean")})], then=[], wakes=IN_4_H)
    skipped = replace(answered({}), skipped=(PSBL,))
    WATCH.asks(given=[*given, skipped], then=[], wakes=IN_4_H)


def test_a_list_that_is_only_told_about_stops_nobody() -> None:
    given = [*SENDS, acting(ZEN, "alert"), looked(ZEN), looked(ZEN)]
    WATCH.asks(given=given, then=[note(5, "alert")], wakes=IN_4_H)
    WATCH.asks(given=[*given, noted("alert")], then=[], wakes=IN_4_H)


def test_a_range_that_must_not_send_bars_a_warm_up_whatever_else_is_to_happen() -> None:
    for action in ("alert", "none"):
        assert listing.bars(PBL, action)
        assert not listing.bars(ZEN, action)
    assert listing.bars(ZEN, "standby")
    assert listing.bars(ZEN, "retire")


def test_a_list_that_is_told_nothing_about_is_passed_over() -> None:
    WATCH.asks(given=[*SENDS, acting(ZEN, "none"), looked(ZEN), looked(ZEN)], then=[], wakes=IN_4_H)


def test_a_list_whose_action_is_retire_retires_the_address() -> None:
    given = [*SENDS, acting(ZEN, "retire"), looked(ZEN), looked(ZEN)]
    WATCH.asks(given=given, then=[stop(5, retires=True)], wakes=IN_4_H)


def test_an_action_that_was_only_to_tell_and_is_to_stop_now_stops() -> None:
    told = [*SENDS, acting(ZEN, "alert"), looked(ZEN), looked(ZEN), noted("alert")]
    assert WATCH.effects([*told, acting(ZEN, "standby")]) == [stop(5)]


def test_a_listing_that_a_person_bears_stops_nobody_until_its_time_is_over() -> None:
    until = DAY_1 + timedelta(days=2)
    given = [*SENDS, looked(ZEN), acknowledged(until), looked(ZEN)]
    end = asks(5, EndAcknowledgement(ip=IP, zone=ZEN, why="over"))
    assert WATCH.effects(given) == [note(5, "acknowledged")]
    borne = [*given, noted("acknowledged")]
    assert not any(isinstance(one, Dispatch) for one in WATCH.effects(borne))
    assert end in WATCH.effects(borne, until)
    over = AcknowledgementEnded(ip=IP, zone=ZEN, why="over")
    assert WATCH.effects([*borne, over]) == [stop(5)]


def test_what_one_look_leads_to_is_never_one_and_the_same_work() -> None:
    """Of two with one key the second would be taken for the first, done over, and not be begun."""
    until = DAY_1 + timedelta(days=2)
    borne = [acknowledged(until, ZEN), acknowledged(until, PSBL)]
    over = WATCH.effects([*SENDS, looked(), *borne], until)
    ends = [asks(3, EndAcknowledgement(ip=IP, zone=zone, why="over")) for zone in (PSBL, ZEN)]
    assert [one for one in over if isinstance(one, Dispatch)] == ends
    notes = [note(3, "acknowledged"), note(3, "alert")]
    assert len({one.key for one in (*ends, *notes)}) == 4


def test_a_suspected_hit_is_asked_about_every_half_hour_and_stops_once_it_has_stood() -> None:
    given = [*SENDS, looked(), answered({PSBL: HIT}), suspected()]
    half = DAY_1 + timedelta(minutes=30)
    WATCH.asks(given=given, then=[note(5, "suspected", PSBL)], wakes=half)
    told = [*given, noted("suspected", PSBL)]
    assert WATCH.effects(told, half) == [look(5, PSBL, urgent=True)]
    stands = [*told, *((DAY_1 + timedelta(minutes=30 * n), suspected()) for n in range(1, 9))]
    at = DAY_1 + timedelta(hours=4)
    assert stop(14, PSBL) in WATCH.effects(stands, at)
    almost = stands[:-1]
    assert not any(isinstance(one, Dispatch) for one in WATCH.effects(almost, at))


def test_a_tenants_only_hit_of_a_suspected_list_stops_as_usual() -> None:
    given = [*SENDS, looked(), answered({PSBL: HIT}), suspected(spared=False)]
    assert WATCH.effects(given) == [stop(5, PSBL)]


def test_suspicion_that_ends_leaves_the_hit_to_stop() -> None:
    spared = [*SENDS, looked(), answered({PSBL: HIT}), suspected(), noted("suspected", PSBL)]
    assert WATCH.effects([*spared, answered({PSBL: HIT})]) == [stop(7, PSBL)]
    lifted = SuspicionLifted(ip=IP, zone=PSBL, reason="it is right")
    assert stop(5, PSBL) in WATCH.effects([*spared, lifted])


def test_what_was_released_is_stopped_again_only_if_the_hit_stands_four_hours_more() -> None:
    released = StopReleased(
        ip=IP, node=NODE, vmta=vmta(stage(1).vmta.levers), phase=Phase.WARMING, stage=1,
        zones=(PSBL,), reason="the list has trouble",
    )  # fmt: skip
    hits = [answered({PSBL: HIT}), answered({PSBL: HIT})]
    later = DAY_1 + timedelta(hours=3)
    given = [*SENDS, looked(), *hits, stopped(PSBL), (later, released)]
    assert not any(isinstance(one, Dispatch) for one in WATCH.effects(given, later))
    soon = (later + timedelta(hours=3, minutes=59), answered({PSBL: HIT}))
    assert not any(isinstance(one, Dispatch) for one in WATCH.effects([*given, soon], soon[0]))
    stood = (later + timedelta(hours=4), answered({PSBL: HIT}))
    assert stop(9, PSBL) in WATCH.effects([*given, soon, stood], stood[0])


def test_what_was_released_and_is_clean_is_stopped_by_the_next_hit_as_usual() -> None:
    released = StopReleased(
        ip=IP, node=NODE, vmta=vmta(stage(1).vmta.levers), phase=Phase.WARMING, stage=1,
        zones=(PSBL,), reason="the list has trouble",
    )  # fmt: skip
    hits = [answered({PSBL: HIT}), answered({PSBL: HIT})]
    over = answered({PSBL: Answer("clean")})
    given = [*SENDS, looked(), *hits, stopped(PSBL), released, over, *hits]
    assert stop(10, PSBL) in WATCH.effects(given)


def test_a_listing_is_over_after_two_clean_looks_a_day_apart() -> None:
    given = [*SENDS, stopped(PSBL), answered({PSBL: HIT}), answered({PSBL: Answer("clean")})]
    almost = (DAY_1 + timedelta(hours=23), answered({PSBL: Answer("clean")}))
    day_on = (DAY_1 + timedelta(hours=24), answered({PSBL: Answer("clean")}))
    cleared = asks(7, ClearListing(ip=IP, zones=(PSBL,), looked=Position(7)))
    assert cleared not in WATCH.effects([*given, almost], almost[0])
    assert cleared in WATCH.effects([*given, almost, day_on], day_on[0])


def test_a_listing_is_over_when_its_list_was_dead_for_a_week() -> None:
    given = [*SENDS, looked(PSBL), looked(PSBL), stopped(PSBL), gone(PSBL)]
    cleared = asks(6, ClearListing(ip=IP, zones=(PSBL,), looked=Position(6), why="gone"))
    assert cleared in WATCH.effects(given)
    done = ListingCleared(ip=IP, zones=(PSBL,), looked=Position(6), why="gone")
    assert cleared not in WATCH.effects([*given, done])
    assert [type(one) for one in WATCH.effects([*given, done])] == []


def test_a_suspected_list_that_died_spares_nobody_any_more() -> None:
    hit = replace(answered({PSBL: HIT}), spared=(PSBL,))
    view = WATCH.view([*SENDS, hit, hit, gone(PSBL)])
    assert (view.words.spared, view.words.gone, PSBL in view.standing) == ((), (PSBL,), False)
    assert WATCH.view([*SENDS, hit, gone(PSBL), answered({PSBL: HIT})]).words.gone == ()


def bounced(*said: Said) -> TrafficCounted:
    return TrafficCounted(node=NODE, file="a.csv", end=9, day_tz="UTC", hours={}, said=said)


def words(kind: Kind = "named", times: int = 1, by: str = ZEN) -> Said:
    text = "blocked using zen.spamhaus.org"
    return Said(ip=IP, kind=kind, by=by, receiver="outlook", times=times, text=text)


def test_a_refusal_that_names_a_list_has_all_of_them_asked_at_once() -> None:
    later = DAY_1 + timedelta(hours=1)
    given = [*SENDS, looked(), (later, bounced(words()))]
    assert WATCH.effects(given, later) == [look(4, urgent=True)]
    answered_then = (later, replace(looked(), whole=True))
    assert WATCH.effects([*given, answered_then], later) == []


def test_one_that_names_none_must_be_said_several_times() -> None:
    later = DAY_1 + timedelta(hours=1)
    for said, asks_now in (
        (words("unnamed", times=2), False),
        (words("unnamed", times=3), True),
        (words("receiver", times=99), False),
    ):
        recorded = record(4, bounced(said), at=later)
        assert bool(LISTINGS.keys(recorded)) is asks_now


def test_words_that_come_soon_after_a_look_bring_another_a_quarter_of_an_hour_after_it() -> None:
    soon, then = DAY_1 + timedelta(minutes=1), DAY_1 + timedelta(minutes=15)
    given = [*SENDS, looked(), (soon, bounced(words()))]
    assert WATCH.effects(given, soon) == []
    assert WATCH.wakes(given, soon) == then
    assert WATCH.effects(given, then) == [look(4, urgent=True)]
    again = (soon, bounced(words(by=PSBL)))
    assert WATCH.effects([*given, again], then) == [look(4, urgent=True)], "one look for both"
    answered_then = (then, replace(looked(), whole=True))
    assert WATCH.effects([*given, answered_then], then) == []


def test_a_hit_is_confirmed_before_a_look_that_waits_for_its_time() -> None:
    soon, confirms = DAY_1 + timedelta(minutes=1), DAY_1 + timedelta(minutes=5)
    given = [*SENDS, looked(PSBL), (soon, bounced(words()))]
    assert WATCH.effects(given, confirms) == [look(3, PSBL, urgent=True)]


def test_what_a_person_asks_for_meanwhile_is_asked_at_once_and_everything_with_it() -> None:
    soon = DAY_1 + timedelta(minutes=1)
    asked = ListsCheckAsked(ip=IP, zones=(PSBL,), after=Position(3))
    given = [*SENDS, looked(), (soon, bounced(words())), (soon, asked)]
    assert WATCH.effects(given, soon) == [look(5, urgent=True)]


def test_what_receivers_said_of_late_is_evidence_of_the_stop() -> None:
    day_before = (DAY_1 - timedelta(hours=25), bounced(words(by="old")))
    hits = [answered({ZEN: HIT}), answered({ZEN: HIT})]
    given = [*SENDS, looked(), day_before, bounced(words()), *hits]
    (stops,) = [one for one in WATCH.effects(given) if isinstance(one, Dispatch)]
    assert isinstance(stops.command, StopIp)
    assert stops.command.said == ("outlook: blocked using zen.spamhaus.org",)


def test_one_that_results_had_stopped_before_it_retired_has_nothing_left_to_stop() -> None:
    """Its decider would say so for ever, and the watch would ask for ever."""
    paused = WATCH.view([registered(), stage(1), retiring("steps", STOPPED)])
    sending = WATCH.view([registered(), stage(1), retiring("steps", ladder.levers(1))])
    assert (paused.stoppable, sending.stoppable) == (False, True)
