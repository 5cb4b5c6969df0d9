"""One event of every kind, for the golden files and for tests that want them all."""

from datetime import UTC, date, datetime

from msgspec import Raw

from engine.events import Event
from engine.events.alert import AlertAcknowledged, AlertFired, AlertTellingFailed, AlertTold
from engine.events.authority import AuthoritySet
from engine.events.command import CommandCompleted
from engine.events.dns import FcrdnsLooked
from engine.events.dnsbl import DnsblLooked
from engine.events.domain import (
    DomainChanged,
    DomainCheckAsked,
    DomainRegistered,
    DomainRemoved,
)
from engine.events.effect import EffectRefused, EffectStuck, EffectWithheld
from engine.events.engine import EngineLed, ResolverChecked
from engine.events.host import HostRegistered
from engine.events.ip import (
    IpQuarantined,
    IpRegistered,
    IpRested,
    IpStopped,
    MonitoringBegan,
    RemedyRecorded,
    RetirementBegan,
    RetirementStepped,
    StageEntered,
    WarmupFinished,
    WarmupRequested,
)
from engine.events.ip_cap import CapLimited
from engine.events.ip_listing import (
    AcknowledgementEnded,
    ListingAcknowledged,
    ListingCleared,
    ListingNoted,
    ListsCheckAsked,
    StopReleased,
    SuspicionLifted,
)
from engine.events.ip_warmup import (
    StageSkipped,
    WarmupHeld,
    WarmupPaused,
    WarmupResumed,
    WarmupSteppedBack,
)
from engine.events.key import KeyIssued, KeyRevoked
from engine.events.mailwizz import MailwizzLooked
from engine.events.node import NodeLooked, PauseFailed, QueuesPaused, QueuesResumed, ResumeFailed
from engine.events.rollout import (
    ConflictEnded,
    RolloutEnded,
    RolloutPlanned,
    RolloutTorn,
    RolloutUnknown,
    VersionCommitted,
)
from engine.events.server import (
    ServerClaimed,
    ServerFailed,
    ServerPlanned,
    ServerTold,
    ServerUnknown,
)
from engine.events.tenant import (
    OverlaySet,
    PoolExhausted,
    PoolRefilled,
    ReviewBegan,
    ReviewEnded,
    TenantChanged,
    TenantCreated,
    ZoneActionsSet,
)
from engine.events.traffic import FileRead, FilesLooked, TrafficCounted
from engine.events.zone import SuspicionEnded, ZoneAsked, ZoneHealthChanged, ZoneSuspected
from engine.ids import (
    Actor,
    AlertId,
    CommandId,
    EffectKey,
    EngineId,
    InstanceId,
    IpAddr,
    KeyId,
    NodeId,
    Position,
    ServerId,
    TenantId,
    Zone,
)
from engine.values.evidence import Days, Guards
from engine.values.levers import STOPPED, Levers, PerDay
from engine.values.overlay import Chosen, Key, Quota
from engine.values.phase import Phase
from engine.values.results import Rate, Results
from engine.values.server import ServerRow, ServerWish
from engine.values.target import Target
from engine.values.traffic import Counts, Said
from engine.values.verdict import Answer
from engine.values.vmta import Vmta
from tests.support.domain_samples import DOMAIN, DROPPED, SETUP, VALIDATED

IP, NODE, ZEN = IpAddr("203.0.113.7"), NodeId("pmta-1"), Zone("zen.spamhaus.org")
ACME, MAIN, ALERT = TenantId("acme"), InstanceId("main"), AlertId("acme/ip_listed/203.0.113.7#1")
KEY = EffectKey("rollout.deploy/pmta-1/acme/7/1")
AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
CLOSED = Vmta("marketing", "mail1.acme.example", STOPPED)
OPEN = Vmta("marketing", "mail1.acme.example", Levers("open", PerDay(50)))
GUARDS = Guards(
    hostname="mail1.acme.example",
    fcrdns=Position(4),
    lists=Position(5),
    proved=(ZEN,),
    unproved=(Zone("dnsbl.sorbs.net"),),
    rules=1,
)
RESULTS = Results(
    kind="step_back",
    rates=(
        Rate(
            provider="yahoo",
            signal="bounce",
            count=29,
            of=350,
            threshold=0.05,
            chance=0.0075,
            low=0.0523,
            high=0.1242,
            means="step_back",
        ),
    ),
    first=date(2026, 1, 5),
    last=date(2026, 1, 11),
    alpha=0.01,
    rules=1,
)
DAYS = Days(first=date(2026, 1, 5), counted=7, needed=4, rules=1)
ROW = ServerRow(ServerId(3), "mail1.acme.example", "active", 50, 10)
ON, OFF = ServerWish(on=True, daily=50), ServerWish(on=False, daily=None)
CYCLE = Position(7)

SAMPLES: tuple[Event, ...] = (
    AlertFired(alert=ALERT, severity="critical"),
    AlertTold(alert=ALERT, text="ab" * 32, messages={"-100200": 17}),
    AlertTellingFailed(alert=ALERT, messages={"-100200": 17}, why="-100300: bot was blocked"),
    AlertAcknowledged(alert=ALERT),
    AuthoritySet(over="tenant-acme", mode="act", why="created with authority act"),
    CommandCompleted(
        request=CommandId("c-1"),
        commands=Raw(b'[{"type":"ip.request_warmup","ip":"203.0.113.7"}]'),
        actor=Actor("key:4k2"),
        outcome="rejected",
        why="not found",
        code="not_found",
    ),
    FcrdnsLooked(ip=IP, names=("mail1.acme.example",), confirmed=("mail1.acme.example",)),
    DnsblLooked(
        ip=IP,
        round="r-1",
        answers={
            ZEN: Answer("listed", codes=("127.0.0.2",)),
            Zone("dnsbl.sorbs.net"): Answer("unanswered", proof="unproved"),
        },
        catalogue=1,
    ),
    VALIDATED,
    DROPPED,
    DomainRegistered(domain=DOMAIN, setup=SETUP),
    DomainChanged(domain=DOMAIN, setup=SETUP),
    DomainCheckAsked(domain=DOMAIN, after=Position(9)),
    DomainRemoved(domain=DOMAIN),
    EffectWithheld(key=KEY, effect="rollout.deploy", why="node-pmta-1"),
    EffectRefused(
        key=KEY, effect="rollout.deploy", target=Target("node", NODE), why="a rollout is open"
    ),
    EffectStuck(key=KEY, effect="rollout.deploy"),
    EngineLed(engine=EngineId("main"), epoch=3, version="0.1.0"),
    HostRegistered(
        node=NODE,
        host="10.0.0.5",
        port=22,
        user="email-engine",
        host_key="ssh-ed25519 AAAAC3Nz",
        config_dir="/etc/pmta",
        pmta="/usr/sbin/pmta",
    ),
    IpRegistered(ip=IP, node=NODE, vmta=CLOSED, warmup="auto", day_tz="UTC", instance=MAIN),
    WarmupRequested(ip=IP),
    StageEntered(ip=IP, node=NODE, stage=1, vmta=OPEN, evidence=GUARDS),
    WarmupFinished(ip=IP, node=NODE, vmta=OPEN, evidence=DAYS),
    WarmupHeld(ip=IP, by="person", reason="a new list of recipients"),
    WarmupPaused(ip=IP, node=NODE, vmta=CLOSED, results=RESULTS),
    WarmupResumed(ip=IP, node=NODE, vmta=OPEN, by="person", reason="the list was cleaned"),
    WarmupSteppedBack(ip=IP, node=NODE, stage=1, vmta=OPEN, by="results", results=RESULTS),
    CapLimited(ip=IP, node=NODE, vmta=OPEN, limit=50, quota=80, wanted=250),
    StageSkipped(
        ip=IP, node=NODE, stage=2, vmta=OPEN, reason="it was warm elsewhere", evidence=GUARDS
    ),
    IpStopped(
        ip=IP,
        node=NODE,
        vmta=CLOSED,
        zones={ZEN: ("127.0.0.2",)},
        looked=Position(9),
        at=AT,
        earlier=0,
    ),
    RemedyRecorded(ip=IP, cause="an old list", remedy="removed it"),
    RetirementBegan(ip=IP, node=NODE, vmta=OPEN, how="steps"),
    RetirementStepped(ip=IP, node=NODE, vmta=OPEN, step=1),
    IpRested(ip=IP, node=NODE, vmta=CLOSED, why="limit"),
    MonitoringBegan(ip=IP, node=NODE, vmta=CLOSED, why="released", reason="cleaned"),
    IpQuarantined(ip=IP, node=NODE, vmta=CLOSED, reason="leaked password"),
    KeyIssued(key=KeyId("4k2"), digest="cd" * 32, scopes=("read", "operate"), owner=ACME),
    KeyRevoked(key=KeyId("4k2"), why="lost"),
    MailwizzLooked(instance=MAIN, ips=(IP,), rows={IP: ROW}),
    QueuesPaused(node=NODE, ip=IP, cycle=CYCLE),
    PauseFailed(node=NODE, ip=IP, cycle=CYCLE, why="no answer in time"),
    QueuesResumed(node=NODE, ip=IP, cycle=CYCLE),
    ResumeFailed(node=NODE, ip=IP, cycle=CYCLE, why="no answer in time"),
    NodeLooked(node=NODE, paused=("acme--203-0-113-7",), started="2026-01-01 00:00:00"),
    RolloutPlanned(node=NODE, vmtas={IP: OPEN}, digest="ef" * 32, before=""),
    RolloutUnknown(node=NODE, attempt=1, why="connection lost"),
    RolloutTorn(node=NODE, found="ef" * 32, why="PowerMTA runs something else"),
    RolloutEnded(node=NODE, ending="done", changed={IP: OPEN.levers}),
    ConflictEnded(node=NODE, end="overwrite", found="ab" * 32, reason="edited by mistake"),
    VersionCommitted(node=NODE, version=1, commit="cd" * 20),
    ServerClaimed(ip=IP, instance=MAIN, server_id=ServerId(3)),
    ServerPlanned(ip=IP, wish=ON),
    ServerTold(ip=IP, wish=ON, row=ROW),
    ServerFailed(ip=IP, why="no such row"),
    ServerUnknown(ip=IP, attempt=1, why="connection lost"),
    TenantCreated(
        slug=ACME,
        name="Acme",
        brand_domain="acme.example",
        sending_domain_base="mail.acme.example",
        day_tz="UTC",
        mailwizz=MAIN,
    ),
    TenantChanged(
        slug=ACME,
        name="Acme Ltd",
        brand_domain="acme.example",
        sending_domain_base="mail.acme.example",
        mailwizz=MAIN,
    ),
    FileRead(
        node=NODE,
        file="acct-2026-01-05-0001.csv",
        start=0,
        end=4_096,
        size=4_100,
        head="1024:00112233445566aa",
        columns=("type", "timeLogged", "rcpt"),
        rows=12,
        deleted=1,
        unreadable=2,
    ),
    FilesLooked(
        node=NODE, files=3, behind=10, removed=("acct-2026-01-01-0001.csv",), gone=("old.csv",)
    ),
    TrafficCounted(
        node=NODE,
        file="acct-2026-01-05-0001.csv",
        end=4_096,
        day_tz="UTC",
        hours={AT: {IP: {"gmail": Counts(delivered=9, deferred=1, hard=1, block=1)}}},
        jobs={IP: {"campaign-7": Counts(delivered=9, deferred=1, hard=1, block=1)}},
        causes={IP: {"gmail": {"rate": 1}}},
        said=(
            Said(
                ip=IP,
                kind="named",
                by="zen.spamhaus.org",
                receiver="example.com",
                times=1,
                text="smtp;554 5.7.1 Client host [203.0.113.7] blocked using zen.spamhaus.org",
            ),
        ),
    ),
    ZoneHealthChanged(zone=ZEN, health="dead", why="127.0.0.2 is not listed"),
    ResolverChecked(faults={"192.0.2.53:53": ("it does not answer: is it running?",)}),
    ZoneAsked(zone=ZEN, round="1f", questions=507, clean=497, listed=2, unanswered=1, skipped=3),
    ZoneSuspected(zone=ZEN, round="1f", asked=59, hits=12, stopped={ACME: (IP,)}),
    SuspicionEnded(zone=ZEN, round="2f", asked=59, hits=0),
    OverlaySet(
        slug=ACME,
        version=1,
        virtual_mtas={
            IP: Chosen(
                "pmta-vmta0",
                "mail1.acme.example",
                Quota(50, "day"),
                Key("default", "acme.example", "/etc/pmta/keys/acme.pem"),
            )
        },
        drained=(IpAddr("203.0.113.9"),),
        nodes={IP: NODE, IpAddr("203.0.113.9"): NODE},
    ),
    ZoneActionsSet(slug=ACME, actions={ZEN: "retire"}, ips=(IP,)),
    PoolExhausted(slug=ACME, purpose="marketing"),
    PoolRefilled(slug=ACME, purpose="marketing"),
    ReviewBegan(slug=ACME, why="listings", ips=(IP,), addresses=(IP,)),
    ReviewEnded(slug=ACME, reason="the list was cleaned", addresses=(IP,)),
    ListingNoted(ip=IP, zones={ZEN: ("127.0.0.10",)}, why="not_sending", looked=CYCLE),
    ListingCleared(ip=IP, zones=(ZEN,), looked=CYCLE),
    ListingAcknowledged(ip=IP, zone=ZEN, until=AT, reason="a rented range; moved next week"),
    AcknowledgementEnded(ip=IP, zone=ZEN, why="over"),
    SuspicionLifted(ip=IP, zone=ZEN, reason="the list is right"),
    StopReleased(
        ip=IP,
        node=NODE,
        vmta=OPEN,
        phase=Phase.WARMING,
        stage=2,
        zones=(ZEN,),
        reason="the list has trouble of its own",
    ),
    ListsCheckAsked(ip=IP, zones=(ZEN,), after=CYCLE),
)
