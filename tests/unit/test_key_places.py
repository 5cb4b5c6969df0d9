"""A node that comes later gets each key that signs, or will, and no newer one is overruled."""

import pytest

from engine.commands.domain_key import DropKey, ReportKeyPlaced
from engine.deciders.domain import DECIDER
from engine.effects import PlaceKey
from engine.events import Event
from engine.events.domain import DomainChanged, DomainRegistered, DomainRemoved
from engine.events.domain_key import (
    KeyAsked,
    KeyDropped,
    KeyLaid,
    KeyLooked,
    KeyNotPlaced,
    KeyPlaced,
    KeyPublished,
    KeyUsed,
)
from engine.events.ip import IpRegistered
from engine.events.ip_removal import IpWithdrawn
from engine.ids import IpAddr, NodeId
from engine.reactors.dkim_keys import DKIM_KEY_REACTOR
from engine.reactors.key_places import KEY_PLACE_REACTOR
from engine.reactors.rollout import ROLLOUT
from engine.rules import ladder
from engine.values.authority import ENGINE, over_node, over_tenant
from engine.values.overlay import Key
from engine.values.sending_domain import Setup
from tests.support.key_samples import PATHS, RECORD
from tests.support.samples import stage
from tests.support.spec import ACME, IP, NODE, OTHER, PURPOSE, DeciderSpec, ReactorSpec, vmta

DOMAIN, LATER, THIRD = "acme.example", NodeId("pmta-2"), NodeId("pmta-3")
SPEC, KEEPER = DeciderSpec(DECIDER), ReactorSpec(KEY_PLACE_REACTOR)
REGISTERED = DomainRegistered(domain=DOMAIN, setup=Setup())
PATH = "/etc/pmta/ee-main/keys/one.pem"
WISH = vmta(ladder.levers(1))


def key(selector: str) -> list[Event]:
    return [
        KeyAsked(domain=DOMAIN, selector=selector, algorithm="rsa", nodes=(NODE,)),
        KeyLaid(domain=DOMAIN, selector=selector, record=RECORD, paths=PATHS),
    ]


def published(selector: str) -> KeyPublished:
    return KeyPublished(domain=DOMAIN, selector=selector, algorithm="rsa", paths=PATHS, purposes=())


def used(selector: str, *before: str) -> KeyUsed:
    return KeyUsed(domain=DOMAIN, selector=selector, supersedes=before)


def placed(selector: str = "s1", *, signs: bool = True, node: NodeId = LATER) -> KeyPlaced:
    return KeyPlaced(
        domain=DOMAIN,
        selector=selector,
        algorithm="rsa",
        node=node,
        path=PATH,
        purposes=(),
        signs=signs,
    )


def report(selector: str = "s1", attempt: int = 1, why: str = "") -> ReportKeyPlaced:
    path = "" if why else PATH
    return ReportKeyPlaced(
        domain=DOMAIN, selector=selector, node=LATER, attempt=attempt, path=path, why=why
    )


def address(node: NodeId, ip: IpAddr = IP, purpose: str = PURPOSE) -> IpRegistered:
    wish = vmta(ladder.levers(1), purpose=purpose) if purpose != PURPOSE else WISH
    return IpRegistered(ip=ip, node=node, vmta=wish, warmup="auto", day_tz="UTC")


IN_USE = [REGISTERED, *key("s1"), published("s1"), used("s1")]
ROTATING = [*IN_USE, *key("s2")]


# --- what may happen


def test_the_key_that_signs_signs_on_the_later_node_too() -> None:
    SPEC.decides(given=IN_USE, when=report(), then=[placed()])
    SPEC.decides(given=[*IN_USE, placed()], when=report(), then=[])
    SPEC.decides(given=[REGISTERED, *key("s1")], when=report(), then=[placed(signs=False)])


def test_while_two_keys_stand_the_newest_that_was_seen_signs() -> None:
    SPEC.decides(given=ROTATING, when=report("s1"), then=[placed("s1")])
    SPEC.decides(given=ROTATING, when=report("s2"), then=[placed("s2", signs=False)])
    seen = [*ROTATING, published("s2")]
    SPEC.decides(given=seen, when=report("s1"), then=[placed("s1", signs=False)])
    SPEC.decides(given=seen, when=report("s2"), then=[placed("s2")])


def test_a_failure_is_told_once_and_of_a_key_that_nobody_knows_nothing() -> None:
    failed = KeyNotPlaced(domain=DOMAIN, selector="s1", node=LATER, attempt=1, why="full")
    SPEC.decides(given=IN_USE, when=report(why="full"), then=[failed])
    SPEC.decides(given=[*IN_USE, failed], when=report(why="full"), then=[])
    SPEC.decides(given=IN_USE, when=report("s9"), then=[])


def test_a_key_that_is_wanted_no_more_when_it_was_placed_is_taken_away_there_too() -> None:
    over = [*ROTATING, published("s2"), used("s2", "s1")]
    SPEC.decides(given=over, when=report(), then=[placed(signs=False)])
    dropped = KeyDropped(domain=DOMAIN, selector="s1", nodes=(NODE,))
    removed = [REGISTERED, *key("s1"), dropped, DomainRemoved(domain=DOMAIN)]
    SPEC.decides(given=removed, when=report(), then=[placed(signs=False)])
    view = ReactorSpec(DKIM_KEY_REACTOR).view([*key("s1"), dropped, placed(signs=False)])
    assert view.keys["s1"].nodes == (NODE, LATER)
    assert not wants(*IN_USE, address(LATER), dropped, placed(signs=False))


def test_a_key_that_is_dropped_leaves_the_later_node_as_well() -> None:
    gone = KeyDropped(domain=DOMAIN, selector="s1", nodes=(NODE, LATER))
    given = [REGISTERED, *key("s1"), placed(signs=False)]
    SPEC.decides(given=given, when=DropKey(domain=DOMAIN, selector="s1"), then=[gone])


# --- what ought to be under way


def wants(*events: Event) -> list[PlaceKey]:
    return [one for one in KEEPER.effects(events) if isinstance(one, PlaceKey)]


def test_a_later_node_lacks_the_keys_that_sign_and_no_other() -> None:
    (want,) = wants(*IN_USE, address(NODE), address(LATER, OTHER))
    assert (want.node, want.source, want.selector, want.record) == (LATER, NODE, "s1", RECORD)
    assert want.path == PATHS[NODE]
    assert want.concerns == (ENGINE, over_node(LATER), over_tenant(ACME))
    assert not wants(*IN_USE, address(NODE), address(LATER, OTHER), placed())
    two = wants(*ROTATING, published("s2"), address(LATER))
    assert [one.selector for one in two] == ["s1", "s2"]
    over = wants(*ROTATING, published("s2"), used("s2", "s1"), address(LATER))
    assert [one.selector for one in over] == ["s2"]


def test_a_key_that_lies_nowhere_yet_is_not_copied() -> None:
    asked = key("s1")[0]
    assert not wants(REGISTERED, asked, address(LATER))


def test_a_node_without_an_address_that_sends_for_the_domain_gets_none() -> None:
    gone = IpWithdrawn(ip=IP, node=LATER, vmta=WISH)
    assert not wants(*IN_USE, address(LATER), gone)
    assert wants(*IN_USE, address(LATER), address(LATER, OTHER), gone)
    only = DomainChanged(domain=DOMAIN, setup=Setup(purposes=("billing",)))
    assert not wants(*IN_USE, only, address(LATER))
    assert not wants(*IN_USE, address(LATER), DomainRemoved(domain=DOMAIN))


def test_where_one_node_does_not_hand_it_out_the_next_is_asked() -> None:
    failed = KeyNotPlaced(domain=DOMAIN, selector="s1", node=THIRD, attempt=1, why="silent")
    begun = [*IN_USE, address(LATER), placed(), address(THIRD, OTHER)]
    assert [one.source for one in wants(*begun)] == [NODE]
    assert not KEEPER.effects([*begun, failed])
    later = KEEPER.wakes([*begun, failed])
    assert later is not None
    (again,) = KEEPER.effects([*begun, failed], later)
    assert isinstance(again, PlaceKey)
    assert (again.source, again.attempt) == (LATER, 2)


# --- what the node's file says then


@pytest.mark.parametrize("signs", [True, False])
def test_the_later_nodes_file_signs_with_a_key_that_may(signs: bool) -> None:
    view = ReactorSpec(ROLLOUT).view([stage(1), placed(signs=signs, node=NODE)])
    assert view.wanted[IP].keys == ((Key("s1", DOMAIN, PATH),) if signs else ())


def test_what_is_looked_at_is_the_domains_own() -> None:
    looked = KeyLooked(domain=DOMAIN, selector="s1", look=1, standing="published")
    assert wants(*IN_USE, looked, address(LATER))
