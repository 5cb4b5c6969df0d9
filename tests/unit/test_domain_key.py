"""A domain's DKIM keys: each signs only once it was seen, and goes only once nobody needs it."""

import pytest

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
from engine.errors import Rejected
from engine.events.domain import DomainChanged, DomainEvent, DomainRegistered, DomainRemoved
from engine.events.domain_key import (
    KeyAsked,
    KeyDropped,
    KeyLaid,
    KeyNotLaid,
    KeyNotRemoved,
    KeyPublished,
    KeyRemoved,
    KeyRevoked,
)
from engine.values.dkim_key import Standing
from engine.values.sending_domain import Setup
from tests.support.key_samples import PATHS, RECORD
from tests.support.key_story import (
    ASKED,
    DOMAIN,
    LAID,
    LAID_NEXT,
    NEW,
    NEXT,
    SPEC,
    looked,
    published,
    used,
)
from tests.support.spec import NODE

REGISTERED = DomainRegistered(domain=DOMAIN, setup=Setup())
NAMED = DomainChanged(domain=DOMAIN, setup=Setup(selectors=(NEW,)))
ASK = AskKey(domain=DOMAIN, nodes=(NODE,))


def report_look(standing: Standing, look: int = 1, selector: str = NEW) -> ReportKeyLook:
    return ReportKeyLook(domain=DOMAIN, selector=selector, look=look, standing=standing)


STORY = [REGISTERED, ASKED, LAID, looked("published"), published(), NAMED, used()]
ROTATED = [*STORY, NEXT, LAID_NEXT, looked("published", selector="s2"), published("s2")]
REVOKED = [*ROTATED, used("s2", NEW), KeyRevoked(domain=DOMAIN, selector=NEW)]


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
