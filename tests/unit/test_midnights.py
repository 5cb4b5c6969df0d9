"""A raise waits for the last of the three midnights, and for an hour after a clock was set."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.commands.ip import AdvanceStage, StartWarmup
from engine.commands.ip_cap import LimitCap
from engine.deciders.ip import DECIDER
from engine.events import Event
from engine.events.ip import IpEvent, StageEntered
from engine.events.ip_cap import CapLimited, RaiseWaits
from engine.projections import PROJECTIONS
from engine.reactors.quotas import QUOTA_REACTOR
from engine.reactors.warmup import life
from engine.rules import ladder, midnights
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.runtime.perform.raising import heeding, never
from engine.runtime.views import Views
from engine.values.clocks import Clocks, Wait
from engine.values.levers import Levers, PerDay
from engine.values.traffic import Counts
from tests.support.counted_mail import mail
from tests.support.samples import DAYS, looked, pointed, registered, stage, told
from tests.support.spec import (
    ACME,
    DAY_1,
    GUARDS,
    IP,
    NODE,
    DeciderSpec,
    ReactorSpec,
    day,
    record,
    vmta,
)

SPEC = DeciderSpec(DECIDER)
D = date(2026, 1, 12)  # the second stage begins
MIDNIGHT = datetime(2026, 1, 12, tzinfo=UTC)
NODE_CLOCK, DATABASE = "PowerMTA on pmta-1", "MailWizz main"
WARM: list[IpEvent] = [registered(), stage(1)]
SECOND = StageEntered(ip=IP, node=NODE, stage=2, vmta=vmta(ladder.levers(2)), evidence=DAYS)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def advance(**zones: str) -> AdvanceStage:
    named = {NODE_CLOCK: zones.get("node", "+00:00"), DATABASE: zones.get("database", "+00:00")}
    return AdvanceStage(ip=IP, stage=2, days=DAYS, clocks=Clocks(zones=named))


# --- when a day has begun everywhere -------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "others", "begun"),
    [
        ("UTC", [], "2026-01-12T00:00"),
        ("UTC", ["-05:00", "+01:00"], "2026-01-12T05:00"),
        ("UTC", ["+05:30", "+09:00"], "2026-01-12T00:00"),  # there it has begun before
        ("Asia/Tokyo", ["+00:00", "+09:00"], "2026-01-12T00:00"),
        ("Pacific/Kiritimati", ["-11:00"], "2026-01-11T11:00"),  # 25 h apart: their day before
        ("UTC", ["America/Los_Angeles"], "2026-01-12T08:00"),
    ],
)
def test_a_day_has_begun_when_it_has_on_all_clocks(own: str, others: list[str], begun: str) -> None:
    assert midnights.begun(D, own, others) == at(begun)


@pytest.mark.parametrize(
    ("day_", "zone", "begun"),
    [
        (date(2026, 3, 8), "America/New_York", "2026-03-08T05:00"),  # clocks go forward at 2
        (date(2026, 3, 9), "America/New_York", "2026-03-09T04:00"),
        (date(2026, 11, 2), "America/New_York", "2026-11-02T05:00"),
        (date(2026, 4, 24), "Africa/Cairo", "2026-04-23T22:00"),  # this midnight does not exist
        (date(2028, 2, 29), "UTC", "2028-02-29T00:00"),
        (date(2028, 3, 1), "-03:30", "2028-03-01T03:30"),
    ],
)
def test_midnights_on_days_that_are_longer_or_shorter(day_: date, zone: str, begun: str) -> None:
    assert midnights.midnight(day_, zone) == at(begun)


@settings(max_examples=200)
@given(
    st.dates(date(2024, 1, 1), date(2032, 12, 31)),
    st.sampled_from(sorted(available_timezones())),
    st.lists(st.integers(-12 * 60, 14 * 60).map(lambda n: midnights.offset(n * 60)), max_size=3),
)
def test_it_is_never_before_the_tenants_midnight_and_never_on_its_next_day(
    day_: date, own: str, others: list[str]
) -> None:
    first = midnights.midnight(day_, own)
    begun = midnights.begun(day_, own, others)
    assert first <= begun < midnights.midnight(day_ + timedelta(days=1), own)
    named = {str(n): zone for n, zone in enumerate(others)}
    waited = midnights.waited_for(day_, own, named, first)
    assert bool(waited) == (begun > first)


@given(st.integers(-12 * 60, 14 * 60))
def test_an_offset_reads_as_it_is_written(minutes: int) -> None:
    quarter = round(minutes / 15) * 15
    zone = midnights.zone(midnights.offset(minutes * 60))
    assert zone.utcoffset(None) == timedelta(minutes=quarter)


@pytest.mark.parametrize("text", ["", "Mars/Olympus", "+2:00", "+24:00", "+02:60", "../etc/passwd"])
def test_what_names_no_time_zone_is_refused(text: str) -> None:
    assert not midnights.is_offset(text)
    with pytest.raises(ValueError, match="no time zone"):
        midnights.zone(text)


# --- raises --------------------------------------------------------------------------------------


def test_a_stage_begins_when_its_day_has_begun_for_powermta_and_mailwizz_too() -> None:
    wait = Wait(until=at("2026-01-12T05:00"), zones={NODE_CLOCK: "-05:00"})
    command = advance(node="-05:00")
    SPEC.decides(given=WARM, when=command, then=[RaiseWaits(ip=IP, wait=wait)], at=MIDNIGHT)
    given = [*WARM, RaiseWaits(ip=IP, wait=wait)]
    SPEC.decides(given=given, when=command, then=[], at=at("2026-01-12T04:59:59"))
    SPEC.decides(given=given, when=command, then=[SECOND], at=at("2026-01-12T05:00"))


def test_the_later_one_of_the_two_is_waited_for_and_both_are_named() -> None:
    zones = {NODE_CLOCK: "-03:00", DATABASE: "-08:00"}
    wait = Wait(until=at("2026-01-12T08:00"), zones=zones)
    command = advance(node="-03:00", database="-08:00")
    SPEC.decides(given=WARM, when=command, then=[RaiseWaits(ip=IP, wait=wait)], at=MIDNIGHT)


def test_a_raise_later_in_the_day_waits_for_nobody() -> None:
    SPEC.decides(given=WARM, when=advance(node="-05:00"), then=[SECOND], at=at("2026-01-12T05:01"))


def test_where_nobody_knows_the_clocks_the_tenants_midnight_counts() -> None:
    unknown = AdvanceStage(ip=IP, stage=2, days=DAYS)
    SPEC.decides(given=WARM, when=unknown, then=[SECOND], at=MIDNIGHT)


def capped(cap: int, limit: int | None) -> CapLimited:
    levers = Levers("open", PerDay(cap))
    return CapLimited(ip=IP, node=NODE, vmta=vmta(levers), limit=limit, quota=80, wanted=50)


def limit(n: int | None) -> LimitCap:
    return LimitCap(
        ip=IP, limit=n, quota=80, wanted=50, clocks=Clocks(zones={NODE_CLOCK: "-05:00"})
    )


def test_a_quota_lowers_at_once_and_gives_back_when_the_day_has_begun_everywhere() -> None:
    SPEC.decides(given=WARM, when=limit(20), then=[capped(20, 20)], at=MIDNIGHT)
    low = [*WARM, capped(20, 20)]
    wait = Wait(until=at("2026-01-12T05:00"), zones={NODE_CLOCK: "-05:00"})
    SPEC.decides(given=low, when=limit(None), then=[RaiseWaits(ip=IP, wait=wait)], at=MIDNIGHT)
    given = [*low, RaiseWaits(ip=IP, wait=wait)]
    SPEC.decides(given=given, when=limit(None), then=[capped(50, None)], at=at("2026-01-12T05:00"))


def test_nothing_is_raised_for_an_hour_after_the_clock_was_set() -> None:
    calm = Clocks(calm_at=DAY_1 + timedelta(hours=1))
    wait = RaiseWaits(ip=IP, wait=Wait(until=DAY_1 + timedelta(hours=1), stepped=True))
    start = StartWarmup(ip=IP, guards=GUARDS, clocks=calm)
    SPEC.decides(given=[registered()], when=start, then=[wait])
    step = AdvanceStage(ip=IP, stage=2, days=DAYS, clocks=calm)
    SPEC.decides(given=WARM, when=step, then=[wait])
    later = DAY_1 + timedelta(hours=1)
    SPEC.decides(given=WARM, when=step, then=[SECOND], at=later)


def test_a_start_waits_for_no_midnight_for_it_has_sent_on_nobodys_day() -> None:
    west = Clocks(zones={NODE_CLOCK: "-11:00"})
    begun = stage(1)
    command = StartWarmup(ip=IP, guards=GUARDS, clocks=west)
    SPEC.decides(given=[registered()], when=command, then=[begun], at=DAY_1)


# --- and for looks that are due ------------------------------------------------------------------

LATE = day(8)  # the engine was off since the last look, and MIDNIGHT is long over
BY = RaiseWaits(ip=IP, wait=Wait(until=LATE + timedelta(minutes=10), unlooked=True))


def listed(before: timedelta) -> AdvanceStage:
    return replace(advance(), listed_at=LATE - before)


def test_a_stage_is_entered_on_a_look_at_the_lists_that_is_not_older_than_a_day() -> None:
    SPEC.decides(given=WARM, when=listed(timedelta(hours=24)), then=[SECOND], at=LATE)
    old = listed(timedelta(hours=24, seconds=1))
    SPEC.decides(given=WARM, when=old, then=[BY], at=LATE)
    SPEC.decides(given=[*WARM, BY], when=old, then=[], at=LATE + timedelta(minutes=1))
    fresh = replace(old, listed_at=LATE + timedelta(minutes=1))
    SPEC.decides(given=[*WARM, BY], when=fresh, then=[SECOND], at=LATE + timedelta(minutes=6))


def test_the_looks_that_are_due_are_waited_for_once_and_not_for_ever() -> None:
    old, over = listed(timedelta(days=3)), BY.wait.until
    SPEC.decides(given=[*WARM, BY], when=old, then=[SECOND], at=over)
    later = over + timedelta(days=7)
    again = replace(old, stage=3, listed_at=over + timedelta(days=2))
    wait = Wait(until=later + timedelta(minutes=10), unlooked=True)
    given = [*WARM, BY, SECOND]
    SPEC.decides(given=given, when=again, then=[RaiseWaits(ip=IP, wait=wait)], at=later)


def test_a_midnight_that_was_waited_for_was_no_look() -> None:
    turn = RaiseWaits(ip=IP, wait=Wait(until=LATE - timedelta(hours=5)))
    old = listed(timedelta(days=3))
    SPEC.decides(given=[*WARM, turn], when=old, then=[BY], at=LATE)


def test_what_a_raise_must_heed_is_put_in_when_it_is_dispatched() -> None:
    views = Views(PROJECTIONS)
    before: list[Event] = [registered(), looked()]
    for n, event in enumerate(before, start=1):
        list(views.fold(record(n, event, at=day(n))))
    heeded = heeding(AdvanceStage(ip=IP, stage=2, days=DAYS), ACME, views, never)
    assert heeded.listed_at == day(2)
    start = StartWarmup(ip=IP, guards=GUARDS)
    assert heeding(start, ACME, views, never).delivered is None, "nobody counted any"
    counted = mail((MIDNIGHT, IP, "gmail", Counts(delivered=800)))
    list(views.fold(record(3, counted, at=MIDNIGHT)))
    assert heeding(start, ACME, views, never).delivered == 800


def test_people_read_what_a_raise_waits_for() -> None:
    assert "a look at the block lists that is due" in BY.wait.for_whom()
    both = replace(BY.wait, zones={NODE_CLOCK: "-05:00"}, stepped=True)
    for part in ("clock was set", "block lists", f"midnight of {NODE_CLOCK} (-05:00)"):
        assert part in both.for_whom()


# --- who asks again ------------------------------------------------------------------------------

WAITS = RaiseWaits(ip=IP, wait=Wait(until=day(8) + timedelta(hours=2), zones={}))


def test_the_next_stage_is_asked_for_again_when_the_wait_is_over() -> None:
    spec = ReactorSpec(life(DEFAULT))
    ready = [
        registered(),
        looked(),
        pointed("mail1.acme.example"),
        stage(1),
        told(ladder.levers(1)),
    ]
    turn = day(8).replace(hour=0)
    before, after = spec.effects(ready, turn), spec.effects([*ready, WAITS], turn)
    assert len(before) == len(after) + 1
    wait = WAITS.wait.until
    assert len(spec.effects([*ready, WAITS], wait)) == len(before)


def test_what_a_quota_gives_back_is_asked_for_again_when_the_wait_is_over() -> None:
    spec = ReactorSpec(QUOTA_REACTOR)
    low = [registered(), stage(1), capped(20, 20)]
    assert spec.effects(low)
    assert spec.effects([*low, WAITS]) == []
    assert spec.wakes([*low, WAITS]) == WAITS.wait.until
    assert spec.effects([*low, WAITS], WAITS.wait.until)
