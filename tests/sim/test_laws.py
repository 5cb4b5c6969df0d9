"""What holds in every story."""

import asyncio

import pytest

from engine.events.effect import EffectRefused, EffectStuck
from engine.events.ip import IpStopped
from engine.events.rollout import RolloutEnded, RolloutPlanned
from engine.ids import TenantId
from engine.projections import PROJECTIONS
from engine.projections.rollouts import ROLLOUTS
from engine.runtime.views import Views
from tests.support.packing import come_back_as_they_were
from tests.support.spec import ACME, IP, NODE, OTHER, RIVAL
from tests.support.stories import hard_times, hard_times_told
from tests.support.world import World, virtually


@pytest.fixture(scope="module", params=[(0, 1_000), (1, 1), (2, 7)])
def world(request: pytest.FixtureRequest) -> World:
    """Of another seed and another batch size each; all of them with restarts."""
    seed, batch_max = request.param
    return hard_times_told(seed, batch_max)


@pytest.mark.long
def test_views_are_the_same_in_any_batch_size_and_after_any_restart(world: World) -> None:
    folded = Views(PROJECTIONS)
    for recorded in world.log_story:
        list(folded.fold(recorded))
    for projection in PROJECTIONS:
        assert world.last.views.of(projection) == folded.of(projection)


def test_rows_for_readers_are_the_views(world: World) -> None:
    for projection in PROJECTIONS:
        expected = {
            key: world.last.views.row(projection.name, key)
            for key in world.last.views.of(projection)
        }
        assert world.log.database.rows[projection.name] == expected


def test_its_views_come_back_from_an_image_as_they_were(world: World) -> None:
    assert asyncio.run(come_back_as_they_were(world.last.views)) > 20


def test_the_agenda_comes_to_rest_and_nothing_is_left_open(world: World) -> None:
    assert world.last.performer.wishes() == []
    story = world.log_story
    assert not [one for one in story if isinstance(one.event, EffectStuck | EffectRefused)]
    planned = sum(isinstance(one.event, RolloutPlanned) for one in story)
    ended = sum(isinstance(one.event, RolloutEnded) for one in story)
    assert planned == ended > 10
    for view in world.last.views.of(ROLLOUTS).values():
        assert view.wanted == view.told
    assert {one.vmta: one.rate for one in world.node.host(NODE).running.values()} == {
        "acme--203-0-113-7": "500/d",
        "rival--203-0-113-8": "10000/d",
    }


def test_no_event_of_one_tenant_speaks_of_another(world: World) -> None:
    ours: dict[TenantId, str] = {ACME: IP, RIVAL: OTHER}
    for recorded in world.log_story:
        others = [ip for tenant, ip in ours.items() if tenant != recorded.tenant]
        if recorded.tenant:
            assert not any(ip in str(recorded.event) for ip in others), recorded
    assert sum(isinstance(one.event, IpStopped) for one in world.log_story) == 1


def test_the_same_seed_tells_the_same_story() -> None:
    async def again() -> World:
        return await hard_times(World(batch_max=7))

    assert virtually(again, 2).log_story == hard_times_told(2, 7).log_story
