"""When an address moves on, and what it waits for."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from engine.api.waits import waits_for
from engine.commands.ip import (
    AdvanceStage,
    BeginMonitoring,
    IpCommand,
    RestIp,
    StartWarmup,
    StepRetirement,
)
from engine.effects import Dispatch, LookAtPtr
from engine.events.dns import FcrdnsLooked
from engine.events.ip import RemedyRecorded, RetirementStepped
from engine.events.ip_cap import CapLimited
from engine.events.ip_listing import ListingAcknowledged
from engine.events.ip_warmup import WarmupPaused, WarmupResumed
from engine.events.node import QueuesSeen
from engine.events.rollout import RolloutEnded
from engine.events.tenant import ZoneActionsSet
from engine.ids import Position
from engine.projections.ip_row import IpRow
from engine.reactors import guards
from engine.reactors.warmup import life
from engine.rules import ladder
from engine.rules.days import midnight
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.values.levers import STOPPED, Levers, PerDay
from engine.values.node import Depth
from engine.values.verdict import Answer
from tests.support.sample_values import RESULTS
from tests.support.samples import (
    answered,
    gone,
    looked,
    monitored,
    pointed,
    registered,
    rested,
    retiring,
    stage,
    stopped,
    told,
)
from tests.support.spec import ACME, DAY_1, HOSTNAME, IP, NODE, PSBL, ZEN, ReactorSpec, day, vmta

LIFE = ReactorSpec(life(DEFAULT))
READY = [pointed(HOSTNAME), looked()]


def commands(given: Sequence[object], at: datetime = DAY_1) -> list[IpCommand]:
    return [one.command for one in LIFE.effects(given, at) if isinstance(one, Dispatch)]  # type: ignore[misc]


def waits(given: Sequence[object]) -> tuple[str, ...]:
    row: IpRow = LIFE.view(given)
    held = guards.check(row, DEFAULT)
    assert isinstance(held, tuple)
    return held


def first(given: Sequence[object], *, until: datetime) -> tuple[datetime, IpCommand] | None:
    """The moment at which the next step is asked for, and the step."""
    at = DAY_1
    while at <= until:
        found = commands(given, at)
        if found:
            return at, found[0]
        wake = LIFE.wakes(given, at)
        if wake is None:
            return None
        at = max(wake, at + timedelta(seconds=1))
    return None


def test_warm_up_starts_when_every_guard_holds() -> None:
    (start,) = commands([registered(), *READY])
    assert isinstance(start, StartWarmup)
    assert (start.guards.hostname, start.guards.fcrdns, start.guards.lists) == (HOSTNAME, 2, 3)


def test_without_a_given_hostname_the_ptr_name_is_taken() -> None:
    (start,) = commands([registered(hostname=""), *READY])
    assert isinstance(start, StartWarmup)
    assert start.guards.hostname == HOSTNAME


@pytest.mark.parametrize(
    ("given", "guard"),
    [
        ([registered(), looked()], "fcrdns"),
        ([registered(), pointed(), looked()], "fcrdns"),
        ([registered(), pointed("other.acme.example"), looked()], "fcrdns"),
        ([registered(), pointed(HOSTNAME)], "lists"),
        ([registered(), pointed(HOSTNAME), looked(ZEN)], "listed"),
        (
            [registered(), pointed(HOSTNAME), looked(), answered({ZEN: Answer("refused")})],
            "refused",
        ),
        (
            [registered(), pointed(HOSTNAME), answered({ZEN: Answer("clean", proof="unproved")})],
            "lists",
        ),
    ],
)
def test_a_guard_that_fails_is_named_and_the_address_waits(
    given: Sequence[object], guard: str
) -> None:
    assert commands(given) == []
    assert [one.split(":")[0] for one in waits(given)] == [guard]


def test_an_unknown_answer_leaves_the_last_definite_one_standing() -> None:
    silence = FcrdnsLooked(ip=IP, names=None, confirmed=None, why="SERVFAIL")
    quiet = answered({ZEN: Answer("unanswered")})
    assert len(commands([registered(), *READY, silence, quiet])) == 1


def test_what_was_not_asked_for_does_not_start() -> None:
    assert commands([registered("manual"), *READY]) == []


@pytest.mark.parametrize(
    ("day_tz", "midnight_utc"),
    [
        ("UTC", "2026-01-12T00:00"),
        ("Europe/Paris", "2026-01-11T23:00"),
        ("America/New_York", "2026-01-12T05:00"),
    ],
)
def test_the_next_stage_begins_at_the_tenants_midnight_of_day_8(
    day_tz: str, midnight_utc: str
) -> None:
    given = [registered(day_tz=day_tz), *READY, stage(1), told(ladder.levers(1))]
    found = first(given, until=day(30))
    assert found is not None
    at, step = found
    assert at.isoformat().startswith(midnight_utc)
    assert isinstance(step, AdvanceStage)
    assert (step.stage, step.days.counted, step.days.needed) == (2, 7, 4)


def test_days_count_from_when_the_node_was_told() -> None:
    given = [registered(), *READY, stage(1)]
    assert first(given, until=day(60)) is None, "the node never heard of it"
    late = [*given, (day(4), told(ladder.levers(1)))]
    assert first(late, until=day(60))[0] == midnight(day(8).date(), "UTC")  # type: ignore[index]
    later = [*given, (day(6), told(ladder.levers(1)))]
    at, step = first(later, until=day(60))  # type: ignore[misc]
    assert at == midnight(day(10).date(), "UTC")
    assert isinstance(step, AdvanceStage)
    assert step.days.counted == 4


def clamped(to: int | None) -> list[object]:
    """A quota that leaves it so much a day, and the node that is told so."""
    low = vmta(Levers("open", PerDay(to or 50)))
    limited = CapLimited(ip=IP, node=NODE, vmta=low, limit=to, quota=60, wanted=100)
    return [limited, told(low.levers)]


def test_a_limit_that_leaves_the_stage_its_cap_does_not_count_its_days_anew() -> None:
    begun = [registered(), *READY, stage(1), told(ladder.levers(1))]
    given = [*begun, *((day(6), one) for one in clamped(50))]
    at, step = first(given, until=day(60))  # type: ignore[misc]
    assert at == midnight(day(8).date(), "UTC")
    assert isinstance(step, AdvanceStage)
    assert step.days.counted == 7


def test_a_stage_whose_cap_was_never_told_whole_does_not_end() -> None:
    """Or an address that sends 30 a day would be let loose with 10,000 when the quota goes."""
    begun = [registered(), *READY, stage(1), told(ladder.levers(1))]
    given = [*begun, *((day(6), one) for one in clamped(30))]
    assert first(given, until=day(60)) is None
    freed = [*given, *((day(20), one) for one in clamped(None))]
    at, step = first(freed, until=day(60))  # type: ignore[misc]
    assert at == midnight(day(27).date(), "UTC"), "seven days from the 20th on"
    assert isinstance(step, AdvanceStage)
    assert step.days.counted == 7


def test_the_days_of_the_next_stage_count_from_when_the_node_was_told_that() -> None:
    first_week = [registered(), *READY, stage(1), told(ladder.levers(1))]
    given = [*first_week, (day(8), stage(2)), (day(13), told(ladder.levers(2)))]
    found = first(given, until=day(60))
    assert found is not None
    assert found[0] == midnight(day(17).date(), "UTC"), "four days from the 13th on"
    of_before = [*first_week, (day(8), stage(2)), (day(9), told(ladder.levers(1))), given[-1]]
    assert first(of_before, until=day(60)) == found, "what it was told late is another stage's"


def test_after_a_pause_the_days_count_from_when_the_node_was_told_to_go_on() -> None:
    pause = WarmupPaused(ip=IP, node=NODE, vmta=vmta(STOPPED), results=RESULTS)
    again = WarmupResumed(ip=IP, node=NODE, vmta=stage(1).vmta, by="person")
    given = [
        *(registered(), *READY, stage(1), told(ladder.levers(1))),
        *((day(2), pause), (day(2), told(STOPPED))),
        *((day(9), again), (day(9), told(ladder.levers(1)))),
    ]
    found = first(given, until=day(60))
    assert found is not None
    assert found[0] == midnight(day(13).date(), "UTC")


def test_a_told_stage_of_before_counts_for_nothing() -> None:
    given = [registered(), *READY, stage(1), told(ladder.levers(1)), (day(8), stage(2))]
    assert first(given, until=day(60)) is None


def test_the_reverse_dns_is_looked_at_at_once_and_daily() -> None:
    looks = [one for one in LIFE.effects([registered()]) if isinstance(one, LookAtPtr)]
    assert looks == [LookAtPtr(tenant=ACME, ip=IP, cycle=Position(0))]
    assert LIFE.wakes([registered("manual"), pointed(HOSTNAME)]) == DAY_1 + timedelta(hours=24)


def test_an_unconfirmed_reverse_dns_is_asked_again_soon() -> None:
    assert LIFE.wakes([registered(), pointed()]) == DAY_1 + timedelta(minutes=1)
    assert LIFE.wakes([registered(), pointed(), pointed()]) == DAY_1 + timedelta(minutes=2)


LISTED = [registered(), *READY, stage(1), told(ladder.levers(1)), looked(ZEN), looked(ZEN)]


def test_a_listed_address_returns_once_clean_in_two_looks_a_day_apart() -> None:
    given = [*LISTED, stopped(), (day(3), looked())]
    assert commands(given, day(3)) == []
    assert commands([*given, (day(3) + timedelta(hours=23), looked())], day(4)) == []
    (start,) = commands([*given, (day(4), looked())], day(4))
    assert isinstance(start, StartWarmup)
    assert start.told == ladder.levers(1)


def test_a_look_between_that_contradicts_begins_the_day_anew() -> None:
    again = [(day(3), looked()), (day(3), looked(ZEN)), (day(4), looked())]
    assert commands([*LISTED, stopped(), *again], day(4)) == []


def test_what_another_list_says_between_contradicts_too() -> None:
    """What stopped it is clean for a day, and the other one has only just dropped it."""
    between = (day(4) - timedelta(hours=1), looked(PSBL))
    given = [*LISTED, stopped(), (day(3), looked()), between, (day(4), looked())]
    found = first([*given, *((day(5), one) for one in READY)], until=day(9))
    assert found is not None
    assert (found[0], type(found[1])) == (day(5), StartWarmup)
    only_told = ZoneActionsSet(slug=ACME, actions={PSBL: "alert"}, ips=(IP,))
    assert len(commands([*given, only_told], day(4))) == 1, "what counts for nothing does not"


@pytest.mark.parametrize(
    "word",
    [
        ZoneActionsSet(slug=ACME, actions={ZEN: "alert"}, ips=(IP,)),
        ListingAcknowledged(ip=IP, zone=ZEN, until=day(90), reason="known"),
        gone(ZEN),
    ],
)
def test_a_listing_that_counts_no_longer_keeps_nobody_waiting(word: object) -> None:
    """By its tenant's word, a person's, or because the list died and lay dead for a week."""
    given = [*LISTED, stopped(), (day(2), looked(ZEN))]
    assert commands(given, day(2)) == []
    assert "clean:" in " ".join(waits_for(LIFE.view(given), DEFAULT, day(2)))
    (start,) = commands([*given, (day(2), word)], day(2))
    assert isinstance(start, StartWarmup)


def test_the_end_of_a_listing_that_a_person_bears_begins_no_days_anew() -> None:
    borne = ListingAcknowledged(ip=IP, zone=ZEN, until=day(90), reason="known")
    fresh = [(day(7), one) for one in READY]
    watched = [registered(), *READY, stage(1), rested(), monitored(), (day(2), looked(ZEN))]
    found = first([*watched, (day(2), borne), *fresh, (day(8), looked())], until=day(30))
    assert found is not None
    assert (found[0], type(found[1])) == (day(8), StartWarmup)
    assert first([*watched, *fresh, (day(8), looked())], until=day(9)) is None


def test_a_list_that_died_and_is_back_counts_as_before() -> None:
    given = [*LISTED, stopped(), (day(9), gone(ZEN)), (day(9), looked(ZEN))]
    assert commands(given, day(9)) == []


def test_a_list_that_died_keeps_nobody_resting() -> None:
    given = [registered(), *READY, stage(1), rested(), (day(2), looked(ZEN))]
    assert first(given, until=day(60)) is None
    found = first([*given, (day(40), gone(ZEN))], until=day(60))
    assert found == (day(31), BeginMonitoring(ip=IP))


def test_a_repeated_listing_waits_for_a_remedy() -> None:
    clean = [(day(3), looked()), (day(4), looked())]
    given = [*LISTED, stopped(earlier=1), *clean]
    assert commands(given, day(4)) == []
    remedy = RemedyRecorded(ip=IP, cause="a", remedy="b")
    assert len(commands([*given, remedy], day(4))) == 1


def test_the_third_listing_in_90_days_rests_the_address() -> None:
    assert commands([*LISTED, stopped(earlier=2)]) == [RestIp(ip=IP, why="third_listing")]


def test_an_address_still_listed_after_14_days_rests() -> None:
    given = [*LISTED, stopped()]
    assert first(given, until=day(40)) == (day(15), RestIp(ip=IP, why="still_listed"))
    other = [registered(), *READY, stage(1), looked(ZEN), stopped(ZEN), (day(2), looked(PSBL))]
    assert first(other, until=day(40)) is None, "another list's word is no reason to give it up"


def test_retirement_falls_a_step_a_day_and_then_drains_five_days() -> None:
    steps = [registered(), stage(1), retiring("steps", ladder.levers(1))]
    assert first(steps, until=day(9)) == (day(2), StepRetirement(ip=IP, step=1))
    shut = retiring("at_once", Levers("closed", ladder.levers(1).output))
    closed = [registered(), stage(1), shut]
    assert first(closed, until=day(9)) == (day(6), RestIp(ip=IP, why="limit"))
    last = RetirementStepped(ip=IP, node=NODE, vmta=shut.vmta, step=7)
    stepped = [*steps, (day(8), last)]
    assert first(stepped, until=day(20)) == (day(13), RestIp(ip=IP, why="limit"))
    waits = [*closed, (day(2), QueuesSeen(node=NODE, depths={IP: Depth(waiting=7)}))]
    assert first(waits, until=day(9)) == (day(6), RestIp(ip=IP, why="limit", left=7))


def test_what_drains_rests_once_its_queue_was_seen_empty_after_intake_closed() -> None:
    levers = Levers("closed", ladder.levers(1).output)
    empty = QueuesSeen(node=NODE, depths={IP: Depth()})
    done = RolloutEnded(node=NODE, ending="done", changed={IP: levers})
    closed = [registered(), stage(1), retiring("at_once", levers)]
    at_limit = (day(6), RestIp(ip=IP, why="limit", left=0))
    assert first([*closed, (day(2), empty)], until=day(9)) == at_limit, "the node was not told"
    early = [*closed, (day(2), empty), (day(3), done)]
    assert first(early, until=day(9)) == at_limit, "that was before"
    drained = [*closed, (day(2), done), (day(3), empty)]
    assert commands(drained, day(3)) == [RestIp(ip=IP, why="drained", left=0)]


def test_rest_takes_thirty_days_and_begins_anew_when_a_listing_ends() -> None:
    given = [registered(), stage(1), rested()]
    assert first(given, until=day(60)) == (day(31), BeginMonitoring(ip=IP))
    listed = [*given, (day(10), looked(ZEN))]
    assert first(listed, until=day(90)) is None
    clean = [*listed, (day(20), looked())]
    assert first(clean, until=day(90)) == (day(50), BeginMonitoring(ip=IP))


def test_a_watched_address_warms_up_after_seven_clean_days() -> None:
    fresh = [(day(7), one) for one in READY]
    given = [registered(), *READY, stage(1), rested(), monitored(), *fresh, (day(8), looked())]
    found = first(given, until=day(30))
    assert found is not None
    assert (found[0], type(found[1])) == (day(8), StartWarmup)


@pytest.mark.parametrize(
    ("pointed_at", "looked_at", "starts"),
    [
        (timedelta(hours=72), timedelta(hours=24), True),
        (timedelta(hours=72, seconds=1), timedelta(hours=24), False),
        (timedelta(hours=72), timedelta(hours=24, seconds=1), False),
    ],
)
def test_what_was_found_out_before_the_engine_was_off_for_long_starts_nothing(
    pointed_at: timedelta, looked_at: timedelta, starts: bool
) -> None:
    """Its seven days are over, but nobody has looked in the last of them."""
    now = day(20)
    looks = [(now - pointed_at, pointed(HOSTNAME)), (now - looked_at, looked())]
    given = [registered(), *READY, stage(1), rested(), monitored(), *looks]
    assert [type(one) for one in commands(given, now)] == [StartWarmup] * starts
    said = guards.stale(LIFE.view(given), now)
    assert (not said) is starts
    assert all("the next look is due" in one for one in said)
    part = (now, answered({PSBL: Answer("clean")}))
    assert [type(one) for one in commands([*given, part], now)] == [StartWarmup] * starts
    fresh = [(now, one) for one in READY]
    assert [type(one) for one in commands([*given, *fresh], now)] == [StartWarmup]
