"""Each family of alerts is asked about its own causes alone, and loses nothing by it."""

from typing import TypeVar

import pytest
from msgspec.structs import replace

from engine.events import Event
from engine.events.effect import EffectRefused
from engine.events.ip import WarmupRequested
from engine.events.node import JobPauseFailed
from engine.events.rollout import RolloutUnknown, WatchUnanswered
from engine.ids import NodeId
from engine.projections import alert_causes
from engine.projections.alert_causes import BESIDE, FAMILIES, Family
from engine.values.target import Target
from tests.support.event_samples import SAMPLES
from tests.support.spec import IP
from tests.unit.test_alerts_page import STORY as PLAIN

E = TypeVar("E")


def _of(kind: type[E]) -> E:
    return next(one for one in SAMPLES if isinstance(one, kind))


STORY = (
    *PLAIN,  # and those that are told of only where somebody said why, waits, or is named
    replace(_of(WarmupRequested), why="rotation"),
    replace(_of(RolloutUnknown), followers=(NodeId("n9"),)),
    replace(_of(WatchUnanswered), followers=(NodeId("n9"),)),
    replace(_of(JobPauseFailed), ip=IP),
    replace(_of(EffectRefused), target=Target("server", IP)),
)
CAUSED = [event for event in STORY if type(event) in alert_causes.CAUSES]


def _told(family: Family, event: Event) -> bool:
    return bool(family.of(event))


@pytest.mark.parametrize("event", STORY, ids=lambda one: type(one).__name__)
def test_no_family_has_an_answer_for_an_event_that_is_none_of_its_causes(event: Event) -> None:
    assert [one for one in FAMILIES if type(event) not in one.CAUSES and _told(one, event)] == []


@pytest.mark.parametrize("family", FAMILIES, ids=lambda one: one.__name__.rsplit("_", 1)[1])
def test_each_cause_of_a_family_is_one_that_it_tells_of(family: Family) -> None:
    told = {type(event) for event in CAUSED if _told(family, event)}
    assert set(family.CAUSES) == told


@pytest.mark.parametrize("event", CAUSED, ids=lambda one: type(one).__name__)
def test_an_event_concerns_what_all_families_say_in_their_order(event: Event) -> None:
    assert alert_causes.of(event) == tuple(one for family in FAMILIES for one in family.of(event))


def test_each_alert_is_told_of_in_the_words_of_one_family() -> None:
    names = [name for family in BESIDE for name in family.NAMES]
    said = {name for event in CAUSED for name, _ in alert_causes.of(event)}
    assert len(names) == len(set(names))
    assert set(names) <= said
