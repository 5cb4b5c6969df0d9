"""After a roll-back of the program: of what a newer engine decided nothing is done but a stop."""

from functools import partial
from typing import cast, get_args

import pytest

from engine.effects import Effect
from engine.effects.base import Touch
from engine.events import Event
from engine.events.base import Fact
from engine.events.effect import EffectWithheld
from engine.events.ip import IP as IPS
from engine.events.tenant import TENANT
from engine.ids import IpAddr
from engine.ports import New, Slice
from engine.rules.dnsbl_catalogue import PSBL
from tests.sim.test_overlay import CHOSEN, choose, text, warmed
from tests.support.spec import ACME, IP, OTHER, RIVAL, day
from tests.support.world import MAIN, OPERATOR, World, virtually

pytestmark = pytest.mark.sim


class OfTheFuture(Fact, frozen=True, kw_only=True, tag="ip.of_the_future"):
    ip: IpAddr = IP


async def a_newer_engine_wrote(world: World, stream: str) -> None:
    new = New(world.new_id(), cast(Event, OfTheFuture()))
    await world.log.append(
        [Slice(stream=stream, tenant=ACME, events=[new])], actor=OPERATOR, cause="a test"
    )


async def rolled_back(stream: str) -> World:
    """An address sends; a newer engine writes of it, and then somebody chooses less for it."""
    world = World()
    await warmed(world)
    await a_newer_engine_wrote(world, stream)
    await world.ask(choose(CHOSEN))
    return world


async def withheld(world: World) -> list[EffectWithheld]:
    return [one for one in await world.happened(EffectWithheld) if one.newer]


def test_about_an_address_that_a_newer_engine_wrote_of_nothing_is_done_but_to_stop_it() -> None:
    async def lived() -> None:
        world = await rolled_back(IPS.stream(IP))
        file, rows = text(world), dict(world.mailwizz.rows_of[MAIN])
        await world.run(day(4))
        assert (text(world), world.mailwizz.rows_of[MAIN]) == (file, rows)
        kinds = {one.effect for one in await withheld(world)}
        assert kinds == {"rollout.deploy", "server.tell"}
        world.lists.list(IP, PSBL)
        await world.run(day(6))
        assert "pause acme--203-0-113-7" in {what for _, _, what in world.node.done}
        assert [row.on for row in world.mailwizz.rows_of[MAIN].values()] == [False, True]
        assert text(world) == file, "the lever holds, and the file waits for the newer engine"

    virtually(lived)


def test_it_is_said_once_whatever_restarts_and_why() -> None:
    async def lived() -> list[EffectWithheld]:
        world = await rolled_back(IPS.stream(IP))
        for n in (4, 5, 6):
            await world.run(day(n))
        return await withheld(world)

    said = virtually(lived)
    assert len(said) == len({one.key for one in said}) > 0
    assert all(f"ip-{IP} holds an event 'ip.of_the_future'" in one.why for one in said)


def test_the_engine_that_knows_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async def lived() -> None:
        world = await rolled_back(IPS.stream(IP))
        await world.run(day(4))
        assert "20/d" not in text(world)
        monkeypatch.setattr(world.log, "read", partial(world.log.read, known_only=True))
        await world.run(day(5))
        assert "20/d" in text(world)

    virtually(lived)


@pytest.mark.parametrize("stream", [IPS.stream(OTHER), TENANT.stream(RIVAL)])
def test_what_it_wrote_of_others_bars_nothing_here(stream: str) -> None:
    async def lived() -> None:
        world = await rolled_back(stream)
        await world.run(day(4))
        assert "20/d" in text(world)
        assert await withheld(world) == []

    virtually(lived)


def test_whatever_touches_the_world_and_is_no_stop_says_whose_decisions_it_carries_out() -> None:
    touches = [one for one in get_args(Effect) if issubclass(one, Touch)]
    bare = {one for one in touches if one.decided_by is Touch.decided_by}
    assert all(one.stop is not Touch.stop for one in bare), bare
