"""The block lists in a chat: what they say, and a look of now."""

import pytest
from msgspec.structs import replace

from engine.bot.commands import Orders, answer
from engine.commands import Command
from engine.commands.ip_listing import CheckLists
from engine.ids import Actor, IpAddr, Position, TenantId
from engine.projections.listings import LISTINGS, Listings
from engine.projections.tenants import TENANTS, Tenant
from engine.reactors.dnsbl_watch import dnsbl_watch
from engine.rules.dnsbl_catalogue import DEFAULT, PSBL, ZEN
from engine.values.verdict import Answer
from tests.support.samples import answered, looked, registered
from tests.support.spec import IP, ReactorSpec
from tests.unit.test_bot_commands import ACME, ACME_CHAT, ALL_CHAT, KNOWN, OPERATOR, RIVAL, Fleet

HIT = Answer("listed", codes=("127.0.0.2",))
OTHER = IpAddr("203.0.113.99")


def view(*given: object, ip: IpAddr = IP, tenant: TenantId = ACME) -> Listings:
    found = ReactorSpec(dnsbl_watch(DEFAULT)).view([registered(ip=ip), *given])
    return replace(found, tenant=tenant)


@pytest.fixture
async def fleet() -> Fleet:
    made = Fleet()
    await made.has(LISTINGS, f"{ACME}/{IP}", view(looked(), answered({PSBL: HIT})))
    await made.has(LISTINGS, f"{RIVAL}/{OTHER}", view(looked(ZEN), ip=OTHER, tenant=RIVAL))
    return made


class Handler:
    def __init__(self, refuses: str = "") -> None:
        self.asked: list[tuple[Command, TenantId, Actor]] = []
        self.refuses = refuses

    async def __call__(self, command: Command, tenant: TenantId, actor: Actor) -> str:
        self.asked.append((command, tenant, actor))
        return self.refuses


async def say(fleet: Fleet, text: str, chat: int = ACME_CHAT, orders: Orders | None = None) -> str:
    taken = orders or Handler()
    said = await answer(text, chat, OPERATOR, fleet.models, KNOWN, taken)
    assert said is not None
    return said


async def test_a_chat_hears_which_of_its_addresses_are_listed(fleet: Fleet) -> None:
    said = await say(fleet, "/blacklists")
    assert "1 of 1 addresses are listed" in said
    assert f"<code>{IP}</code> {PSBL}" in said
    assert OTHER not in said
    assert OTHER in await say(fleet, "/blacklists", ALL_CHAT)


async def test_one_address_is_told_list_by_list(fleet: Fleet) -> None:
    said = await say(fleet, f"/blacklists {IP}")
    assert f"{PSBL}: listed 127.0.0.2" in said
    assert f"{ZEN}: clean" in said
    assert await say(fleet, f"/blacklists {OTHER}") == f"There is no {OTHER} here."
    assert (await say(fleet, "/blacklists nonsense")).startswith("Usage:")


async def test_a_chat_that_sees_everybody_is_told_of_anybodys_address(fleet: Fleet) -> None:
    for slug in (ACME, RIVAL):
        await fleet.has(TENANTS, slug, Tenant(slug=slug, name=slug))
    assert f"{ZEN}: listed 127.0.0.2" in await say(fleet, f"/blacklists {OTHER}", ALL_CHAT)


async def test_a_fleet_that_nobody_lists_is_told_so(fleet: Fleet) -> None:
    await fleet.has(LISTINGS, f"{ACME}/{IP}", view(looked()))
    assert (await say(fleet, "/blacklists")).startswith("No list names any of 1 addresses")


async def test_a_look_is_ordered_by_the_person_for_the_addresss_tenant(fleet: Fleet) -> None:
    orders = Handler()
    said = await say(fleet, f"/check {IP}", orders=orders)
    assert f"/blacklists {IP}" in said
    ((command, tenant, actor),) = orders.asked
    assert command == CheckLists(ip=IP, after=Position(3))
    assert (tenant, actor) == (ACME, f"telegram:{OPERATOR}")


async def test_nobody_orders_a_look_at_what_the_chat_does_not_see(fleet: Fleet) -> None:
    orders = Handler()
    assert await say(fleet, f"/check {OTHER}", orders=orders) == f"There is no {OTHER} here."
    assert (await say(fleet, "/check", orders=orders)).startswith("Usage:")
    assert (await say(fleet, "/check 1.2.3", orders=orders)).startswith("Usage:")
    assert orders.asked == []


async def test_a_refused_order_says_why(fleet: Fleet) -> None:
    said = await say(fleet, f"/check {IP}", orders=Handler("the log is away; ask <again>"))
    assert said == "Refused: the log is away; ask &lt;again&gt;"
