"""What holds in every story."""

import pytest

from engine.events.effect import EffectRefused, EffectStuck
from engine.events.ip import IpStopped
from engine.events.rollout import RolloutEnded, RolloutPlanned
from engine.ids import TenantId
from engine.projections import PROJECTIONS
from engine.projections.rollouts import ROLLOUTS
from engine.runtime.views import Views
from tests.support.spec import ACME, IP, NODE, OTHER, RIVAL
from tests.support.stories import hard_times, hard_times_told
from tests.support.world import World, virtually


@pytest.mark.long
@pytest.mark.parametrize(("seed", "batch_max"), [(0, 1_000), (1, 1), (2, 7)])
def test_views_are_the_same_in_any_batch_size_and_after_any_restart(
    seed: int, batch_max: int
) -> None:
    async def views() -> tuple[World, Views]:
        world = await hard_times(World(batch_max=batch_max))
        folded = Views(PROJECTIONS)
        for recorded in await world.story():
            list(folded.fold(recorded))
        return world, folded

    world, folded = virtually(views, seed)
    for projection in PROJECTIONS:
        assert world.last.views.of(projection) == folded.of(projection)


def test_rows_for_readers_are_the_views() -> None:
    world = hard_times_told()
    for projection in PROJECTIONS:
        expected = {
            key: world.last.views.row(projection.name, key)
            for key in world.last.views.of(projection)
        }
        assert world.log.database.rows[projection.name] == expected


@pytest.mark.parametrize("seed", range(2))
def test_the_agenda_comes_to_rest_and_nothing_is_left_open(seed: int) -> None:
    world = hard_times_told(seed)
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


def test_no_event_of_one_tenant_speaks_of_another() -> None:
    world = hard_times_told()
    ours: dict[TenantId, str] = {ACME: IP, RIVAL: OTHER}
    for recorded in world.log_story:
        others = [ip for tenant, ip in ours.items() if tenant != recorded.tenant]
        if recorded.tenant:
            assert not any(ip in str(recorded.event) for ip in others), recorded
    assert sum(isinstance(one.event, IpStopped) for one in world.log_story) == 1


def test_the_same_seed_tells_the_same_story() -> None:
    async def again() -> World:
        return await hard_times(World())

    assert virtually(again, 1).log_story == hard_times_told(1).log_story
