"""What may be decided about the block lists' words on an address."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from engine.commands.ip import RequestWarmup, RetireIp, StopIp
from engine.commands.ip_listing import (
    AcknowledgeListing,
    CheckLists,
    ClearListing,
    EndAcknowledgement,
    LiftSuspicion,
    NoteListing,
    ReleaseStop,
)
from engine.deciders.ip import DECIDER
from engine.deciders.ip_state import State
from engine.errors import Rejected
from engine.events.ip import IpStopped, MonitoringBegan, WarmupRequested
from engine.events.ip_listing import (
    AcknowledgementEnded,
    ListingAcknowledged,
    ListingCleared,
    ListingNoted,
    ListsCheckAsked,
    StopReleased,
    SuspicionLifted,
)
from engine.ids import Position, Zone
from engine.rules import ladder
from engine.rules.warmup.plans import DEFAULT_PLAN
from engine.values.levers import STOPPED
from engine.values.phase import Phase
from engine.values.plan import OWN, Plan
from engine.values.verdict import WhyNoted
from tests.support.samples import finished, monitored, registered, stage, stopped
from tests.support.spec import DAY_1, IP, NODE, PSBL, ZEN, DeciderSpec, vmta

SPEC = DeciderSpec(DECIDER)
SENDS = [registered(), stage(1), stage(2)]
CODES = ("127.0.0.2",)
LOOKED = Position(9)
WEEK = DAY_1 + timedelta(days=7)


def named(zones: tuple[Zone, ...]) -> dict[Zone, tuple[str, ...]]:
    return {zone: CODES for zone in zones or (ZEN,)}


def note(why: WhyNoted, *zones: Zone) -> NoteListing:
    return NoteListing(ip=IP, zones=named(zones), why=why, looked=LOOKED)


def noted(why: WhyNoted, *zones: Zone) -> ListingNoted:
    return ListingNoted(ip=IP, zones=named(zones), why=why, looked=LOOKED)


def test_a_listing_that_stops_nobody_is_noted_once_for_each_reason() -> None:
    SPEC.decides(given=SENDS, when=note("alert"), then=[noted("alert")])
    given = [*SENDS, noted("suspected")]
    SPEC.decides(given=given, when=note("suspected"), then=[])
    SPEC.decides(given=given, when=note("alert"), then=[noted("alert")])
    SPEC.decides(given=given, when=note("suspected", ZEN, PSBL), then=[noted("suspected", PSBL)])


def test_what_has_stopped_it_is_not_noted_besides() -> None:
    SPEC.decides(given=[*SENDS, stopped(ZEN)], when=note("not_sending"), then=[])


def test_a_listing_ends_once_and_may_be_noted_anew_after() -> None:
    cleared = ListingCleared(ip=IP, zones=(ZEN,), looked=LOOKED)
    clear = ClearListing(ip=IP, zones=(PSBL, ZEN), looked=LOOKED)
    for before in (noted("alert"), stopped(ZEN)):
        SPEC.decides(given=[*SENDS, before], when=clear, then=[cleared])
    SPEC.decides(given=SENDS, when=clear, then=[])
    gone = replace(clear, why="gone")
    SPEC.decides(given=[*SENDS, stopped(ZEN)], when=gone, then=[replace(cleared, why="gone")])
    again = [*SENDS, noted("alert"), cleared]
    SPEC.decides(given=again, when=note("alert"), then=[noted("alert")])


def bear(days: float, zone: Zone = ZEN) -> AcknowledgeListing:
    until = DAY_1 + timedelta(days=days)
    return AcknowledgeListing(ip=IP, zone=zone, until=until, reason="known")


def borne(zone: Zone = ZEN) -> ListingAcknowledged:
    return ListingAcknowledged(ip=IP, zone=zone, until=WEEK, reason="known")


def test_a_confirmed_listing_may_be_borne_for_up_to_ninety_days() -> None:
    given = [*SENDS, noted("alert")]
    SPEC.decides(given=given, when=bear(7), then=[borne()])
    SPEC.decides(given=[*SENDS, stopped(ZEN)], when=bear(7), then=[borne()])
    SPEC.decides(given=[*given, borne()], when=bear(7), then=[])
    for days in (0, -1, 91):
        with pytest.raises(Rejected, match="at most 90 days"):
            DECIDER.decide(_state(given), bear(days), DAY_1)


def test_nothing_can_be_borne_that_is_not_known() -> None:
    for given in (SENDS, [*SENDS, noted("alert", PSBL)]):
        with pytest.raises(Rejected, match="no confirmed listing of"):
            DECIDER.decide(_state(given), bear(7), DAY_1)


def test_bearing_a_listing_ends_once() -> None:
    end = EndAcknowledgement(ip=IP, zone=ZEN, why="over")
    ended = AcknowledgementEnded(ip=IP, zone=ZEN, why="over")
    SPEC.decides(given=[*SENDS, noted("alert"), borne()], when=end, then=[ended])
    SPEC.decides(given=[*SENDS, noted("alert")], when=end, then=[])


def test_an_admins_word_lifts_the_suspicion_that_spares_an_address() -> None:
    lift = LiftSuspicion(ip=IP, zone=ZEN, reason="it is right")
    lifted = SuspicionLifted(ip=IP, zone=ZEN, reason="it is right")
    SPEC.decides(given=[*SENDS, noted("suspected")], when=lift, then=[lifted])
    SPEC.decides(given=[*SENDS, noted("alert")], when=lift, then=[])


def release(*suspected: Zone) -> ReleaseStop:
    return ReleaseStop(ip=IP, suspected=suspected, reason="the list has trouble")


def test_a_stop_by_a_suspected_list_is_released_to_where_the_address_was() -> None:
    back = StopReleased(
        ip=IP,
        node=NODE,
        vmta=vmta(ladder.levers(2)),
        phase=Phase.WARMING,
        stage=2,
        zones=(ZEN,),
        reason="the list has trouble",
    )
    assert DECIDER.decide(_state([*SENDS, stopped(ZEN)]), release(ZEN, PSBL), DAY_1) == [back]
    (active,) = DECIDER.decide(_state([*SENDS, finished(), stopped(ZEN)]), release(ZEN), DAY_1)
    assert isinstance(active, StopReleased)
    assert (active.phase, active.vmta) == (Phase.ACTIVE, vmta(ladder.active()))


def test_it_goes_back_to_the_ladder_it_was_on_whatever_was_asked_for_meanwhile() -> None:
    """Stage 2 of another ladder may be more than it was ever told."""
    asked = WarmupRequested(ip=IP, plan=Plan(name=OWN, caps=(9_000, 90_000), active_per_day=90_000))
    state = _state([*SENDS, stopped(ZEN), asked])
    (back,) = DECIDER.decide(state, release(ZEN), DAY_1)
    assert isinstance(back, StopReleased)
    assert (back.plan, back.vmta) == (DEFAULT_PLAN, vmta(ladder.levers(2)))
    assert DECIDER.evolve(state, back).plan == DEFAULT_PLAN


def test_a_watched_address_is_released_to_be_watched() -> None:
    given = [registered(), monitored(), stopped(ZEN)]
    (watched,) = DECIDER.decide(_state(given), release(ZEN), DAY_1)
    assert watched == MonitoringBegan(
        ip=IP, node=NODE, vmta=vmta(STOPPED), why="released", reason="the list has trouble"
    )


def test_a_stop_by_a_list_that_is_believed_cannot_be_released() -> None:
    given = [*SENDS, stopped(ZEN, PSBL)]
    for suspected in ((), (ZEN,)):
        with pytest.raises(Rejected, match=r"surriel.* lists .* not held in suspicion"):
            DECIDER.decide(_state(given), release(*suspected), DAY_1)
    with pytest.raises(Rejected, match="only what a list has stopped"):
        DECIDER.decide(_state(SENDS), release(ZEN), DAY_1)


def test_what_was_released_goes_on_where_it_was() -> None:
    given = [*SENDS, stopped(ZEN)]
    (back,) = DECIDER.decide(_state(given), release(ZEN), DAY_1)
    state = _state([*given, back])
    assert (str(state.place), state.stage, state.vmta) == ("WARMING", 2, vmta(ladder.levers(2)))
    assert DECIDER.decide(state, RequestWarmup(ip=IP), DAY_1) == []


def test_a_list_whose_action_is_retire_stops_and_retires_what_sends() -> None:
    stop = StopIp(ip=IP, zones={ZEN: CODES}, looked=LOOKED, retires=True)
    (event,) = DECIDER.decide(_state(SENDS), stop, DAY_1)
    assert isinstance(event, IpStopped)
    assert event.retires
    assert event.vmta.levers == STOPPED
    state = _state([*SENDS, event])
    assert str(state.place) == "RETIRING"
    assert DECIDER.decide(state, stop, DAY_1) == [], "once stopped, it stays so"
    with pytest.raises(Rejected, match="drains, rests"):
        DECIDER.decide(state, RequestWarmup(ip=IP), DAY_1)
    assert DECIDER.decide(state, RetireIp(ip=IP, how="at_once"), DAY_1) == []
    with pytest.raises(Rejected, match="RETIRING"):
        DECIDER.decide(state, release(ZEN), DAY_1)


def test_a_watched_address_that_sends_nothing_is_not_retired_but_stopped() -> None:
    stop = StopIp(ip=IP, zones={ZEN: CODES}, looked=LOOKED, retires=True)
    (event,) = DECIDER.decide(_state([registered(), monitored()]), stop, DAY_1)
    assert isinstance(event, IpStopped)
    assert not event.retires


def test_a_look_is_asked_for_once_until_it_was_made() -> None:
    check = CheckLists(ip=IP, zones=(ZEN,), after=Position(4))
    asked = ListsCheckAsked(ip=IP, zones=(ZEN,), after=Position(4))
    SPEC.decides(given=SENDS, when=check, then=[asked])
    SPEC.decides(given=[*SENDS, asked], when=check, then=[])
    later = CheckLists(ip=IP, zones=(ZEN,), after=Position(8))
    again = ListsCheckAsked(ip=IP, zones=(ZEN,), after=Position(8))
    SPEC.decides(given=[*SENDS, asked], when=later, then=[again])


def _state(given: Sequence[Any]) -> State:
    state = DECIDER.initial
    for event in given:
        state = DECIDER.evolve(state, event)
    return state
