"""Events as they happen to one address, for given lists."""

from datetime import date, datetime

from engine.events.dns import FcrdnsLooked
from engine.events.dnsbl import DnsblLooked
from engine.events.ip import (
    IpRegistered,
    IpRested,
    IpStopped,
    MonitoringBegan,
    RetirementBegan,
    StageEntered,
    WarmupFinished,
)
from engine.events.ip_listing import ListingNoted
from engine.events.rollout import RolloutEnded
from engine.ids import IpAddr, Position, Zone
from engine.rules import ladder
from engine.rules.dnsbl_catalogue import CATALOGUE_VERSION, DEFAULT
from engine.values.evidence import Days, Evidence
from engine.values.levers import STOPPED, Levers
from engine.values.phase import HowToRetire, WarmupMode, WhyRested
from engine.values.verdict import Answer, WhyNoted
from tests.support.spec import DAY_1, GUARDS, HOSTNAME, IP, NODE, ZEN, vmta

DAYS = Days(first=date(2026, 1, 5), counted=7, needed=4)


def registered(
    warmup: WarmupMode = "auto", hostname: str = HOSTNAME, ip: IpAddr = IP, day_tz: str = "UTC"
) -> IpRegistered:
    made = vmta(STOPPED, hostname=hostname)
    return IpRegistered(ip=ip, node=NODE, vmta=made, warmup=warmup, day_tz=day_tz)


def stage(n: int, ip: IpAddr = IP, evidence: Evidence | None = None) -> StageEntered:
    why: Evidence = GUARDS if n == 1 else DAYS
    levers = ladder.levers(n)
    return StageEntered(ip=ip, node=NODE, stage=n, vmta=vmta(levers), evidence=evidence or why)


def finished() -> WarmupFinished:
    return WarmupFinished(ip=IP, node=NODE, vmta=vmta(ladder.active()), evidence=DAYS)


def stopped(*zones: Zone, at: datetime = DAY_1, earlier: int = 0, ip: IpAddr = IP) -> IpStopped:
    named: dict[Zone, tuple[str, ...]] = {zone: ("127.0.0.2",) for zone in zones or (ZEN,)}
    return IpStopped(
        ip=ip,
        node=NODE,
        vmta=vmta(STOPPED),
        zones=named,
        looked=Position(9),
        at=at,
        earlier=earlier,
    )


def retiring(how: HowToRetire, levers: Levers) -> RetirementBegan:
    return RetirementBegan(ip=IP, node=NODE, vmta=vmta(levers), how=how)


def rested(why: WhyRested = "limit") -> IpRested:
    return IpRested(ip=IP, node=NODE, vmta=vmta(STOPPED), why=why)


def monitored() -> MonitoringBegan:
    return MonitoringBegan(ip=IP, node=NODE, vmta=vmta(STOPPED), why="rested")


def looked(*listed: Zone, ip: IpAddr = IP, **others: str) -> DnsblLooked:
    """All lists answered, and named the address where said."""
    answers = {zone: Answer("clean") for zone in DEFAULT}
    answers |= {zone: Answer("listed", codes=("127.0.0.2",)) for zone in listed}
    return DnsblLooked(ip=ip, round="r", answers=answers, catalogue=CATALOGUE_VERSION)


def answered(answers: dict[Zone, Answer], ip: IpAddr = IP) -> DnsblLooked:
    return DnsblLooked(ip=ip, round="r", answers=answers, catalogue=CATALOGUE_VERSION)


def gone(*zones: Zone, ip: IpAddr = IP) -> DnsblLooked:
    """Lists that have been dead for a week, and named the address before."""
    answers = dict.fromkeys(zones, Answer("unanswered", proof="unproved"))
    return DnsblLooked(
        ip=ip, round="r", answers=answers, catalogue=CATALOGUE_VERSION, gone=tuple(sorted(zones))
    )


def pointed(*names: str) -> FcrdnsLooked:
    return FcrdnsLooked(ip=IP, names=names, confirmed=names)


def told(levers: Levers, ip: IpAddr = IP) -> RolloutEnded:
    return RolloutEnded(node=NODE, ending="done", changed={ip: levers})


def noted(why: WhyNoted, *zones: Zone, ip: IpAddr = IP) -> ListingNoted:
    named: dict[Zone, tuple[str, ...]] = {zone: ("127.0.0.2",) for zone in zones or (ZEN,)}
    return ListingNoted(ip=ip, zones=named, why=why, looked=Position(9))
