"""A believable fleet: who there is, and the day on which it was registered."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from msgspec import Raw

from engine.events import Event
from engine.events.authority import AuthoritySet
from engine.events.command import CommandCompleted
from engine.events.engine import EngineLed
from engine.events.host import HostRegistered
from engine.events.ip import IpRegistered
from engine.events.server import ServerClaimed
from engine.events.tenant import TenantCreated
from engine.ids import Actor, CommandId, EngineId, InstanceId, IpAddr, NodeId, ServerId, TenantId
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.values.levers import STOPPED, Levers
from engine.values.vmta import Vmta

ZONES = tuple(DEFAULT)
ENGINE, MAIN = Actor("engine"), InstanceId("main")


class Size(NamedTuple):
    """The largest fleet that the design promises to carry."""

    ips: int = 10_000
    tenants: int = 100
    nodes: int = 20


LARGEST = Size()


class Happened(NamedTuple):
    at: datetime
    stream: str
    tenant: TenantId | None
    event: Event
    actor: Actor = ENGINE


class Ip(NamedTuple):
    ip: IpAddr
    tenant: TenantId
    node: NodeId
    number: int

    @property
    def hostname(self) -> str:
        return f"mail{self.number}.{self.tenant}.example"

    @property
    def server(self) -> ServerId:
        return ServerId(self.number + 1)

    def vmta(self, levers: Levers) -> Vmta:
        return Vmta("marketing", self.hostname, levers)


class Fleet(NamedTuple):
    nodes: list[NodeId]
    tenants: dict[TenantId, list[Ip]]  # a tenant has one node
    ips: list[Ip]


def fleet(size: Size) -> Fleet:
    ips = [_ip(n, size) for n in range(size.ips)]
    tenants: dict[TenantId, list[Ip]] = {}
    for one in ips:
        tenants.setdefault(one.tenant, []).append(one)
    return Fleet([NodeId(f"pmta-{n}") for n in range(size.nodes)], tenants, ips)


def _ip(n: int, size: Size) -> Ip:
    tenant = TenantId(f"tenant-{n % size.tenants}")
    node = NodeId(f"pmta-{n % size.tenants % size.nodes}")
    address = f"100.{64 + n // 65536}.{n // 256 % 256}.{n % 256}"
    return Ip(IpAddr(address), tenant, node, n)


def first_day(known: Fleet, at: datetime) -> Iterator[Happened]:
    led = EngineLed(engine=EngineId("main"), epoch=1, version="0.1.0")
    yield Happened(at, "engine-main", None, led)
    yield _acts("engine", at)
    for node in known.nodes:
        yield Happened(at, f"host-{node}", None, _host(node))
        yield _acts(f"node-{node}", at)
    for tenant in known.tenants:
        yield Happened(at, f"tenant-{tenant}", tenant, _tenant(tenant))
        yield _acts(f"tenant-{tenant}", at)
    for one in known.ips:
        yield from _registered(one, at)
        yield asked(one.tenant, at, f"register-{one.ip}")


def asked(tenant: TenantId, at: datetime, name: str) -> Happened:
    """Somebody wanted something of this tenant's."""
    request = CommandId(sha256(name.encode()).hexdigest()[:32])
    done = CommandCompleted(
        request=request,
        commands=Raw(b'[{"type":"ip.request_warmup","ip":"100.64.0.1"}]'),
        actor=Actor(f"key:{tenant}"),
        outcome="accepted",
    )
    return Happened(at, f"command-{request}", tenant, done, done.actor)


def _acts(over: str, at: datetime) -> Happened:
    return Happened(
        at, f"authority-{over}", None, AuthoritySet(over=over, mode="act", why="first start")
    )


def _host(node: NodeId) -> HostRegistered:
    return HostRegistered(
        node=node,
        host=f"{node}.example",
        port=22,
        user="email-engine",
        host_key="ssh-ed25519 AAAAC3Nz",
        config_dir="/etc/pmta",
        pmta="/usr/sbin/pmta",
    )


def _tenant(slug: TenantId) -> TenantCreated:
    return TenantCreated(
        slug=slug,
        name=slug.title(),
        brand_domain=f"{slug}.example",
        sending_domain_base=f"mail.{slug}.example",
        day_tz="UTC",
        mailwizz=MAIN,
    )


def _registered(one: Ip, at: datetime) -> Sequence[Happened]:
    made = IpRegistered(
        ip=one.ip,
        node=one.node,
        vmta=Vmta("marketing", "", STOPPED),
        warmup="auto",
        day_tz="UTC",
        instance=MAIN,
    )
    claimed = ServerClaimed(ip=one.ip, instance=MAIN, server_id=one.server)
    return (
        Happened(at, f"ip-{one.ip}", one.tenant, made),
        Happened(at, f"server-{one.ip}", one.tenant, claimed),
    )
