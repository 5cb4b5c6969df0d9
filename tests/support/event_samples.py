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
from engine.events.domain import DomainChanged, DomainCheckAsked, DomainRegistered, DomainRemoved
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
from engine.events.ip_cap import RaiseWaits
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
from engine.events.ip_warmup import RewarmBegan
from engine.events.key import KeyEnds, KeyIssued, KeyRevoked
from engine.events.mailwizz import CampaignsCounted, MailwizzLooked
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
from engine.events.tenant_suspension import TenantResumed, TenantSuspended
from engine.events.traffic import FileRead, FilesLooked, TrafficCounted
from engine.events.zone import SuspicionEnded, ZoneAsked, ZoneHealthChanged, ZoneSuspected
from engine.ids import Actor, CommandId, EngineId, IpAddr, KeyId, Position, ServerId, Zone
from engine.values.alert import Quiet
from engine.values.campaign import Campaign
from engine.values.capacity import Planned, Short
from engine.values.clocks import Wait
from engine.values.login import Login
from engine.values.node_file import NodeOwn, OwnAccounting
from engine.values.overlay import Chosen, Key, Quota
from engine.values.phase import Phase
from engine.values.target import Target
from engine.values.traffic import Counts, Said
from engine.values.verdict import Answer
from tests.support.domain_samples import DOMAIN, DROPPED, SETUP, VALIDATED
from tests.support.ip_samples import IP_SAMPLES
from tests.support.key_samples import KEY_SAMPLES
from tests.support.node_samples import NODE_SAMPLES
from tests.support.sample_values import (
    ACME,
    ALERT,
    AT,
    CYCLE,
    IP,
    KEY,
    MAIN,
    NODE,
    ON,
    OPEN,
    ROW,
    ZEN,
)

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
    *IP_SAMPLES,
    TenantSuspended(slug=ACME, reason="an unpaid invoice"),
    TenantResumed(slug=ACME, reason="it was paid"),
    KeyIssued(key=KeyId("4k2"), digest="cd" * 32, scopes=("read", "operate"), owner=ACME),
    KeyRevoked(key=KeyId("4k2"), why="lost"),
    KeyEnds(key=KeyId("4k2"), at=datetime(2026, 1, 6, 9, 0, tzinfo=UTC), successor=KeyId("9zq")),
    MailwizzLooked(instance=MAIN, ips=(IP,), rows={IP: ROW}),
    *NODE_SAMPLES,
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
