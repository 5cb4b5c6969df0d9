"""How a DKIM key stands to the DNS, and what people hear of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.events import Event
from engine.events.domain_key import KeyNotLaid, KeyRemoved, KeyRevoked
from engine.ids import TenantId
from engine.projections.alerts import ALERTS, Alert
from engine.projections.projection import first
from engine.rules.dkim.standing import Stands, file_name, revoking, standing
from engine.values.dns import DnsAnswer, Outcome
from tests.support.key_samples import RECORD
from tests.support.key_story import ASKED, DOMAIN, IN_USE, LAID, NEW, SEEN, looked
from tests.support.spec import ACME, record


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
