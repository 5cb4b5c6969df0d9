"""The table of DESIGN §4 holds for whatever is asked of an address."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.commands.ip import (
    AdvanceStage,
    BeginMonitoring,
    IpCommand,
    QuarantineIp,
    RegisterIp,
    ReleaseIp,
    RequestWarmup,
    RestIp,
    RetireIp,
    StartWarmup,
    StepRetirement,
    StopIp,
)
from engine.commands.ip_removal import FinishRemoval, RemoveIp, WithdrawIp
from engine.commands.ip_warmup import RewarmIp
from engine.deciders.ip import DECIDER
from engine.errors import Rejected
from engine.ids import Position
from engine.rules import lifecycle
from engine.values.levers import STOPPED
from engine.values.phase import Phase
from tests.support.docs import DOCS, PAGES
from tests.support.samples import DAYS
from tests.support.spec import DAY_1, GUARDS, HOSTNAME, IP, NODE, PURPOSE, ZEN

COMMANDS: list[IpCommand] = [
    RegisterIp(ip=IP, node=NODE, purpose=PURPOSE, hostname=HOSTNAME),
    RequestWarmup(ip=IP),
    StartWarmup(ip=IP, guards=GUARDS),
    *(AdvanceStage(ip=IP, stage=n, days=DAYS) for n in range(1, 8)),
    StopIp(ip=IP, zones={ZEN: ("127.0.0.2",)}, looked=Position(1)),
    RetireIp(ip=IP, how="steps"),
    RetireIp(ip=IP, how="at_once"),
    *(StepRetirement(ip=IP, step=n) for n in range(1, 8)),
    RestIp(ip=IP, why="limit"),
    RestIp(ip=IP, why="still_listed"),
    BeginMonitoring(ip=IP),
    QuarantineIp(ip=IP, reason="x"),
    ReleaseIp(ip=IP, reason="x"),
    RemoveIp(ip=IP, reason="x"),
    RemoveIp(ip=IP, reason="x", force=True, left=3),
    WithdrawIp(ip=IP),
    FinishRemoval(ip=IP),
    RewarmIp(ip=IP, since=date(2025, 12, 1), idle_days=8, last=None, volume=500, read=DAY_1),
]


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from(COMMANDS), st.integers(0, 40)), max_size=40))
def test_only_transitions_of_the_table_happen(story: list[tuple[IpCommand, int]]) -> None:
    state, now = DECIDER.initial, DAY_1
    for command, days in story:
        now += timedelta(days=days)
        try:
            events = DECIDER.decide(state, command, now)
        except Rejected:
            continue
        for event in events:
            after = DECIDER.evolve(state, event)
            moved = after.place != state.place
            assert not moved or lifecycle.allowed(state.place, after.place), (state.place, event)
            state = after
        sends = state.place in (lifecycle.WARMING, lifecycle.ACTIVE, lifecycle.RETIRING)
        assert sends or state.place is None or state.vmta.levers == STOPPED


def test_every_place_can_be_reached_and_left() -> None:
    reached = {one.to for one in lifecycle.TRANSITIONS} - {None}
    left = {one.source for one in lifecycle.TRANSITIONS}
    assert reached == left - {None} == set(lifecycle.PLACES)
    assert {place.phase for place in lifecycle.PLACES} == set(Phase)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_pages_made_from_the_code_are_up_to_date(name: str) -> None:
    written = (DOCS / name).read_text()
    assert written == PAGES[name], "run: python -m tests.support.docs"
