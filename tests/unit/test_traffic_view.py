"""What is kept of each address's messages, and for how long; and what the API makes of it."""

from datetime import UTC, date, datetime, timedelta

from engine.api.stats import stats
from engine.events import Event, Recorded
from engine.events.traffic import TrafficCounted
from engine.ids import Actor, EventId, IpAddr, NodeId, Position, TenantId, Version
from engine.projections.projection import first
from engine.projections.traffic import JOBS_MAX, SAID_MAX, TRAFFIC_VIEW, Traffic
from engine.values.traffic import Causes, Counts, Hours, JobCounts, Said

ACME, IP, OTHER = TenantId("acme"), IpAddr("192.0.2.10"), IpAddr("192.0.2.11")
KEY = f"{ACME}/{IP}"
NOW = datetime(2026, 2, 8, 21, 30, tzinfo=UTC)
HOUR = NOW.replace(minute=0)
ONE = Counts(delivered=1)


def event(
    hours: Hours,
    jobs: JobCounts | None = None,
    causes: Causes | None = None,
    said: tuple[Said, ...] = (),
    day_tz: str = "UTC",
) -> TrafficCounted:
    return TrafficCounted(
        node=NodeId("mta1"),
        file="acct.csv",
        end=1,
        day_tz=day_tz,
        hours=hours,
        jobs=jobs or {},
        causes=causes or {},
        said=said,
    )


def recorded(one: Event, at: datetime = NOW, tenant: TenantId | None = ACME) -> Recorded[Event]:
    return Recorded(
        position=Position(1),
        stream="traffic-mta1",
        version=Version(1),
        id=EventId("00000000-0000-7000-8000-000000000001"),
        at=at,
        tenant=tenant,
        actor=Actor("engine"),
        cause="",
        event=one,
    )


def folded(*events: Recorded[Event]) -> Traffic:
    view = first(TRAFFIC_VIEW, KEY)
    for one in events:
        if KEY in TRAFFIC_VIEW.keys(one):
            view = TRAFFIC_VIEW.evolve(view, one)
    return view


def test_counts_of_an_hour_add_up_by_provider() -> None:
    view = folded(
        recorded(event({HOUR: {IP: {"gmail": ONE, "yahoo": Counts(hard=2)}}})),
        recorded(
            event({HOUR: {IP: {"gmail": Counts(delivered=3, deferred=1)}, OTHER: {"x": ONE}}})
        ),
    )
    assert (view.ip, view.tenant) == (IP, ACME)
    assert view.hours == {HOUR: {"gmail": Counts(delivered=4, deferred=1), "yahoo": Counts(hard=2)}}
    assert view.days == {date(2026, 2, 8): view.hours[HOUR]}


def test_late_evidence_counts_for_the_day_of_its_time_stamps_in_the_tenants_calendar() -> None:
    late = datetime(2026, 2, 7, 23, 0, tzinfo=UTC)
    view = folded(recorded(event({late: {IP: {"gmail": ONE}}}, day_tz="Europe/Paris")))
    assert view.days == {date(2026, 2, 8): {"gmail": ONE}}


def test_hours_are_kept_for_two_days_and_days_for_ninety() -> None:
    ages = [timedelta(0), timedelta(hours=47), timedelta(hours=49), timedelta(days=90),
            timedelta(days=91)]  # fmt: skip
    view = folded(*(recorded(event({HOUR - age: {IP: {"gmail": ONE}}})) for age in ages))
    assert [HOUR - hour for hour in view.hours] == [timedelta(hours=47), timedelta(0)]
    assert min(view.days) == date(2026, 2, 8) - timedelta(days=90)


def test_jobs_of_a_day_are_bounded_and_lose_nothing() -> None:
    events = [
        recorded(event({HOUR: {IP: {"gmail": ONE}}}, {IP: {f"job{n}": ONE, "": ONE}}))
        for n in range(50)
    ]
    (jobs,) = folded(*events).jobs.values()
    assert len(jobs) == JOBS_MAX + 1
    assert sum(jobs.values(), Counts()) == Counts(delivered=100)


def test_causes_and_texts_are_kept_for_their_address_alone() -> None:
    said = tuple(
        Said(ip=ip, kind="named", by=f"list{n}", receiver="gmail", times=1, text="x")
        for n in range(SAID_MAX + 2)
        for ip in (IP, OTHER)
    )
    causes: Causes = {IP: {"gmail": {"rate": 2}}, OTHER: {"gmail": {"rate": 5}}}
    one = recorded(event({HOUR: {IP: {"gmail": ONE}}}, causes=causes, said=said))
    view = folded(one, one)
    assert view.causes == {date(2026, 2, 8): {"gmail": {"rate": 4}}}
    assert len(view.said) == SAID_MAX
    assert {found.ip for found in view.said} == {IP}


def test_rows_of_nobody_are_in_no_tenants_view() -> None:
    assert TRAFFIC_VIEW.keys(recorded(event({HOUR: {IP: {"gmail": ONE}}}), tenant=None)) == ()
    assert TRAFFIC_VIEW.keys(recorded(event({HOUR: {IpAddr(""): {"gmail": ONE}}}))) == ()


def test_stats_sum_windows_and_providers() -> None:
    hours = {
        HOUR: {IP: {"gmail": Counts(delivered=8, hard=1, block=1, complaints=1)}},
        HOUR - timedelta(hours=5): {IP: {"yahoo": Counts(delivered=3, deferred=2, soft=1)}},
        HOUR - timedelta(days=6): {IP: {"gmail": Counts(delivered=10)}},
        HOUR - timedelta(days=7): {IP: {"gmail": Counts(delivered=100)}},
    }
    shown = stats(folded(recorded(event(hours))), NOW)
    day, week, month = (shown.windows[name] for name in ("24h", "7d", "30d"))
    assert (day.total.sent, day.total.delivered, day.total.bounced) == (14, 11, 3)
    assert (day.total.hard, day.total.block, day.total.soft) == (1, 1, 1)
    assert (day.total.deferred, day.total.complaints) == (2, 1)
    assert {name: one.delivered for name, one in day.providers.items()} == {"gmail": 8, "yahoo": 3}
    assert (week.total.delivered, month.total.delivered) == (21, 121)
    assert shown.windows["1h"].total.sent == 10, "the hour before the last is not a begun one"
