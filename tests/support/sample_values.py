"""What samples of events are made of."""

from datetime import UTC, date, datetime

from engine.ids import (
    AlertId,
    EffectKey,
    InstanceId,
    IpAddr,
    NodeId,
    Position,
    ServerId,
    TenantId,
    Zone,
)
from engine.values.evidence import Days, Guards
from engine.values.levers import STOPPED, Levers, PerDay
from engine.values.results import Rate, Results
from engine.values.server import ServerRow, ServerWish
from engine.values.vmta import Vmta

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
