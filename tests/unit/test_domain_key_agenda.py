"""What is under way for a domain's DKIM keys, and what the files of its nodes say of them."""

from datetime import timedelta
from typing import Any

from engine.commands.domain_key import RevokeKey, UseKey
from engine.effects import Dispatch, Effect, LayKey, LookAtKey, TakeKeyAway
from engine.events import Event
from engine.events.domain_key import (
    KeyAsked,
    KeyDropped,
    KeyNotLaid,
    KeyPublished,
    KeyRemoved,
    KeyRevoked,
)
from engine.ids import IpAddr, Position
from engine.projections.rollouts import ROLLOUTS
from engine.rules.pmta_config import tenant_file
from engine.values.authority import ENGINE, over_node, over_tenant
from engine.values.dkim_key import Standing
from engine.values.overlay import Key
from tests.support.key_samples import PATHS, RECORD
from tests.support.key_story import (
    ASKED,
    AWAY,
    DOMAIN,
    FILES,
    IN_USE,
    KEEPER,
    LAID,
    LAID_NEXT,
    NEW,
    NEXT,
    SEEN,
    looked,
    published,
    told,
    used,
)
from tests.support.samples import stage
from tests.support.spec import ACME, DAY_1, NODE, record

QUARTER, DAY, WEEK = (
    DAY_1 + one for one in (timedelta(minutes=15), timedelta(days=1), timedelta(days=7))
)


# --- what is under way


def effect(kind: Any, cycle: int, attempt: int = 1, **more: object) -> Effect:
    of = {"tenant": ACME, "domain": DOMAIN, "selector": NEW, "cycle": Position(cycle)}
    made: Effect = kind(**(of | {"attempt": attempt} | more))
    return made


def on_nodes(kind: Any, cycle: int, attempt: int = 1, **more: object) -> Effect:
    return effect(kind, cycle, attempt, node=NODE, nodes=(NODE,), **more)


def test_it_is_made_at_once_and_tried_again() -> None:
    KEEPER.asks(given=[ASKED], then=[on_nodes(LayKey, 1, algorithm="rsa")])
    full = KeyNotLaid(domain=DOMAIN, selector=NEW, attempt=1, why="disk full")
    soon = DAY_1 + timedelta(minutes=1)
    KEEPER.asks(given=[ASKED, full], then=[], wakes=soon)
    again = on_nodes(LayKey, 1, 2, algorithm="rsa")
    KEEPER.asks(given=[ASKED, full], at=soon, then=[again])


def test_its_record_is_looked_for_until_it_is_seen() -> None:
    first_look = effect(LookAtKey, 2, record=RECORD)
    KEEPER.asks(given=[ASKED, LAID], then=[first_look])
    KEEPER.asks(given=[ASKED, LAID, looked("absent")], then=[], wakes=QUARTER)
    second = effect(LookAtKey, 2, 2, record=RECORD)
    KEEPER.asks(given=[ASKED, LAID, looked("unanswered")], at=QUARTER, then=[second])


def use(selector: str = NEW, cycle: int = 4) -> Dispatch:
    command = UseKey(domain=DOMAIN, selector=selector)
    return Dispatch(tenant=ACME, command=command, cycle=Position(cycle))


def test_it_is_in_use_when_every_node_that_signs_was_told_of_it() -> None:
    KEEPER.asks(given=SEEN, then=[])
    KEEPER.asks(given=[*SEEN, told(NODE, NEW)], then=[use()])
    KEEPER.asks(given=[*SEEN, told(NODE, NEW), told(AWAY, "old")], then=[])
    KEEPER.asks(given=[*SEEN, told(NODE, NEW), told(AWAY)], then=[use()])
    KEEPER.asks(given=[*SEEN, told(NODE, NEW), told(AWAY, "old"), told(AWAY, NEW)], then=[use()])


def test_nobody_waits_for_powermta_to_sign_with_what_it_cannot() -> None:
    given_ = [
        KeyAsked(domain=DOMAIN, selector=NEW, algorithm="ed25519", nodes=(NODE,)),
        *(LAID, looked("published"), published(algorithm="ed25519")),
    ]
    KEEPER.asks(given=given_, then=[use()])


def test_a_key_in_use_is_looked_at_daily() -> None:
    look = effect(LookAtKey, 6, 2, record=RECORD)
    KEEPER.asks(given=IN_USE, then=[look])
    again = [*IN_USE, looked("published", 2, signs=True)]
    KEEPER.asks(given=again, then=[], wakes=DAY)


def old(*more: Event) -> list[Event]:
    """The first key superseded by a second one, which is looked at tomorrow."""
    second: list[Event] = [NEXT, LAID_NEXT, looked("published", selector="s2"), published("s2")]
    last: list[Event] = [
        told(NODE, "s2"),
        used("s2", NEW),
        looked("published", 2, selector="s2", signs=True),
    ]
    return [*IN_USE, *second, *last, *more]


def test_a_superseded_key_stays_for_a_week_and_is_revoked_then() -> None:
    revoke = RevokeKey(domain=DOMAIN, selector=NEW)
    (dispatched,) = [one for one in KEEPER.effects(old(), WEEK) if isinstance(one, Dispatch)]
    assert dispatched.command == revoke
    before = KEEPER.effects(old(), WEEK - timedelta(seconds=1))
    assert not [one for one in before if isinstance(one, Dispatch)]


def test_its_private_part_goes_when_its_record_was_seen_to_be_empty_or_gone() -> None:
    revoked = old(KeyRevoked(domain=DOMAIN, selector=NEW))
    (look,) = KEEPER.effects(revoked)
    assert isinstance(look, LookAtKey)
    kept: tuple[Standing, ...] = ("published", "differs", "unanswered")
    for stands in kept:
        seen = looked(stands, 3)
        assert KEEPER.effects([*revoked, seen]) == []
    gone: tuple[Standing, ...] = ("revoked", "absent")
    for stands in gone:
        seen = looked(stands, 3)
        assert KEEPER.effects([*revoked, seen]) == [on_nodes(TakeKeyAway, 14)]


def test_what_was_seen_before_it_was_revoked_takes_nothing_away() -> None:
    gone = looked("absent", 3, signs=True)
    revoked = [*old(gone), KeyRevoked(domain=DOMAIN, selector=NEW)]
    assert all(isinstance(one, LookAtKey) for one in KEEPER.effects(revoked))


def test_no_private_part_goes_while_a_node_signs_with_it() -> None:
    dropped = KeyDropped(domain=DOMAIN, selector=NEW, nodes=(NODE,))
    KEEPER.asks(given=[*SEEN, told(NODE, NEW), dropped], then=[])
    away = on_nodes(TakeKeyAway, 6)
    KEEPER.asks(given=[*SEEN, told(NODE, NEW), dropped, told(NODE)], then=[away])
    removed = KeyRemoved(domain=DOMAIN, selector=NEW)
    KEEPER.asks(given=[*SEEN, dropped, removed], then=[])


def test_laying_and_taking_away_concern_every_node_of_it() -> None:
    lay = LayKey(
        tenant=ACME,
        node=NODE,
        nodes=(NODE, AWAY),
        domain=DOMAIN,
        selector=NEW,
        algorithm="rsa",
        cycle=Position(1),
    )
    assert lay.concerns == (ENGINE, over_node(NODE), over_node(AWAY), over_tenant(ACME))


# --- what PowerMTA is told


def test_a_published_key_is_a_wish_for_the_files_of_its_nodes_alone() -> None:
    (wish,) = FILES.view([stage(2), published()]).wanted.values()
    assert wish.keys == (Key(NEW, DOMAIN, PATHS[NODE]),)
    text = tenant_file.render(ACME, {IpAddr("203.0.113.7"): wish})
    assert f"  domain-key {NEW},{DOMAIN},{PATHS[NODE]}\n" in text
    (later,) = FILES.view([stage(2), published(), stage(3)]).wanted.values()
    assert later.keys == wish.keys
    both = record(1, published())
    assert ROLLOUTS.keys(both) == (f"{NODE}/{ACME}",)


def test_the_new_key_takes_the_place_of_the_old_one_in_one_file() -> None:
    (wish,) = FILES.view([stage(2), published(), published("s2")]).wanted.values()
    assert [one.selector for one in wish.keys] == ["s2"]
    late = KeyDropped(domain=DOMAIN, selector=NEW, nodes=(NODE,))
    (same,) = FILES.view([stage(2), published(), published("s2"), late]).wanted.values()
    assert same == wish
    gone = KeyDropped(domain=DOMAIN, selector="s2", nodes=(NODE,))
    (none,) = FILES.view([stage(2), published("s2"), gone]).wanted.values()
    assert none.keys == ()


def test_a_key_signs_for_the_pools_of_its_domain_and_never_without_rsa() -> None:
    elsewhere = KeyPublished(
        domain=DOMAIN, selector=NEW, algorithm="rsa", paths=PATHS, purposes=("news",)
    )
    for event in (elsewhere, published(algorithm="ed25519")):
        (wish,) = FILES.view([stage(2), event]).wanted.values()
        assert wish.keys == ()
