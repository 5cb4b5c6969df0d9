"""What every MailWizz behind the port does, simulated or real."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType
from typing import Protocol

import pytest
from msgspec.structs import replace

from engine.adapters.mailwizz import MailwizzSql
from engine.demo.mailwizz import DemoMailwizz
from engine.effects import FindServer
from engine.events.mailwizz import MailwizzLooked
from engine.events.server import ServerClaimed
from engine.ids import EventId, InstanceId, IpAddr, Position, ServerId, TenantId
from engine.ports import Mailwizz, MailwizzRefused
from engine.projections import PROJECTIONS
from engine.rules import midnights
from engine.runtime.command_handler import CommandHandler
from engine.runtime.perform.server import Servers
from engine.runtime.views import Views
from engine.store.memory import MemoryLog
from engine.values.server import ServerRow, ServerWish
from tests.support.api_world import StandingClock
from tests.support.mailwizz_schema import Installation
from tests.support.mariadb import MariaDb
from tests.support.spec import ACME, IP, OTHER, RIVAL, record

MAIN = InstanceId("main")
ON_500 = ServerWish(on=True, daily=500)
OFF = ServerWish(on=False, daily=None)


class Adds(Protocol):
    def __call__(
        self,
        hostname: str,
        *,
        status: str = "active",
        daily: int = 0,
        hourly: int = 0,
        own_plan: bool = False,
    ) -> ServerId: ...


class House:
    """A MailWizz and the hand of the operator who makes its rows."""

    def __init__(self, port: Mailwizz, add: Adds) -> None:
        self.port = port
        self.add = add

    async def tell(self, server: ServerId, wish: ServerWish, *, ours: bool = False) -> ServerRow:
        return await self.port.tell(MAIN, server, wish, ours=ours)

    async def row(self, server: ServerId) -> ServerRow:
        found = await self.port.row(MAIN, server)
        assert found is not None
        return found


@pytest.fixture(params=["demo", pytest.param("mariadb", marks=pytest.mark.real)])
async def house(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    if request.param == "demo":
        demo = DemoMailwizz(MAIN)

        def add(hostname: str, **columns: object) -> ServerId:
            return demo.add(MAIN, hostname, **columns)  # type: ignore[arg-type]

        yield House(demo, add)
        return
    server: MariaDb = request.getfixturevalue("mariadb")
    installed = Installation(server, "contract", "late")
    port = MailwizzSql({MAIN: installed.settings()})
    yield House(port, installed.add)
    await port.close()


async def test_rows_are_all_delivery_servers_in_the_order_of_their_numbers(house: House) -> None:
    first = house.add("mail1.acme.com", daily=50, hourly=10)
    second = house.add("mail2.acme.com", status="inactive", own_plan=True)
    assert await house.port.rows(MAIN) == (
        ServerRow(first, "mail1.acme.com", "active", 50, 10),
        ServerRow(second, "mail2.acme.com", "inactive", 0, 0, own_plan=True),
    )


async def test_an_installation_without_servers_has_no_rows(house: House) -> None:
    assert await house.port.rows(MAIN) == ()
    assert await house.port.row(MAIN, ServerId(7)) is None


async def test_hostnames_read_as_the_engine_writes_them(house: House) -> None:
    server = house.add(" Mail1.ACME.com. ")
    assert (await house.row(server)).hostname == "mail1.acme.com"


async def test_a_quota_is_written_with_its_hourly_share_and_read_back(house: House) -> None:
    server = house.add("mail1.acme.com")
    told = await house.tell(server, ON_500)
    assert (told.daily, told.hourly, told.status) == (500, 100, "active")
    assert await house.row(server) == told


async def test_only_the_server_that_is_meant_is_told(house: House) -> None:
    server, other = house.add("mail1.acme.com"), house.add("mail2.acme.com")
    before = await house.row(other)
    await house.tell(server, ServerWish(on=False, daily=50))
    assert await house.row(other) == before


async def test_telling_the_same_again_changes_nothing(house: House) -> None:
    server = house.add("mail1.acme.com")
    told = await house.tell(server, ON_500)
    assert await house.tell(server, ON_500) == told
    assert await house.tell(server, OFF) == await house.tell(server, OFF)


async def test_without_a_daily_quota_both_quotas_stay_as_they_are(house: House) -> None:
    server = house.add("mail1.acme.com", daily=40, hourly=7)
    told = await house.tell(server, ServerWish(on=True, daily=None))
    assert (told.daily, told.hourly) == (40, 7)


@pytest.mark.parametrize("status", ["active", "in-use"])
async def test_a_stop_switches_a_working_server_off(house: House, status: str) -> None:
    server = house.add("mail1.acme.com", status=status, daily=50, hourly=10)
    told = await house.tell(server, OFF)
    assert (told.status, told.daily, told.hourly) == ("disabled", 50, 10)


@pytest.mark.parametrize("status", ["inactive", "disabled", "hidden", "pending-delete", "frozen"])
async def test_a_server_that_is_off_already_keeps_its_status(house: House, status: str) -> None:
    server = house.add("mail1.acme.com", status=status)
    assert (await house.tell(server, OFF)).status == status


async def test_what_we_switched_off_is_switched_on_again_with_its_new_quota(house: House) -> None:
    server = house.add("mail1.acme.com", daily=5000)
    await house.tell(server, OFF)
    told = await house.tell(server, ServerWish(on=True, daily=50), ours=True)
    assert (told.status, told.daily, told.hourly) == ("active", 50, 10)


async def test_what_a_person_switched_off_stays_off_and_gets_its_quota(house: House) -> None:
    server = house.add("mail1.acme.com", status="disabled")
    told = await house.tell(server, ON_500)
    assert (told.status, told.daily) == ("disabled", 500)


@pytest.mark.parametrize("status", ["inactive", "hidden", "pending-delete"])
async def test_only_a_disabled_server_is_ever_switched_on(house: House, status: str) -> None:
    server = house.add("mail1.acme.com", status=status)
    assert (await house.tell(server, ON_500, ours=True)).status == status


@pytest.mark.parametrize("daily", [30, 500])
async def test_a_server_with_mailwizz_own_plan_is_refused_its_quota(
    house: House, daily: int
) -> None:
    """Even where the plan stands at our number today."""
    server = house.add("mail1.acme.com", status="disabled", daily=daily, hourly=100, own_plan=True)
    before = await house.row(server)
    with pytest.raises(MailwizzRefused, match="warm-up plan"):
        await house.tell(server, ON_500, ours=True)
    assert await house.row(server) == before


async def test_a_server_with_mailwizz_own_plan_can_still_be_stopped(house: House) -> None:
    server = house.add("mail1.acme.com", daily=30, own_plan=True)
    told = await house.tell(server, ServerWish(on=False, daily=50))
    assert (told.status, told.daily, told.own_plan) == ("disabled", 30, True)


@pytest.mark.parametrize("daily", [0, -1])
async def test_a_quota_below_one_is_never_written(house: House, daily: int) -> None:
    server = house.add("mail1.acme.com", daily=50, hourly=10)
    with pytest.raises(MailwizzRefused, match="unlimited"):
        await house.tell(server, ServerWish(on=True, daily=daily))
    told = await house.tell(server, ServerWish(on=False, daily=daily))
    assert (told.status, told.daily, told.hourly) == ("disabled", 50, 10)


async def test_a_server_that_is_not_there_is_refused_by_its_number(house: House) -> None:
    house.add("mail1.acme.com")
    with pytest.raises(MailwizzRefused, match="no delivery server 99"):
        await house.tell(ServerId(99), OFF)


async def test_an_instance_nobody_configured_is_refused_by_name(house: House) -> None:
    with pytest.raises(MailwizzRefused, match="elsewhere"):
        await house.port.rows(InstanceId("elsewhere"))


async def test_it_tells_how_far_its_database_is_from_utc(house: House) -> None:
    """By that clock it counts a day's quota."""
    assert midnights.is_offset(await house.port.clock(MAIN))


# --- whose a row is -------------------------------------------------------------------------------


def find(
    ip: IpAddr, hostname: str, server: ServerId | None = None, tenant: TenantId = ACME
) -> FindServer:
    return FindServer(
        tenant=tenant, ip=ip, instance=MAIN, hostname=hostname, server_id=server, cycle=Position(0)
    )


async def looked(
    house: House, *asked: FindServer, held: Mapping[IpAddr, ServerId] = MappingProxyType({})
) -> dict[TenantId | None, MailwizzLooked]:
    """What each tenant hears; the addresses in ``held`` are RIVAL's and have these servers."""
    log, views = MemoryLog(StandingClock()), Views(PROJECTIONS)
    ids = iter(EventId(f"00000000-0000-7000-8000-{n:012x}") for n in range(1, 100))
    for n, (ip, server) in enumerate(held.items(), start=1):
        claimed = ServerClaimed(ip=ip, instance=MAIN, server_id=server)
        list(views.fold(replace(record(n, claimed), tenant=RIVAL)))
    handler = CommandHandler(log=log, clock=StandingClock(), ids=ids.__next__)
    servers = Servers(mailwizz=house.port, handler=handler, views=views, log=log, ids=ids.__next__)
    await asyncio.gather(*map(servers.find, asked))
    story = await log.read_from(Position(0), 100)
    return {one.tenant: one.event for one in story if isinstance(one.event, MailwizzLooked)}


async def test_the_one_row_with_an_addresss_hostname_is_found_and_of_several_none(
    house: House,
) -> None:
    row = await house.row(house.add("Mail1.acme.com"))
    house.add("mail2.acme.com")
    house.add("mail2.acme.com")
    found = await looked(house, find(IP, "mail1.ACME.com"), find(OTHER, "mail2.acme.com"))
    assert (found[ACME].rows, found[ACME].several) == ({IP: row}, (OTHER,))


async def test_a_row_named_by_hand_is_found_by_its_number_whatever_its_hostname(
    house: House,
) -> None:
    mine = await house.row(house.add("pool.acme.com"))
    house.add("mail1.acme.com")
    found = (await looked(house, find(IP, "mail1.acme.com", mine.server_id)))[ACME]
    assert (found.rows, found.gone) == ({IP: mine}, ())
    gone = (await looked(house, find(IP, "mail1.acme.com", ServerId(99))))[ACME]
    assert (gone.rows, gone.gone) == ({}, (IP,))


async def test_a_row_that_another_tenants_address_has_is_no_match_and_is_not_shown(
    house: House,
) -> None:
    server = house.add("mail1.acme.com")
    held = {OTHER: server}
    found = await looked(house, find(IP, "mail1.acme.com"), held=held)
    assert (found[ACME].rows, found[ACME].taken) == ({}, (IP,))
    owner = find(OTHER, "mail1.acme.com", server, RIVAL)
    theirs = await looked(house, find(IP, "mail1.acme.com"), owner, held=held)
    assert theirs[ACME].rows == {}
    assert [row.server_id for row in theirs[RIVAL].rows.values()] == [server]
