"""Which jobs most probably brought an address on a block list, and who is told of them."""

from datetime import date, datetime, timedelta

import pytest
from msgspec.structs import replace

from engine.commands.ip import StopIp
from engine.deciders.ip import DECIDER
from engine.events import Event, Recorded
from engine.events.ip import IpStopped
from engine.events.traffic import TrafficCounted
from engine.ids import IpAddr, NodeId, Position, TenantId
from engine.projections import PROJECTIONS
from engine.rules import jobs_behind
from engine.runtime.perform.command import behind
from engine.runtime.views import Views
from engine.values.traffic import Counts, JobBehind
from tests.support.samples import registered, stage
from tests.support.spec import ACME, DAY_1, IP, NODE, OTHER, RIVAL, ZEN, day, record

FIRST = date(2026, 1, 5)
NEXT = FIRST + timedelta(days=1)


def names(jobs: dict[date, dict[str, Counts]], first: date = FIRST) -> list[str]:
    return [one.job for one in jobs_behind.ranked(jobs, first)]


def test_complaints_say_more_than_blocks_and_blocks_more_than_unknown_users() -> None:
    jobs = {
        "unknown": Counts(delivered=100, hard=90),
        "blocked": Counts(delivered=100, block=50, hard=1),
        "complained": Counts(delivered=100, complaints=1),
    }
    assert names({FIRST: jobs}) == ["complained", "blocked", "unknown"]


def test_what_went_well_and_what_has_no_name_is_behind_nothing() -> None:
    jobs = {"fine": Counts(delivered=9_000, deferred=40), "": Counts(delivered=1, complaints=9)}
    assert names({FIRST: jobs}) == []


def test_days_are_summed_and_older_ones_left_out() -> None:
    jobs = {
        FIRST: {"a": Counts(complaints=2), "old": Counts(complaints=9)},
        NEXT: {"a": Counts(complaints=2, delivered=10, hard=1), "b": Counts(complaints=3)},
    }
    (a, b, *_) = jobs_behind.ranked({NEXT: jobs[NEXT]}, NEXT)
    assert (a.job, b.job) == ("b", "a")
    assert names(jobs)[:2] == ["old", "a"]
    (whole,) = [one for one in jobs_behind.ranked(jobs, FIRST) if one.job == "a"]
    assert whole == JobBehind(job="a", complaints=4, blocks=0, unknown=1, sent=11)
    assert names(jobs, NEXT) == ["b", "a"]


def test_only_three_are_named() -> None:
    jobs = {f"job-{n}": Counts(complaints=n) for n in range(1, 9)}
    assert names({FIRST: jobs}) == ["job-8", "job-7", "job-6"]


def test_they_are_those_of_the_address_and_its_tenant_in_the_72_hours_before() -> None:
    views = Views(PROJECTIONS)
    for n, (at, ip, job) in enumerate(
        [(day(1), IP, "long ago"), (day(3), IP, "lately"), (day(3), OTHER, "another's")], start=1
    ):
        counts = Counts(delivered=10, complaints=10 - n)
        counted = TrafficCounted(
            node=NODE, file="f", end=n, day_tz="UTC", hours={at: {ip: {"gmail": counts}}},
            jobs={ip: {job: counts}},
        )  # fmt: skip
        list(views.fold(record(n, counted, at=at)))

    def found(now: datetime) -> list[str]:
        return [one.job for one in behind(views, lambda: now)(ACME, IP)]

    assert found(day(4)) == ["long ago", "lately"]
    assert found(day(6)) == ["lately"]
    assert found(day(9)) == []
    assert behind(views, lambda: day(4))(RIVAL, IP) == ()


def sent(n: int, tenant: TenantId, ip: IpAddr, node: NodeId, job: str) -> list[Recorded[Event]]:
    counts = Counts(delivered=9, complaints=1)
    counted = TrafficCounted(
        node=node, file=f"{tenant}-{ip}", end=n, day_tz="UTC",
        hours={day(3): {ip: {"gmail": counts}}}, jobs={ip: {job: counts}},
    )  # fmt: skip
    lives = replace(registered(ip=ip), node=node)
    return [
        record(n, lives, tenant=tenant),
        record(n + 1, counted, at=day(3), tenant=tenant),
    ]


@pytest.mark.parametrize(
    ("whose", "node", "job", "shared"),
    [
        (RIVAL, NODE, "a", True),
        (RIVAL, NODE, "b", False),
        (RIVAL, NodeId("pmta-9"), "a", False),
        (ACME, NODE, "a", False),
    ],
)
def test_a_name_that_another_tenant_uses_on_the_node_is_told_as_shared(
    whose: TenantId, node: NodeId, job: str, shared: bool
) -> None:
    views = Views(PROJECTIONS)
    for one in (*sent(1, ACME, IP, NODE, "a"), *sent(3, whose, OTHER, node, job)):
        list(views.fold(one))
    assert [one.shared for one in behind(views, lambda: day(4))(ACME, IP)] == [shared]


def test_the_stop_carries_them() -> None:
    job = JobBehind(job="a", complaints=1, blocks=0, unknown=0, sent=5)
    stop = StopIp(ip=IP, zones={ZEN: ("127.0.0.2",)}, looked=Position(9), jobs=(job,))
    state = DECIDER.evolve(DECIDER.evolve(DECIDER.initial, registered()), stage(1))
    (stopped,) = DECIDER.decide(state, stop, DAY_1)
    assert isinstance(stopped, IpStopped)
    assert stopped.jobs == (job,)
