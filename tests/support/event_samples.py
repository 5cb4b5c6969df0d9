"""One event of every kind, for the golden files and for tests that want them all."""

from datetime import UTC, date, datetime, time

from msgspec import Raw

from engine.events import Event
from engine.events.alert import (
    AlertAcknowledged,
    AlertFired,
    AlertResolved,
    AlertSilenced,
    AlertTellingFailed,
    AlertTold,
)
from engine.events.authority import AuthoritySet
from engine.events.chat import ChatFound, ChatLost, ChatRemoved, ChatRouted
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
from engine.events.engine import (
    ApiErrorsSeen,
    ClockStepped,
    DiskSeen,
    EngineLed,
    LoginsLooked,
    ResolverChecked,
)
from engine.events.host import HostRegistered, HostShown, NodeFileWanted
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
from engine.events.ip_cap import CapLimited, RaiseWaits
from engine.events.ip_limiter import LimiterEnded, LimiterPaused
from engine.events.ip_listing import (
    AcknowledgementEnded,
    ListingAcknowledged,
    ListingCleared,
    ListingNoted,
    ListsCheckAsked,
    StopReleased,
    SuspicionLifted,
)
from engine.events.ip_pause import IpPaused, PauseEnded
from engine.events.ip_removal import IpRemoved, IpWithdrawn, RemovalAsked
from engine.events.ip_suspension import IpSuspended, SuspensionEnded
from engine.events.ip_warmup import (
    RewarmBegan,
    StageSkipped,
    WarmupHeld,
    WarmupPaused,
    WarmupResumed,
    WarmupSteppedBack,
)
from engine.events.key import KeyEnds, KeyIssued, KeyRevoked
from engine.events.mailwizz import CampaignsCounted, MailwizzLooked
from engine.events.node import (
    JobPaused,
    JobPauseFailed,
    JobResumed,
    JobResumeFailed,
    NodeLooked,
    PauseFailed,
    QueuesPaused,
    QueuesResumed,
    QueuesSeen,
    ResumeFailed,
)
from engine.events.rollout import (
    ConflictEnded,
    RolloutApproved,
    RolloutBreached,
    RolloutEnded,
    RolloutPlanned,
    RolloutTorn,
    RolloutUnknown,
    RolloutWatched,
    VersionCommitted,
    WatchUnanswered,
)
from engine.events.server import (
    ServerClaimed,
    ServerFailed,
    ServerPlanned,
    ServerReleased,
    ServerTold,
    ServerUnknown,
)
from engine.events.tenant import (
    CapacityJudged,
    CapacitySet,
    OverlaySet,
    PoolExhausted,
    PoolRefilled,
    ReviewBegan,
    ReviewEnded,
    TenantChanged,
    TenantCreated,
    ZoneActionsSet,
)
from engine.events.tenant_jobs import JobPauseAsked, JobResumeAsked
from engine.events.tenant_suspension import TenantResumed, TenantSuspended
from engine.events.traffic import FileRead, FilesLooked, RateSeen, StopLeaked, TrafficCounted
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
from engine.values.alert import Quiet
from engine.values.campaign import Campaign
from engine.values.capacity import Planned, Short
from engine.values.clocks import Wait
from engine.values.evidence import Days, Guards
from engine.values.levers import STOPPED, Levers, PerDay
from engine.values.login import Login
from engine.values.node import Depth
from engine.values.node_file import NodeOwn, OwnAccounting
from engine.values.overlay import Chosen, Key, Quota
from engine.values.phase import Phase
from engine.values.results import Rate, Results
from engine.values.rollout import Evidence
from engine.values.server import ServerRow, ServerWish
from engine.values.target import Target
from engine.values.traffic import Counts, Said
from engine.values.verdict import Answer
from engine.values.vmta import Vmta
from tests.support.domain_samples import DOMAIN, DROPPED, SETUP, VALIDATED
from tests.support.key_samples import KEY_SAMPLES

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
    AlertSilenced(alert=ALERT, until=AT),
    AlertResolved(alert=ALERT),
    ChatLost(chat="-100300", why="-100300: bot was blocked by the user"),
    ChatFound(chat="-100300"),
    ChatRouted(chat="-100300", severity="warning", quiet=Quiet(time(22), time(7), "Europe/Paris")),
    ChatRemoved(chat="-100300"),
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
    HostShown(
        node=NODE,
        host="10.0.0.5",
        port=22,
        user="email-engine",
        host_key="ssh-ed25519 AAAAC3Nz",
        config_dir="/etc/pmta",
        pmta="/usr/sbin/pmta",
    ),
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
    RemovalAsked(ip=IP, reason="given back"),
    IpWithdrawn(ip=IP, node=NODE, vmta=CLOSED),
    IpRemoved(ip=IP, node=NODE, forced=True, left=12, reason="the host is gone", listings=(AT,)),
    IpSuspended(ip=IP, node=NODE, vmta=CLOSED, reason="an unpaid invoice"),
    SuspensionEnded(ip=IP, node=NODE, vmta=OPEN, phase=Phase.WARMING, stage=1),
    IpPaused(ip=IP, node=NODE, vmta=CLOSED, reason="the list is being cleaned"),
    PauseEnded(ip=IP, node=NODE, vmta=OPEN, phase=Phase.WARMING, stage=1, reason="it is clean"),
    TenantSuspended(slug=ACME, reason="an unpaid invoice"),
    TenantResumed(slug=ACME, reason="it was paid"),
    KeyIssued(key=KeyId("4k2"), digest="cd" * 32, scopes=("read", "operate"), owner=ACME),
    KeyRevoked(key=KeyId("4k2"), why="lost"),
    KeyEnds(key=KeyId("4k2"), at=datetime(2026, 1, 6, 9, 0, tzinfo=UTC), successor=KeyId("9zq")),
    MailwizzLooked(instance=MAIN, ips=(IP,), rows={IP: ROW}),
    QueuesPaused(node=NODE, ip=IP, cycle=CYCLE),
    PauseFailed(node=NODE, ip=IP, cycle=CYCLE, why="no answer in time"),
    QueuesResumed(node=NODE, ip=IP, cycle=CYCLE),
    ResumeFailed(node=NODE, ip=IP, cycle=CYCLE, why="no answer in time"),
    NodeLooked(node=NODE, paused=("acme--203-0-113-7",), started="2026-01-01 00:00:00"),
    JobPaused(node=NODE, job="spring", cycle=CYCLE, ip=IP),
    JobPauseFailed(node=NODE, job="spring", cycle=CYCLE, why="no such command", lacking=True),
    JobResumed(node=NODE, job="spring", cycle=CYCLE),
    JobResumeFailed(node=NODE, job="spring", cycle=CYCLE, why="no answer in time"),
    JobPauseAsked(slug=ACME, job="spring", nodes=(NODE,), reason="complaints"),
    JobResumeAsked(slug=ACME, job="spring", nodes=(NODE,), ends=CYCLE, reason="it was cleaned"),
    RateSeen(
        ip=IP,
        signal="complaint",
        standing="proved",
        count=6,
        of=1000,
        threshold=0.001,
        chance=0.0006,
    ),
    StopLeaked(
        node=NODE, ip=IP, file="acct.csv", end=9, stopped=CYCLE, deliveries=7, first=AT, last=AT
    ),
    QueuesSeen(node=NODE, depths={IP: Depth(waiting=40, kb=12.5, connections=2)}),
    RolloutPlanned(node=NODE, vmtas={IP: OPEN}, digest="ef" * 32, before=""),
    RolloutUnknown(node=NODE, attempt=1, why="connection lost"),
    RolloutTorn(node=NODE, found="ef" * 32, why="PowerMTA runs something else"),
    RolloutEnded(node=NODE, ending="done", changed={IP: OPEN.levers}),
    RolloutWatched(
        node=NODE,
        version=1,
        look=4,
        started="2026-01-05 08:00:00",
        failing=2,
        over=True,
        overlay=1,
        followers=(NodeId("pmta-2"),),
    ),
    WatchUnanswered(node=NODE, version=1, attempt=1, down=True, why="not running"),
    RolloutBreached(
        node=NODE,
        version=2,
        evidence=(Evidence("missing", "acme--192-0-2-1", "192.0.2.1 a.acme.example 50/d"),),
        overlay=2,
        back_to=1,
        followers=(NodeId("pmta-2"),),
    ),
    RolloutApproved(node=NODE, overlay=2, reason="the old addresses are given back"),
    ConflictEnded(node=NODE, end="overwrite", found="ab" * 32, reason="edited by mistake"),
    VersionCommitted(node=NODE, version=1, commit="cd" * 20),
    ServerClaimed(ip=IP, instance=MAIN, server_id=ServerId(3)),
    ServerPlanned(ip=IP, wish=ON),
    ServerTold(ip=IP, wish=ON, row=ROW),
    ServerFailed(ip=IP, why="no such row"),
    ServerUnknown(ip=IP, attempt=1, why="connection lost"),
    ServerReleased(ip=IP),
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
    CapacitySet(
        slug=ACME,
        planned=(Planned(date(2026, 2, 1), date(2026, 2, 14), 40_000),),
        rotation="act",
    ),
    CapacityJudged(
        slug=ACME,
        day=date(2026, 1, 5),
        rotation="act",
        short=Short(
            day=date(2026, 2, 1),
            demand=40_000,
            capacity=10_000,
            until=date(2026, 2, 15),
            addresses=3,
            start_by=date(2025, 12, 21),
        ),
        starts=IP,
        why=("on 2026-02-01 a demand of 40,000 a day passes the capacity of 10,000",),
    ),
    RewarmBegan(
        ip=IP,
        node=NODE,
        stage=1,
        vmta=OPEN,
        idle_days=31,
        last=date(2025, 12, 5),
        volume=4_000,
        read=AT,
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
    *KEY_SAMPLES,
    NodeFileWanted(
        node=NODE,
        own=NodeOwn(OwnAccounting("/var/log/pmta/ee-main.csv", "/var/log/pmta/ee")),
    ),
    LoginsLooked(
        changed={
            IP: Login("acme--203-0-113-7.2"),
            IpAddr("203.0.113.9"): Login("", "there is no file with its password"),
        },
        nodes={IP: NODE, IpAddr("203.0.113.9"): NODE},
    ),
    CampaignsCounted(
        instance=MAIN,
        changed={
            "ab12cd34ef567": Campaign(
                uid="ab12cd34ef567",
                status="sent",
                processed=100,
                delivered=97,
                hard=2,
                complaints=1,
            )
        },
    ),
    LimiterPaused(ip=IP, node=NODE, attempts=61, cap=50, until=AT),
    LimiterEnded(ip=IP, node=NODE),
    DiskSeen(engine=EngineId("main"), directory="/var/lib/email-engine", percent=81),
    ApiErrorsSeen(engine=EngineId("main"), standing="proved", errors=12, requests=300, minutes=10),
    ClockStepped(engine=EngineId("main"), by_s=-3_600, at=AT),
    RaiseWaits(
        ip=IP,
        wait=Wait(until=AT, zones={"PowerMTA on pmta-1": "-05:00"}, stepped=True),
    ),
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
