"""What people choose reaches PowerMTA and MailWizz, and what somebody edits is not lost unseen."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from engine.commands.rollout import EndConflict
from engine.commands.tenant import CreateTenant, SetOverlay
from engine.events.rollout import RolloutEnded
from engine.projections.rollouts import ROLLOUTS, Rollout
from engine.projections.servers import SERVERS
from engine.rules.pmta_config.tenant_file import digest
from engine.values.overlay import Chosen, Key, Quota
from engine.values.rollout import ConflictEnd
from engine.values.server import ServerWish
from tests.support.spec import ACME, HOSTNAME, IP, NODE, day
from tests.support.world import World, virtually

pytestmark = pytest.mark.sim
CHOSEN = Chosen("one", HOSTNAME, Quota(20, "day"), Key("s", "acme.example", "/k/a.pem"))
EDIT = "# by hand\n"


def choose(*chosen: Chosen) -> SetOverlay:
    mtas = dict(zip((IP,), chosen, strict=False))
    return SetOverlay(slug=ACME, virtual_mtas=mtas, nodes=dict.fromkeys(mtas, NODE))


async def warmed(world: World) -> None:
    await world.register_node()
    await world.ask(
        CreateTenant(slug=ACME, name="A", brand_domain="a.example", sending_domain_base="b.example")
    )
    await world.let("act")
    await world.warm_up()
    await world.run(day(3))
    assert "50/d" in text(world)


def text(world: World) -> str:
    return world.node.host(NODE).files.get(ACME, "")


def file(world: World) -> Rollout:
    return world.last.views.get(ROLLOUTS, f"{NODE}/{ACME}")


def in_world(story: Callable[[World], Awaitable[None]]) -> None:
    async def whole() -> None:
        world = World()
        await warmed(world)
        await story(world)

    virtually(whole)


def test_what_is_chosen_reaches_the_node_and_mailwizz() -> None:
    async def story(world: World) -> None:
        await world.ask(choose(CHOSEN))
        await world.run(day(4))
        assert "  max-smtp-msg-rate 20/d\n  domain-key s,acme.example,/k/a.pem\n" in text(world)
        assert "<virtual-mta-pool acme--one>\n" in text(world)
        assert file(world).state == "told"
        server = world.last.views.get(SERVERS, f"{ACME}/{IP}")
        assert server.told == ServerWish(on=True, daily=20)

    in_world(story)


def test_a_virtual_mta_that_is_left_out_drains_on_the_node_and_in_mailwizz() -> None:
    async def story(world: World) -> None:
        await world.ask(choose(CHOSEN))
        await world.run(day(4))
        await world.ask(choose())
        await world.run(day(5))
        assert "<virtual-mta acme--203-0-113-7>" in text(world)
        assert "virtual-mta-pool" not in text(world)
        server = world.last.views.get(SERVERS, f"{ACME}/{IP}")
        assert server.told == ServerWish(on=False, daily=None)

    in_world(story)


@pytest.mark.parametrize("end", ["adopt", "overwrite"])
def test_an_edit_is_never_overwritten_unasked(end: ConflictEnd) -> None:
    async def story(world: World) -> None:
        edited = text(world) + EDIT
        world.node.host(NODE).files[ACME] = edited
        await world.ask(choose(CHOSEN))
        await world.run(day(4))
        assert (file(world).state, text(world)) == ("conflict", edited)
        found = digest(edited)
        await world.ask(EndConflict(node=NODE, tenant=ACME, end=end, found=found, reason="why"))
        await world.run(day(5))
        assert (text(world) == edited) == (end == "adopt")
        await world.ask(choose(Chosen("one", HOSTNAME)))
        await world.run(day(6))
        assert EDIT not in text(world)
        assert file(world).state == "told"

    in_world(story)


def test_an_edit_after_it_was_shown_is_another_conflict() -> None:
    async def story(world: World) -> None:
        edited = text(world) + EDIT
        world.node.host(NODE).files[ACME] = edited
        await world.ask(choose(CHOSEN))
        await world.run(day(4))
        found = digest(edited)
        world.node.host(NODE).files[ACME] = edited + EDIT
        end = EndConflict(node=NODE, tenant=ACME, end="overwrite", found=found, reason="why")
        await world.ask(end)
        await world.run(day(5))
        assert (file(world).state, text(world)) == ("conflict", edited + EDIT)

    in_world(story)


def test_a_file_that_is_wrong_never_reaches_the_node_and_the_engine_goes_on() -> None:
    """A pool's name, which the API refuses too."""

    async def story(world: World) -> None:
        before = text(world)
        await world.ask(choose(Chosen("marketing", HOSTNAME)))
        await world.run(day(4) - timedelta(hours=12))
        assert text(world) == before
        ended = (await world.happened(RolloutEnded))[-1]
        assert (ended.ending, ended.kind) == ("failed", "invalid")
        assert "give each its own" in ended.why
        await world.ask(choose(CHOSEN))
        await world.run(day(5))
        assert "20/d" in text(world)

    in_world(story)
