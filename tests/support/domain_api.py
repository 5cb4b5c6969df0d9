"""Sending domains over the API, and what a look found of them."""

import asyncio

from msgspec.structs import replace

from engine.events.command import CommandCompleted
from engine.events.dns import DomainValidated
from engine.ids import Position
from tests.support.api_world import SOS, ApiWorld
from tests.support.happenings import happens
from tests.support.published import DOMAIN
from tests.support.spec import day

PATH = "/api/v2/domains"
ONE = f"{PATH}/{DOMAIN}"
BROKEN = "v=spf1 ip4:192.0.2.1 -all"
SAID = {
    "domain": DOMAIN,
    "selectors": ["default", "2026"],
    "dkim_keys": {"default": "/etc/pmta/dkim/default.pem"},
    "mail_from": "bounces.acme.example",
    "helo": "mail.acme.example",
    "purposes": ["marketing"],
}


async def saw(world: ApiWorld, event: DomainValidated, n: int = 1) -> Position:
    """A look, on this day; unless it says otherwise, it answers all that was asked before."""
    cycle = event.cycle if event.cycle > 1 else await world.log.head()
    return await happens(world, SOS, f"dns-{DOMAIN}", replace(event, cycle=cycle), at=day(n))


async def asked(world: ApiWorld, times: int = 1) -> None:
    """Return once so many have asked for a look."""
    async with asyncio.timeout(5):
        head = await world.log.head()
        while len(await requests(world)) < times:
            await world.log.wait_beyond(head)
            head = await world.log.head()


async def requests(world: ApiWorld) -> list[CommandCompleted]:
    events = [one.event for one in await world.events()]
    done = [one for one in events if isinstance(one, CommandCompleted)]
    return [one for one in done if b'"domain.check"' in bytes(one.commands)]
