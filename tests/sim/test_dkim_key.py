"""A DKIM key from its making to its end, beside the mail that it signs."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from engine.commands.domain import RegisterDomain, RemoveDomain
from engine.commands.domain_key import AskKey
from engine.commands.ip import RegisterIp
from engine.commands.tenant import CreateTenant
from engine.events.domain_key import (
    KeyLaid,
    KeyNotLaid,
    KeyNotPlaced,
    KeyPublished,
    KeyRemoved,
    KeyUsed,
)
from engine.events.effect import EffectRefused
from engine.events.rollout import RolloutPlanned
from engine.ids import NodeId
from engine.projections.alerts import ALERTS
from engine.projections.dkim_keys import DKIM_KEYS, DkimKeys
from engine.rules.dkim.standing import revoking
from engine.values.dkim_key import Algorithm
from engine.values.tuning import Tuning
from tests.support.spec import ACME, NODE, OTHER, PURPOSE, day
from tests.support.world import World, virtually

pytestmark = pytest.mark.sim
DOMAIN = "mail.acme.example"
QUIET = Tuning(node_look_every=timedelta(hours=6), list_look_sooner=timedelta(hours=4))
HOUR = timedelta(hours=1)


def in_world(story: Callable[[World], Awaitable[None]]) -> None:
    async def whole() -> None:
        world = World(tuning=QUIET)
        await world.register_node()
        await world.ask(
            CreateTenant(slug=ACME, name="A", brand_domain="a.test", sending_domain_base="b.test")
        )
        await world.let("act")
        await world.ask(RegisterDomain(domain=DOMAIN))
        await world.warm_up()
        await world.run(day(2))
        await story(world)

    virtually(whole)


async def ask(world: World, selector: str, algorithm: Algorithm = "rsa") -> None:
    await world.ask(AskKey(domain=DOMAIN, nodes=(NODE,), selector=selector, algorithm=algorithm))


def view(world: World) -> DkimKeys:
    return world.last.views.get(DKIM_KEYS, f"{ACME}/{DOMAIN}")


def publish(world: World, selector: str, record: str) -> None:
    world.lists.records[f"{selector}._domainkey.{DOMAIN} TXT"] = (record,)


def text(world: World) -> str:
    return world.node.host(NODE).files[ACME]


def lies(world: World) -> list[str]:
    return [path.rpartition("--")[2] for path in sorted(world.node.host(NODE).private)]


def test_a_key_is_laid_published_used_rotated_revoked_and_taken_away() -> None:
    async def story(world: World) -> None:
        await ask(world, "s1")
        await world.run(day(2) + HOUR)
        assert lies(world) == ["s1.pem"]
        assert view(world).keys["s1"].state == "laid"
        assert "domain-key" not in text(world)

        publish(world, "s1", view(world).keys["s1"].record)
        await world.run(day(2) + 2 * HOUR)
        assert view(world).keys["s1"].state == "used"
        assert f"  domain-key s1,{DOMAIN},/etc/pmta/ee-main/keys/" in text(world)
        assert "    dkim-sign yes\n" in text(world)

        await ask(world, "s2")
        await world.run(day(3))
        assert lies(world) == ["s1.pem", "s2.pem"]
        assert "domain-key s1," in text(world)
        publish(world, "s2", view(world).keys["s2"].record)
        await world.run(day(3) + HOUR)
        assert "domain-key s2," in text(world)
        assert "domain-key s1," not in text(world)
        assert view(world).keys["s1"].state == "superseded"

        await world.run(day(9))
        assert view(world).keys["s1"].state == "superseded"
        await world.run(day(11))
        assert view(world).keys["s1"].state == "revoked"
        assert lies(world) == ["s1.pem", "s2.pem"]
        publish(world, "s1", revoking(view(world).keys["s1"].record))
        await world.run(day(11) + HOUR)
        assert lies(world) == ["s2.pem"]
        assert list(view(world).keys) == ["s2"]
        assert b"private part 2" in world.node.host(NODE).private.values()
        assert "private part" not in str(await world.story())

    in_world(story)


def test_a_key_that_could_not_be_laid_is_made_anew() -> None:
    async def story(world: World) -> None:
        world.node.faults += ["refuse", "drop after"]
        await ask(world, "s1")
        await world.run(day(2) + HOUR)
        assert len(await world.happened(KeyNotLaid)) == 2
        assert len(await world.happened(KeyLaid)) == 1
        assert [*world.node.host(NODE).private.values()] == [b"private part 3"]

    in_world(story)


def test_over_a_restart_it_goes_on_where_it_stood() -> None:
    async def story(world: World) -> None:
        await ask(world, "s1")
        at = day(2)
        await world.run(at + HOUR, restarts=[at + timedelta(seconds=n) for n in (1, 5, 20, 40)])
        publish(world, "s1", view(world).keys["s1"].record)
        later = at + 2 * HOUR
        await world.run(later, restarts=[at + HOUR + timedelta(minutes=n) for n in (5, 15, 16)])
        assert view(world).keys["s1"].state == "used"
        assert len(await world.happened(KeyPublished)) == len(await world.happened(KeyUsed)) == 1
        assert len(world.node.host(NODE).private) == 1

    in_world(story)


def test_with_its_domain_a_key_leaves_the_file_first_and_the_node_then() -> None:
    async def story(world: World) -> None:
        await ask(world, "s1")
        await world.run(day(2) + HOUR)
        publish(world, "s1", view(world).keys["s1"].record)
        await world.run(day(2) + 2 * HOUR)
        await world.ask(RemoveDomain(domain=DOMAIN))
        await world.run(day(3))
        assert "domain-key" not in text(world)
        assert lies(world) == []
        assert len(await world.happened(KeyRemoved)) == 1
        done = [what for _, _, what in world.node.done]
        removed = next(n for n, what in enumerate(done) if what.startswith("remove "))
        assert max(n for n, what in enumerate(done) if what == f"swap {ACME}") < removed

    in_world(story)


def test_a_node_that_is_only_observed_gets_no_key() -> None:
    async def story(world: World) -> None:
        await world.let("observe", f"node-{NODE}")
        await ask(world, "s1")
        await world.run(day(3))
        assert lies(world) == []
        assert view(world).keys["s1"].state == "asked"

    in_world(story)


LATER = NodeId("pmta-2")


async def second_node(world: World) -> None:
    await world.register_node(LATER)
    await world.let("act", f"node-{LATER}")
    register = RegisterIp(ip=OTHER, node=LATER, purpose=PURPOSE, domains=())
    await world.ask(register, ACME)


def test_a_node_that_comes_later_gets_the_key_that_signs_and_signs_with_it() -> None:
    async def story(world: World) -> None:
        await ask(world, "s1")
        await world.run(day(2) + HOUR)
        publish(world, "s1", view(world).keys["s1"].record)
        await world.run(day(2) + 2 * HOUR)
        world.node.faults += ["refuse"]
        await second_node(world)
        await world.run(day(2) + 3 * HOUR)
        assert [one.node for one in await world.happened(KeyNotPlaced)] == [LATER]
        assert world.node.host(LATER).private == world.node.host(NODE).private
        assert f"  domain-key s1,{DOMAIN}," in world.node.host(LATER).files[ACME]
        plans = [one for one in await world.happened(RolloutPlanned) if one.node == LATER]
        assert all(one.keys for plan in plans for one in plan.vmtas.values()), "no unsigned mail"
        assert len(await world.happened(KeyUsed)) == 1
        assert "private part" not in str(await world.story())

        await world.ask(RemoveDomain(domain=DOMAIN))
        await world.run(day(3))
        assert world.node.host(LATER).private == world.node.host(NODE).private == {}

    in_world(story)


def test_a_key_that_somebody_changed_is_laid_nowhere_else_and_not_waited_for_for_ever() -> None:
    async def story(world: World) -> None:
        await ask(world, "s1")
        await world.run(day(2) + HOUR)
        publish(world, "s1", view(world).keys["s1"].record)
        await world.run(day(2) + 2 * HOUR)
        (path,) = world.node.host(NODE).private
        world.node.host(NODE).private[path] = b"private part 77"
        await second_node(world)
        await world.run(day(2) + 3 * HOUR)
        assert world.node.host(LATER).private == {}
        failed = await world.happened(KeyNotPlaced)
        assert "is not the key that was laid there" in failed[0].why
        alert = world.last.views.get(ALERTS, f"{ACME}/dkim_lacking/{DOMAIN}/s1")
        assert (alert.firing, alert.facts["Node"]) == (True, LATER)
        waits = [one.why for one in await world.happened(EffectRefused)]
        assert [why for why in waits if f"s1 of {DOMAIN} does not lie on {LATER} yet" in why]
        first, *_ = [one for one in await world.happened(RolloutPlanned) if one.node == LATER]
        assert [one.keys for one in first.vmtas.values()] == [()]

    in_world(story)
