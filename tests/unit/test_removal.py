"""The end of an address: closed, empty, off its node, and only then gone."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from engine.commands.ip import BeginMonitoring, RegisterIp, RequestWarmup, RetireIp, StopIp
from engine.commands.ip_cap import LimitCap
from engine.commands.ip_removal import FinishRemoval, RemoveIp, WithdrawIp
from engine.commands.server import ClaimServer, ReleaseServer
from engine.deciders import server
from engine.deciders.ip import DECIDER
from engine.effects import Dispatch
from engine.errors import Rejected
from engine.events import Event
from engine.events.domain import DomainRegistered
from engine.events.ip import IpEvent, IpRegistered
from engine.events.ip_removal import IpRemoved, IpWithdrawn, RemovalAsked
from engine.events.node import QueuesSeen
from engine.events.rollout import RolloutEnded, RolloutPlanned
from engine.events.server import ServerClaimed, ServerPlanned, ServerReleased
from engine.ids import InstanceId, Position, ServerId
from engine.projections import PROJECTIONS
from engine.projections.domains import DOMAINS
from engine.projections.owners import OWNERS
from engine.projections.quotas import QUOTAS
from engine.projections.zones import ZONES
from engine.reactors.node_pauses import node_pauses
from engine.reactors.removals import REMOVAL_REACTOR
from engine.reactors.rollout import ROLLOUT
from engine.reactors.warmup import life
from engine.rules import ladder
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.runtime.views import Views
from engine.values.levers import STOPPED, Levers
from engine.values.node import Depth
from engine.values.sending_domain import Setup
from engine.values.server import ServerName, ServerWish
from engine.values.tuning import Tuning
from tests.support.samples import monitored, registered, rested, retiring, stage, stopped
from tests.support.spec import (
    ACME,
    DAY_1,
    HOSTNAME,
    IP,
    NODE,
    OTHER,
    PSBL,
    PURPOSE,
    RIVAL,
    ZEN,
    DeciderSpec,
    ReactorSpec,
    day,
    record,
    vmta,
)

ADDRESS, SERVER = DeciderSpec(DECIDER), DeciderSpec(server.DECIDER)
LIFE, FILES = ReactorSpec(life(DEFAULT)), ReactorSpec(REMOVAL_REACTOR)
ASK = RemoveIp(ip=IP, reason="given back")
FORCE = RemoveIp(ip=IP, reason="the host is gone", force=True, left=12)
ASKED = RemovalAsked(ip=IP, reason="given back")
OPEN, CLOSED = ladder.levers(1), Levers("closed", ladder.levers(1).output)
WITHDRAWN = IpWithdrawn(ip=IP, node=NODE, vmta=vmta(STOPPED))
REMOVED = IpRemoved(ip=IP, node=NODE, left=0)
SENDING = [registered(), stage(1)]


def done(levers: Levers) -> RolloutEnded:
    return RolloutEnded(node=NODE, ending="done", changed={IP: levers})


def seen(waiting: int) -> QueuesSeen:
    return QueuesSeen(node=NODE, depths={IP: Depth(waiting=waiting)})


# --- what may be asked


def test_what_sends_closes_its_intake_first_and_what_does_not_waits_as_it_is() -> None:
    ADDRESS.decides(given=SENDING, when=ASK, then=[retiring("at_once", CLOSED), ASKED])
    ADDRESS.decides(given=[registered()], when=ASK, then=[ASKED])
    steps = [*SENDING, retiring("steps", OPEN)]
    ADDRESS.decides(given=steps, when=ASK, then=[retiring("at_once", CLOSED), ASKED])


def test_it_leaves_its_node_only_after_it_was_asked_and_is_gone_only_after_it_left() -> None:
    ADDRESS.decides(given=SENDING, when=WithdrawIp(ip=IP), then=[])
    given = [registered(), ASKED]
    ADDRESS.decides(given=given, when=WithdrawIp(ip=IP), then=[WITHDRAWN])
    ADDRESS.decides(given=given, when=FinishRemoval(ip=IP), then=[])
    ADDRESS.decides(given=[*given, WITHDRAWN], when=FinishRemoval(ip=IP), then=[REMOVED])


def test_an_admin_need_not_wait_and_the_count_of_what_waits_is_kept() -> None:
    gone = IpRemoved(ip=IP, node=NODE, forced=True, left=12, reason="the host is gone")
    ADDRESS.decides(given=SENDING, when=FORCE, then=[WITHDRAWN, gone])
    ADDRESS.decides(given=[registered(), ASKED, WITHDRAWN], when=FORCE, then=[gone])


def test_what_is_being_removed_starts_nothing_new() -> None:
    given = [*SENDING, rested(), monitored(), ASKED]
    barred = Rejected(f"{IP} is being removed, and sends nothing new")
    ADDRESS.decides(given=given, when=RequestWarmup(ip=IP), then=barred)
    ADDRESS.decides(given=[*SENDING, rested(), ASKED], when=BeginMonitoring(ip=IP), then=[])
    left = [*given, WITHDRAWN]
    stop = StopIp(ip=IP, zones={ZEN: ("127.0.0.2",)}, looked=Position(1))
    for command in (
        stop,
        LimitCap(ip=IP, limit=5, quota=9, wanted=9),
        RetireIp(ip=IP, how="steps"),
    ):
        ADDRESS.decides(given=left, when=command, then=[])


def test_whoever_registers_it_next_inherits_its_listings_and_nothing_else() -> None:
    listed: list[IpEvent] = [registered(), stage(1), stopped(at=DAY_1), ASKED, WITHDRAWN]
    gone = IpRemoved(ip=IP, node=NODE, left=0, listings=(DAY_1,), zones=(ZEN,))
    ADDRESS.decides(given=listed, when=FinishRemoval(ip=IP), then=[gone])
    register = RegisterIp(ip=IP, node=NODE, purpose=PURPOSE, hostname=HOSTNAME)
    anew = IpRegistered(
        ip=IP, node=NODE, vmta=vmta(STOPPED), warmup="auto", day_tz="UTC", listings=(DAY_1,)
    )
    history: list[IpEvent] = [*listed, gone]
    state = DECIDER.initial
    for event in history:
        state = DECIDER.evolve(state, event)
    assert DECIDER.decide(state, register, day(2)) == [anew]
    assert DECIDER.evolve(state, anew).listings_since(DAY_1) == 1
    with pytest.raises(Rejected) as refused:
        DECIDER.decide(state, RetireIp(ip=IP, how="steps"), day(2))
    assert refused.value.code == "not_found"


def test_domains_that_knew_of_it_and_lists_that_stopped_it_hear_of_its_end() -> None:
    """Or its domain would show it, and its list offer it for release, until they look again."""
    given: list[IpEvent] = [registered(), stage(1), stopped(ZEN, PSBL), ASKED, WITHDRAWN]
    gone = IpRemoved(
        ip=IP, node=NODE, left=0, listings=(DAY_1,), domains=("a.example",), zones=(PSBL, ZEN)
    )
    finish = FinishRemoval(ip=IP, domains=("a.example",))
    ADDRESS.decides(given=given, when=finish, then=[gone])
    force = replace(FORCE, domains=("a.example",))
    forced = replace(gone, forced=True, left=12, reason="the host is gone")
    ADDRESS.decides(given=given, when=force, then=[forced])
    views = Views(PROJECTIONS)
    both: tuple[Event, ...] = (
        DomainRegistered(domain="a.example", setup=Setup()),
        *(registered(), replace(registered(ip=OTHER), domains=("a.example",))),
        *(stopped(ZEN, PSBL), stopped(ZEN, ip=OTHER)),
    )
    for n, event in enumerate(both):
        list(views.fold(record(n + 1, event)))
    list(views.fold(record(9, replace(registered(), domains=("a.example",)))))
    assert views.get(DOMAINS, f"{ACME}/a.example").ips == (IP, OTHER)
    list(views.fold(record(10, gone)))
    assert views.get(DOMAINS, f"{ACME}/a.example").ips == (OTHER,)
    left = {zone: [one.ip for one in views.get(ZONES, zone).stops] for zone in (ZEN, PSBL)}
    assert left == {ZEN: [OTHER], PSBL: []}


def test_a_removed_address_is_open_to_whoever_asks_and_another_is_not() -> None:
    made = [record(1, registered(), tenant=ACME)]
    register = RegisterIp(ip=IP, node=NODE, purpose=PURPOSE)
    assert DECIDER.owner(register, made, RIVAL) == ACME  # type: ignore[arg-type]
    gone = [*made, record(2, REMOVED, tenant=ACME)]
    assert DECIDER.owner(register, gone, RIVAL) == RIVAL  # type: ignore[arg-type]
    anew = [*gone, record(3, registered(), tenant=RIVAL)]
    assert DECIDER.owner(register, anew, ACME) == RIVAL  # type: ignore[arg-type]


# --- when


def commands(given: list[object], at: int = 1) -> list[object]:
    return [one.command for one in LIFE.effects(given, day(at)) if isinstance(one, Dispatch)]


def test_it_leaves_its_node_once_it_is_closed_there_and_was_seen_empty_since() -> None:
    given: list[object] = [*SENDING, done(OPEN), retiring("at_once", CLOSED), ASKED]
    assert commands(given) == []
    told = [*given, (day(2), done(CLOSED))]
    assert commands([*told, (day(2), seen(3))], 9) == [], "no limit of days is waited for instead"
    assert commands([*told, (day(3), seen(0))], 3) == [WithdrawIp(ip=IP)]


def test_one_that_no_node_was_ever_told_leaves_at_once() -> None:
    assert commands([registered(hostname=""), ASKED]) == [WithdrawIp(ip=IP)]
    assert commands([registered(), ASKED]) == [], "a rollout is on its way"


def test_its_vmta_goes_with_the_next_file_and_then_it_is_gone() -> None:
    other = registered(ip=OTHER)
    told: list[Event] = [
        RolloutPlanned(node=NODE, vmtas={IP: vmta(STOPPED), OTHER: vmta(STOPPED)}, digest="d",
                       before=""),
        RolloutEnded(node=NODE, ending="done"),
    ]  # fmt: skip
    given = [registered(), other, *told, WITHDRAWN]
    assert FILES.effects(given) == []
    (deploy,) = [
        one
        for one in ReactorSpec(ROLLOUT).effects(given, DAY_1 + timedelta(minutes=1))
        if one.kind == "rollout.deploy"
    ]
    assert set(deploy.vmtas) == {OTHER}  # type: ignore[union-attr]
    begun = [*given, RolloutPlanned(node=NODE, vmtas=deploy.vmtas, digest="e", before="d")]  # type: ignore[union-attr]
    assert FILES.effects(begun) == [], "nobody knows what the node holds"
    failed = RolloutEnded(node=NODE, ending="failed", kind="node")
    assert FILES.effects([*begun, failed]) == []
    ended = [*begun, RolloutEnded(node=NODE, ending="done")]
    (finish,) = FILES.effects(ended)
    assert isinstance(finish, Dispatch)
    assert finish.command == FinishRemoval(ip=IP)
    assert FILES.effects([*ended, REMOVED]) == []


def test_nothing_is_paused_of_what_has_left() -> None:
    keeper = ReactorSpec(node_pauses(Tuning()))
    assert keeper.effects([stage(1), stopped()]) != []
    assert keeper.effects([stage(1), stopped(), WITHDRAWN]) == []


# --- what is left of it


def test_its_share_of_the_quota_is_free_again() -> None:
    view = QUOTAS.initial
    given: list[Event] = [registered(), registered(ip=OTHER), stage(1), WITHDRAWN, REMOVED]
    for n, event in enumerate(given):
        view = QUOTAS.evolve(view, record(n, event))
    assert (view.addresses, view.given, view.sending, view.knows(IP)) == (1, 0, 0, False)
    assert view.pools.get(PURPOSE) == 0
    assert view.knows(OTHER)


def test_late_evidence_after_it_belongs_to_nobody() -> None:
    view = OWNERS.initial
    given: list[Event] = [registered(), REMOVED]
    for n, event in enumerate(given):
        view = OWNERS.evolve(view, record(n, event, at=day(n + 1)))
    assert [(one.since, one.tenant) for one in view.spans] == [(day(1), ACME), (day(2), None)]


def test_its_server_is_free_once_nothing_is_open_and_another_tenant_may_claim_it() -> None:
    name = ServerName(InstanceId("main"), ServerId(3))
    claimed = ServerClaimed(ip=IP, instance=name.instance, server_id=name.server_id)
    release, free = ReleaseServer(server=name, ip=IP, ours=True), ServerReleased(ip=IP, ours=True)
    SERVER.decides(given=[claimed], when=release, then=[free])
    SERVER.decides(given=[claimed], when=ReleaseServer(server=name, ip=OTHER), then=[])
    planned = ServerPlanned(ip=IP, wish=ServerWish(on=False, daily=None))
    SERVER.decides(given=[claimed, planned], when=release, then=[])
    given: list[Event] = [claimed, free]
    claim = ClaimServer(server=name, ip=OTHER)
    again = ServerClaimed(ip=OTHER, instance=name.instance, server_id=name.server_id, ours=True)
    SERVER.decides(given=given, when=claim, then=[again])
    line = [record(n, one, tenant=ACME) for n, one in enumerate(given)]
    assert server.DECIDER.owner(claim, line, RIVAL) == RIVAL  # type: ignore[arg-type]
    assert server.DECIDER.owner(claim, line[:1], RIVAL) == ACME  # type: ignore[arg-type]


def test_while_a_first_file_is_on_its_way_it_is_not_gone() -> None:
    planned = RolloutPlanned(node=NODE, vmtas={IP: vmta(STOPPED)}, digest="d", before="")
    given: list[Event] = [registered(), planned, WITHDRAWN]
    assert FILES.effects(given) == []
    refused = RolloutEnded(node=NODE, ending="failed", kind="node")
    assert len(FILES.effects([*given, refused])) == 1
