"""A domain's DKIM keys: each signs only once it was seen, and goes only once nobody needs it."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.commands.domain import RegisterDomain, RemoveDomain
from engine.commands.domain_key import (
    AskKey,
    DropKey,
    ReportKey,
    ReportKeyGone,
    ReportKeyLook,
    RevokeKey,
    UseKey,
)
from engine.deciders.domain import DECIDER
from engine.effects import Dispatch, Effect, LayKey, LookAtKey, TakeKeyAway
from engine.errors import Rejected
from engine.events import Event
from engine.events.domain import DomainChanged, DomainEvent, DomainRegistered, DomainRemoved
from engine.events.domain_key import (
    KeyAsked,
    KeyDropped,
    KeyLaid,
    KeyLooked,
    KeyNotLaid,
    KeyNotRemoved,
    KeyPublished,
    KeyRemoved,
    KeyRevoked,
    KeyUsed,
)
from engine.events.rollout import RolloutEnded
from engine.ids import IpAddr, NodeId, Position, TenantId
from engine.projections.alerts import ALERTS, Alert
from engine.projections.projection import first
from engine.projections.rollouts import ROLLOUTS
from engine.reactors.dkim_keys import DKIM_KEY_REACTOR
from engine.reactors.rollout import ROLLOUT
from engine.rules.dkim.standing import Stands, file_name, revoking, standing
from engine.rules.pmta_config import tenant_file
from engine.values.authority import ENGINE, over_node, over_tenant
from engine.values.dkim_key import Algorithm, Standing
from engine.values.dns import DnsAnswer, Outcome
from engine.values.overlay import Key
from engine.values.sending_domain import Setup
from tests.support.key_samples import PATHS, RECORD
from tests.support.samples import stage
from tests.support.spec import (
    ACME,
    DAY_1,
    NODE,
    DeciderSpec,
    ReactorSpec,
    record,
)

DOMAIN, AWAY = "acme.example", NodeId("pmta-2")
NEW = "ee20260105"
SPEC, KEEPER, FILES = DeciderSpec(DECIDER), ReactorSpec(DKIM_KEY_REACTOR), ReactorSpec(ROLLOUT)
REGISTERED = DomainRegistered(domain=DOMAIN, setup=Setup())
ASKED = KeyAsked(domain=DOMAIN, selector=NEW, algorithm="rsa", nodes=(NODE,))
LAID = KeyLaid(domain=DOMAIN, selector=NEW, record=RECORD, paths=PATHS)
NAMED = DomainChanged(domain=DOMAIN, setup=Setup(selectors=(NEW,)))
ASK = AskKey(domain=DOMAIN, nodes=(NODE,))
QUARTER, DAY, WEEK = (
    DAY_1 + one for one in (timedelta(minutes=15), timedelta(days=1), timedelta(days=7))
)


def looked(
    standing: Standing, look: int = 1, *, why: str = "", selector: str = NEW, signs: bool = False
) -> KeyLooked:
    return KeyLooked(
        domain=DOMAIN, selector=selector, look=look, standing=standing, why=why, signs=signs
    )


def published(selector: str = NEW, algorithm: Algorithm = "rsa") -> KeyPublished:
    return KeyPublished(
        domain=DOMAIN, selector=selector, algorithm=algorithm, paths=PATHS, purposes=()
    )


def used(selector: str = NEW, *before: str) -> KeyUsed:
    return KeyUsed(domain=DOMAIN, selector=selector, supersedes=before)


def report_look(standing: Standing, look: int = 1, selector: str = NEW) -> ReportKeyLook:
    return ReportKeyLook(domain=DOMAIN, selector=selector, look=look, standing=standing)


def told(node: NodeId = NODE, *selectors: str) -> RolloutEnded:
    return RolloutEnded(node=node, ending="done", dkim={DOMAIN: selectors})


SEEN: list[Event] = [ASKED, LAID, looked("published"), published()]
IN_USE: list[Event] = [*SEEN, told(NODE, NEW), used()]
STORY = [REGISTERED, ASKED, LAID, looked("published"), published(), NAMED, used()]
NEXT = KeyAsked(domain=DOMAIN, selector="s2", algorithm="rsa", nodes=(NODE,))
LAID_NEXT = KeyLaid(domain=DOMAIN, selector="s2", record=RECORD, paths=PATHS)
ROTATED = [*STORY, NEXT, LAID_NEXT, looked("published", selector="s2"), published("s2")]
REVOKED = [*ROTATED, used("s2", NEW), KeyRevoked(domain=DOMAIN, selector=NEW)]


# --- what may happen


def test_a_key_is_named_by_the_day_and_asked_for_once() -> None:
    SPEC.decides(given=[REGISTERED], when=ASK, then=[ASKED])
    SPEC.decides(given=[REGISTERED, ASKED], when=ASK, then=[])
    again = AskKey(domain=DOMAIN, nodes=(NODE,), selector=NEW)
    SPEC.decides(given=[REGISTERED, ASKED], when=again, then=[])


def test_a_second_key_of_a_kind_waits_until_the_first_is_in_use() -> None:
    other = AskKey(domain=DOMAIN, nodes=(NODE,), selector="s9")
    why = (
        f"the key {NEW} of {DOMAIN} is not in use yet; publish it, or drop it with"
        f" DELETE /api/v2/domains/{DOMAIN}/dkim/{NEW}"
    )
    for given_ in (STORY[:2], STORY[:3], STORY[:6]):
        SPEC.decides(given=given_, when=other, then=Rejected(why))
    second = AskKey(domain=DOMAIN, nodes=(NODE,), selector="ed", algorithm="ed25519")
    made = KeyAsked(domain=DOMAIN, selector="ed", algorithm="ed25519", nodes=(NODE,))
    SPEC.decides(given=STORY[:2], when=second, then=[made])


def test_a_selector_that_was_ever_taken_is_never_used_again() -> None:
    removed = [*REVOKED, KeyRemoved(domain=DOMAIN, selector=NEW)]
    again = AskKey(domain=DOMAIN, nodes=(NODE,), selector=NEW)
    why = Rejected(f"the selector {NEW} was taken once, and is never used again")
    SPEC.decides(given=removed, when=again, then=why)
    by_day = KeyAsked(domain=DOMAIN, selector=f"{NEW}-2", algorithm="rsa", nodes=(NODE,))
    SPEC.decides(given=removed, when=ASK, then=[by_day])
    theirs = DomainRegistered(
        domain=DOMAIN, setup=Setup(selectors=("s1",), dkim_keys={"s1": "/k/s1.pem"})
    )
    taken = AskKey(domain=DOMAIN, nodes=(NODE,), selector="s1")
    why = Rejected("the selector s1 was taken once, and is never used again")
    SPEC.decides(given=[theirs], when=taken, then=why)


def test_only_a_key_in_use_can_be_rotated() -> None:
    rotate = AskKey(domain=DOMAIN, nodes=(NODE,), selector="s2", rotates=True)
    why = f"{DOMAIN} has no rsa key in use; ask for one before it is rotated"
    SPEC.decides(given=[REGISTERED], when=rotate, then=Rejected(why))
    SPEC.decides(given=STORY, when=rotate, then=[NEXT])


def test_a_domain_that_nobody_registered_has_no_keys() -> None:
    SPEC.decides(given=[], when=ASK, then=Rejected("not found", code="not_found"))


def test_what_came_of_laying_it_is_believed_once() -> None:
    def laid(attempt: int, why: str = "") -> ReportKey:
        return ReportKey(
            domain=DOMAIN, selector=NEW, attempt=attempt, why=why, record=RECORD, paths=PATHS
        )

    full = KeyNotLaid(domain=DOMAIN, selector=NEW, attempt=1, why="disk full")
    SPEC.decides(given=STORY[:2], when=laid(1, "disk full"), then=[full])
    SPEC.decides(given=[*STORY[:2], full], when=laid(1, "disk full"), then=[])
    SPEC.decides(given=[*STORY[:2], full], when=laid(2), then=[LAID])
    SPEC.decides(given=STORY[:3], when=laid(3), then=[])
    dropped = KeyDropped(domain=DOMAIN, selector=NEW, nodes=(NODE,))
    SPEC.decides(given=[*STORY[:2], dropped], when=laid(1), then=[])


@pytest.mark.parametrize("seen", ["absent", "differs", "revoked", "unanswered"])
def test_only_a_record_that_was_seen_lets_a_key_sign(seen: Standing) -> None:
    SPEC.decides(given=STORY[:3], when=report_look(seen), then=[looked(seen)])
    then: list[DomainEvent] = [looked("published"), published(), NAMED]
    SPEC.decides(given=STORY[:3], when=report_look("published"), then=then)
    late = [*STORY[:3], looked("absent", 2)]
    SPEC.decides(given=late, when=report_look("published", 2), then=[])


def test_a_key_in_use_is_published_once() -> None:
    again = looked("published", 2, signs=True)
    SPEC.decides(given=STORY, when=report_look("published", 2), then=[again])
    SPEC.decides(given=STORY[:6], when=report_look("published", 2), then=[looked("published", 2)])


def test_a_published_key_joins_the_selectors_that_are_looked_at() -> None:
    known = DomainRegistered(domain=DOMAIN, setup=Setup(selectors=("s1",), purposes=("news",)))
    both = DomainChanged(domain=DOMAIN, setup=Setup(selectors=("s1", NEW), purposes=("news",)))
    seen = KeyPublished(
        domain=DOMAIN, selector=NEW, algorithm="rsa", paths=PATHS, purposes=("news",)
    )
    then: list[DomainEvent] = [looked("published"), seen, both]
    SPEC.decides(given=[known, ASKED, LAID], when=report_look("published"), then=then)


def test_the_new_key_supersedes_the_one_before_and_no_other_kind() -> None:
    SPEC.decides(given=STORY[:6], when=UseKey(domain=DOMAIN, selector=NEW), then=[used()])
    SPEC.decides(given=STORY, when=UseKey(domain=DOMAIN, selector=NEW), then=[])
    second = [
        KeyAsked(domain=DOMAIN, selector="ed", algorithm="ed25519", nodes=(NODE,)),
        KeyLaid(domain=DOMAIN, selector="ed", record=RECORD, paths=PATHS),
        published("ed", "ed25519"),
        used("ed"),
    ]
    given_ = [*STORY, *second, *ROTATED[len(STORY) :]]
    SPEC.decides(given=given_, when=UseKey(domain=DOMAIN, selector="s2"), then=[used("s2", NEW)])
    SPEC.decides(given=STORY[:3], when=UseKey(domain=DOMAIN, selector=NEW), then=[])


def test_a_superseded_key_is_revoked_and_looked_at_no_more() -> None:
    both = DomainChanged(domain=DOMAIN, setup=Setup(selectors=(NEW, "s2")))
    given_ = [*ROTATED, both, used("s2", NEW)]
    left = DomainChanged(domain=DOMAIN, setup=Setup(selectors=("s2",)))
    revoke = RevokeKey(domain=DOMAIN, selector=NEW)
    then: list[DomainEvent] = [KeyRevoked(domain=DOMAIN, selector=NEW), left]
    SPEC.decides(given=given_, when=revoke, then=then)
    SPEC.decides(given=STORY, when=revoke, then=[])


def test_a_key_is_gone_when_it_lies_nowhere() -> None:
    def gone(attempt: int, why: str = "") -> ReportKeyGone:
        return ReportKeyGone(domain=DOMAIN, selector=NEW, attempt=attempt, why=why)

    left = KeyNotRemoved(domain=DOMAIN, selector=NEW, attempt=1, why="lost")
    removed = KeyRemoved(domain=DOMAIN, selector=NEW)
    SPEC.decides(given=REVOKED, when=gone(1, "lost"), then=[left])
    SPEC.decides(given=[*REVOKED, left], when=gone(1, "lost"), then=[])
    SPEC.decides(given=[*REVOKED, left], when=gone(2), then=[removed])
    SPEC.decides(given=STORY, when=gone(1), then=[])


def test_a_key_that_nothing_was_signed_with_may_be_dropped() -> None:
    drop = DropKey(domain=DOMAIN, selector=NEW)
    dropped = KeyDropped(domain=DOMAIN, selector=NEW, nodes=(NODE,))
    SPEC.decides(given=STORY[:2], when=drop, then=[dropped])
    back = DomainChanged(domain=DOMAIN, setup=Setup())
    SPEC.decides(given=STORY[:6], when=drop, then=[dropped, back])
    why = f"mail of {DOMAIN} is signed with {NEW}; rotate it first"
    SPEC.decides(given=STORY, when=drop, then=Rejected(why))
    SPEC.decides(given=REVOKED, when=drop, then=[])
    none = Rejected(f"{DOMAIN} has no key s9", code="not_found")
    SPEC.decides(given=STORY, when=DropKey(domain=DOMAIN, selector="s9"), then=none)


def test_with_its_domain_every_key_goes() -> None:
    dropped = [KeyDropped(domain=DOMAIN, selector=one, nodes=(NODE,)) for one in (NEW, "s2")]
    removed = DomainRemoved(domain=DOMAIN)
    SPEC.decides(given=ROTATED, when=RemoveDomain(domain=DOMAIN), then=[*dropped, removed])
    gone = ReportKeyGone(domain=DOMAIN, selector=NEW, attempt=1)
    given_ = [*ROTATED, *dropped, removed]
    SPEC.decides(given=given_, when=gone, then=[KeyRemoved(domain=DOMAIN, selector=NEW)])
    anew = RegisterDomain(domain=DOMAIN)
    SPEC.decides(given=given_, when=anew, then=[REGISTERED])


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


# --- how the DNS stands to it


@pytest.mark.parametrize(
    ("records", "found"),
    [
        ((RECORD,), Stands("published")),
        ((RECORD.replace("; ", ";  ").replace("v=DKIM1;", "v=DKIM1;"),), Stands("published")),
        ((RECORD.replace("11qY", "21qY"),), Stands("differs", "another key is published there")),
        (("v=DKIM1; p=",), Stands("revoked", "its p= is empty")),
        ((), Stands("absent", "there is no TXT record of this name")),
        ((RECORD, RECORD), Stands("differs", "there are 2 TXT records of this name")),
    ],
)
def test_the_same_key_in_other_words_is_the_same_key(
    records: tuple[str, ...], found: Stands
) -> None:
    outcome: Outcome = "ok" if records else "nxdomain"
    assert standing(RECORD, DnsAnswer(outcome, records)) == found


@pytest.mark.parametrize("outcome", ["servfail", "refused", "timeout"])
def test_what_was_not_answered_is_neither_published_nor_gone(outcome: Outcome) -> None:
    assert standing(RECORD, DnsAnswer(outcome)).standing == "unanswered"


@given(st.text(max_size=80))
def test_whatever_is_published_is_judged_and_never_taken_for_ours(text: str) -> None:
    found = standing(RECORD, DnsAnswer("ok", (text,)))
    assert found.standing in ("differs", "revoked")


def test_the_record_that_revokes_says_so_when_it_is_read() -> None:
    empty = revoking(RECORD)
    assert empty == "v=DKIM1; k=ed25519; p="
    assert standing(RECORD, DnsAnswer("ok", (empty,))).standing == "revoked"


def test_a_file_of_one_tenants_key_is_never_anothers() -> None:
    one = file_name(TenantId("a"), "b.example", "s")
    assert one == "a--b.example--s.pem"
    assert one != file_name(TenantId("a-b"), "example", "s")


# --- what people hear


def alert(name: str, *events: Event) -> Alert:
    key = f"{ACME}/{name}/{DOMAIN}/{NEW}"
    view = first(ALERTS, key)
    for n, event in enumerate(events, start=1):
        told_of = record(n, event)
        if key in ALERTS.keys(told_of):
            view = ALERTS.evolve(view, told_of)
    return view


def test_people_hear_which_record_to_publish_and_that_it_was_seen() -> None:
    waits = alert("dkim_key", ASKED, LAID)
    assert waits.firing
    assert waits.facts["Name"] == f"{NEW}._domainkey.{DOMAIN}"
    assert waits.facts["TXT"] == RECORD
    wrong = alert("dkim_key", ASKED, LAID, looked("differs", why="another key"))
    assert wrong.facts["Seen"].endswith("another key")
    assert not alert("dkim_key", *SEEN).firing


def test_people_hear_which_record_to_empty_and_that_the_key_is_gone() -> None:
    revoked = [*IN_USE, KeyRevoked(domain=DOMAIN, selector=NEW)]
    waits = alert("dkim_key", *revoked)
    assert (waits.firing, waits.episode, waits.title) == (True, 2, "Revoke an old DKIM key")
    removed = KeyRemoved(domain=DOMAIN, selector=NEW)
    assert not alert("dkim_key", *revoked, removed).firing


def test_people_hear_at_once_when_mail_is_signed_with_what_is_not_published() -> None:
    gone = looked("absent", 2, why="there is no TXT record", signs=True)
    lost = alert("dkim_record", *IN_USE, gone)
    assert (lost.firing, lost.severity) == (True, "critical")
    back = looked("published", 3, signs=True)
    assert not alert("dkim_record", *IN_USE, gone, back).firing
    silent = looked("unanswered", 2, signs=True)
    assert not alert("dkim_record", *IN_USE, silent).firing
    assert not alert("dkim_record", ASKED, LAID, looked("absent")).firing


def test_people_hear_that_a_key_cannot_be_laid() -> None:
    full = KeyNotLaid(domain=DOMAIN, selector=NEW, attempt=1, why="disk full")
    assert alert("dkim_key", ASKED, full).facts["Why"] == "disk full"
    assert alert("dkim_key", ASKED, full, LAID).title == "Publish a DKIM key"
