"""A day of the largest fleet that the engine promises to carry fits into the budget of events.

What a small fleet writes in a day is counted, and multiplied by how many there are of whom each
event concerns: addresses, tenants, nodes, or the engine alone.
"""

import asyncio
from collections import Counter
from datetime import timedelta

from engine.commands.ip import RegisterIp, RequestWarmup
from engine.events import Event, Recorded
from engine.events.dnsbl import DnsblLooked
from engine.events.node import NodeLooked
from engine.events.zone import ZoneAsked
from engine.ids import IpAddr
from engine.rules.looking import EVENTS_A_DAY
from engine.rules.warmup import plans
from engine.values.traffic import Source
from engine.values.tuning import Tuning
from tests.support.accounting import HEADER, line
from tests.support.spec import ACME, DAY_1, NODE, PURPOSE, RIVAL
from tests.support.world import MAIN, World, virtually

IPS, TENANTS, NODES = 10_000, 100, 20
BUDGET = 400_000
LIVE = Tuning()
EVERY = timedelta(hours=1)  # nodes are looked at; what they say at each look is the same
TUNING = Tuning(
    node_look_every=EVERY,
    list_look_sooner=timedelta(hours=4),
    accounting={NODE: Source(directory="/var/log/pmta/moved")},
)
FLEET = {ACME: ("203.0.113.7", "203.0.113.8"), RIVAL: ("203.0.113.9", "203.0.113.10")}
DAILY = plans.own([1_000, 1_500, 2_000, 3_000], 1, active_per_day=4_000)  # a step up each day
DAY = timedelta(days=1)
BEFORE = timedelta(hours=2)


async def a_day() -> list[Recorded[Event]]:
    """With a file of accounting every five minutes, and mail of every address in it."""
    world = World(tuning=TUNING)
    await world.let("act")
    await world.register_node()
    for tenant, ips in FLEET.items():
        for number, ip in enumerate(map(IpAddr, ips)):
            name = f"mail{number}.{tenant}.example"
            world.lists.names[ip], world.lists.v4[name] = (name,), (ip,)
            world.mailwizz.add(MAIN, name)
            register = RegisterIp(ip=ip, node=NODE, purpose=PURPOSE, instance=MAIN, warmup="manual")
            await world.ask(register, tenant)
            await world.ask(RequestWarmup(ip=ip, plan=DAILY), tenant)
    mail = asyncio.ensure_future(sent(world))
    await world.run(DAY_1 + BEFORE + DAY)
    mail.cancel()
    return [one for one in world.log_story if one.at >= DAY_1 + BEFORE]


async def sent(world: World) -> None:
    while True:
        now = world.clock.now()
        at = f"{now:%Y-%m-%d %H:%M:%S}+0000"
        rows = [
            line(at=at, vmta=f"{tenant}--{ip.replace('.', '-')}", source=ip)
            for tenant, ips in FLEET.items()
            for ip in ips
        ]
        world.files.files = {f"acct-{now:%Y-%m-%dT%H%M}.csv": (HEADER + "".join(rows)).encode()}
        await asyncio.sleep(LIVE.accounting_every.total_seconds())


def of_the_largest(one: Recorded[Event]) -> int:
    """As many there are of it in a day of the largest fleet."""
    if isinstance(one.event, NodeLooked):
        return NODES * (EVERY // LIVE.node_look_every)
    if isinstance(one.event, ZoneAsked):
        return 6  # rounds are on a grid of ten minutes, and this fleet has few of them
    if hasattr(one.event, "ip"):
        return IPS // sum(map(len, FLEET.values()))
    return TENANTS // len(FLEET) if one.tenant else NODES


def test_a_day_of_the_largest_fleet_stays_under_the_budget() -> None:
    story = virtually(a_day)
    kinds: Counter[type[Event]] = Counter()
    for one in story:
        kinds[type(one.event)] += of_the_largest(one)
    looks = kinds.pop(DnsblLooked)
    assert looks == 6 * IPS, "one event holds the answers of all zones"
    assert sum(kinds.values()) + max(looks, EVENTS_A_DAY) < BUDGET, kinds
