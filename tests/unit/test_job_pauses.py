"""The mail of a job that must stand still on a node, and goes on only when a person says so."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.commands.tenant import CreateTenant
from engine.commands.tenant_jobs import PauseJob as Hold
from engine.commands.tenant_jobs import ResumeJob as Release
from engine.deciders.tenant import DECIDER
from engine.effects import Effect, LookAtNode, PauseJob, PauseQueues, ResumeJob
from engine.events import Event
from engine.events.ip import IpStopped
from engine.events.node import (
    JobPaused,
    JobPauseFailed,
    JobResumed,
    JobResumeFailed,
    NodeLooked,
)
from engine.events.rollout import RolloutPlanned
from engine.events.tenant_jobs import JobPauseAsked, JobResumeAsked
from engine.ids import IpAddr, Position
from engine.projections.alerts import ALERTS
from engine.projections.projection import first
from engine.reactors.node_pauses import node_pauses
from engine.rules.job import parse_job, pausable
from engine.values.traffic import JobBehind
from engine.values.tuning import Tuning
from tests.support.samples import stage, stopped
from tests.support.spec import ACME, DAY_1, IP, NODE, RIVAL, DeciderSpec, ReactorSpec, day, record

KEEPER, TENANT = ReactorSpec(node_pauses(Tuning())), DeciderSpec(DECIDER)
SPRING = JobBehind(job="spring", complaints=9, blocks=0, unknown=0, sent=1000)
AUTUMN = JobBehind(job="autumn", complaints=1, blocks=0, unknown=0, sent=1000)
LISTED: IpStopped = replace(stopped(), jobs=(SPRING, AUTUMN))
IN_1_MIN = DAY_1 + timedelta(minutes=1)
PLANNED = RolloutPlanned(node=NODE, vmtas={}, digest="d", before="")
CREATED = DECIDER.decide(
    DECIDER.initial,
    CreateTenant(
        slug=ACME, name="A", brand_domain="a.example", sending_domain_base="m.example", day_tz="UTC"
    ),
    DAY_1,
)


def test_a_job_whose_name_another_tenant_uses_too_is_not_paused_unasked() -> None:
    shared = replace(SPRING, shared=True)
    assert levers([replace(LISTED, jobs=(SPRING, AUTUMN))])
    assert not levers([replace(LISTED, jobs=(shared, AUTUMN))])


def asked(job: str = "spring") -> JobPauseAsked:
    return JobPauseAsked(slug=ACME, job=job, nodes=(NODE,), reason="complaints")


def let_go(ends: int) -> JobResumeAsked:
    return JobResumeAsked(slug=ACME, job="spring", nodes=(NODE,), ends=Position(ends), reason="ok")


def paused(cycle: int) -> JobPaused:
    return JobPaused(node=NODE, job="spring", cycle=Position(cycle))


def pause(cycle: int, attempt: int = 1, ip: IpAddr | None = None) -> PauseJob:
    return PauseJob(
        tenant=ACME, node=NODE, job="spring", ip=ip, cycle=Position(cycle), attempt=attempt
    )


def failed(*, lacking: bool = False) -> JobPauseFailed:
    return JobPauseFailed(node=NODE, job="spring", cycle=Position(1), why="no", lacking=lacking)


def levers(given: Sequence[Event], minutes: int = 0) -> list[Effect]:
    at = DAY_1 + timedelta(minutes=minutes)
    kinds = (LookAtNode, PauseQueues)
    return [one for one in KEEPER.effects(given, at) if not isinstance(one, kinds)]


def test_a_listing_pauses_the_job_that_most_probably_brought_it_and_no_other() -> None:
    assert levers([stage(1), LISTED]) == [pause(2, ip=IP)]
    assert levers([stage(1), stopped()]) == [], "nobody knows which"
    assert pause(2).stop, "it waits behind no rollout"


def test_a_name_that_is_none_on_a_command_line_is_passed_over() -> None:
    odd = replace(SPRING, job="--all")
    assert levers([stage(1), replace(LISTED, jobs=(odd,))]) == []


def test_a_job_stays_paused_through_rollouts_and_restarts_of_powermta() -> None:
    assert levers([asked(), paused(1)]) == []
    rollout: list[Event] = [asked(), paused(1), PLANNED]
    assert levers(rollout) == [pause(3, 2)]
    assert levers([*rollout, paused(3)]) == []
    assert levers([*rollout, paused(3)], 1) == [pause(3, 3)], "each minute until it ends"
    looks = [NodeLooked(node=NODE, paused=(), started=one) for one in ("then", "later")]
    assert levers([asked(), paused(1), looks[0]]) == []
    assert levers([asked(), paused(1), *looks]) == [pause(4, 2)]


def test_a_pause_that_failed_is_tried_again_each_minute() -> None:
    assert levers([asked(), failed()]) == []
    assert levers([asked(), failed()], 1) == [pause(1, 2)]


def test_a_powermta_without_the_lever_is_not_asked_again_until_it_was_restarted() -> None:
    given: list[Event] = [asked(), failed(lacking=True)]
    assert levers(given, 60) == []
    looks = [NodeLooked(node=NODE, paused=(), started=one) for one in ("then", "later")]
    assert levers([*given, looks[0]], 60) == []
    assert levers([*given, *looks], 60) == [pause(4, 2)]


def test_only_a_person_lets_it_go_on_and_a_failure_is_tried_again() -> None:
    given: list[Event] = [stage(1), LISTED, paused(2), let_go(2)]
    resume = ResumeJob(tenant=ACME, node=NODE, job="spring", cycle=Position(4), attempt=1)
    assert levers(given) == [resume]
    assert levers([*given, JobResumed(node=NODE, job="spring", cycle=Position(4))]) == []
    no = JobResumeFailed(node=NODE, job="spring", cycle=Position(4), why="busy")
    assert levers([*given, no]) == []
    assert levers([*given, no], 1) == [replace(resume, attempt=2)]
    assert levers([*given, asked()]) == [pause(5)], "stopped anew before it went on"


def test_another_tenants_word_does_not_let_it_go_on() -> None:
    view = KEEPER.view([asked(), paused(1)])
    theirs = record(3, let_go(1), tenant=RIVAL)
    assert KEEPER.reactor.reads.evolve(view, theirs).jobs == view.jobs


# --- what people may ask


def test_a_job_is_held_on_each_node_once_and_released_once_for_each_hold() -> None:
    hold = Hold(slug=ACME, job="spring", nodes=(NODE,), reason="complaints")
    TENANT.decides(given=CREATED, when=hold, then=[asked()])
    TENANT.decides(given=[*CREATED, asked()], when=hold, then=[])
    release = Release(slug=ACME, job="spring", nodes=(NODE,), ends=Position(7), reason="ok")
    given = [*CREATED, asked()]
    TENANT.decides(given=given, when=release, then=[let_go(7)])
    TENANT.decides(given=[*given, let_go(7)], when=hold, then=[asked()])
    later = replace(release, ends=Position(9))
    TENANT.decides(given=[*given, let_go(7)], when=later, then=[let_go(9)])
    nothing = replace(release, nodes=())
    TENANT.decides(given=given, when=nothing, then=[])


def test_the_alert_of_a_listing_says_what_became_of_the_job() -> None:
    def facts(*events: Event) -> dict[str, str]:
        view = first(ALERTS, f"{ACME}/ip_listed/{IP}")
        for n, event in enumerate(events, start=1):
            if view.key in ALERTS.keys(recorded := record(n, event, at=day(n))):
                view = ALERTS.evolve(view, recorded)
        return view.facts

    stands = replace(paused(1), ip=IP)
    assert facts(LISTED, stands)["Job"].startswith("what waits of spring stands still")
    assert facts(LISTED, stands, stands) == facts(LISTED, stands), "told once, not each minute"
    assert facts(LISTED, replace(failed(), ip=IP))["Job"] == "spring was not paused: no"
    assert "Job" not in facts(LISTED, paused(1)), "of no listing"


@pytest.mark.parametrize(
    "job", ["", "-x", "--all", "a b", "a\n", "ä", "a/b", "*", "x" * 100, "a;b"]
)
def test_what_is_more_than_one_plain_word_is_no_job(job: str) -> None:
    assert not pausable(job)


@settings(max_examples=200)
@given(st.text(max_size=20))
def test_a_job_is_one_word_that_is_no_option_and_no_pattern(job: str) -> None:
    try:
        assert parse_job(job) == job
    except ValueError:
        return
    assert job.split() == [job]
    assert job.isascii()
    assert not job.startswith("-")
    assert not set(job) & set("*?/'\"\\$`;|&<>@")
