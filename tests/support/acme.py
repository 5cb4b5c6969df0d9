"""A whole engine with Acme, who has room for a second address."""

from engine.commands.tenant import CreateTenant
from engine.ids import IpAddr
from tests.support.spec import ACME
from tests.support.world import MAIN, World

BESIDE = IpAddr("203.0.113.9")


async def acme(*, quota: int | None = None) -> World:
    """A node, the tenant, and what the world knows of an address beside its first; neither is
    registered yet.
    """
    world = World()
    world.lists.names[BESIDE] = ("mail2.acme.example",)
    world.lists.v4["mail2.acme.example"] = (BESIDE,)
    world.mailwizz.add(MAIN, "mail2.acme.example")
    await world.let("act")
    await world.register_node()
    create = CreateTenant(
        slug=ACME, name="Acme", brand_domain="acme.example", quota=quota,
        sending_domain_base="mail.acme.example",
    )  # fmt: skip
    await world.ask(create)
    return world
