"""The chain of the log: what it covers, and where it says that it breaks."""

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from engine.errors import RepeatedId
from engine.ids import Actor, Position, Version
from engine.store.admission import BEGINNING, Tail, drafted
from engine.store.digest import GENESIS, digest_of, first_break
from engine.store.entry import Entry
from tests.support.entries import ACME, BOLT, SOMEBODY, event_id, into

AT = datetime(2026, 1, 1, tzinfo=UTC)
ENTRY = Entry(
    position=Position(1),
    stream="ip-203.0.113.7",
    version=Version(1),
    id=event_id(5),
    tag="ip.registered",
    at=AT,
    tenant=ACME,
    actor=SOMEBODY,
    cause="c",
    body=b"{}",
    digest=b"",
)


def chain(length: int) -> list[Entry]:
    tail = Tail(Position(0), GENESIS, BEGINNING, {}, set())
    entries: list[Entry] = []
    for number in range(1, length + 1):
        entries += tail.admit(drafted([into("a", number)], SOMEBODY, "a test"), AT)
    return entries


def test_the_format_is_as_it_is_written_down() -> None:
    """Length-prefixed fields, spelled out: whoever verifies a log in 2040 needs only this."""
    spelled = (
        bytes(32)
        + b"\x00\x00\x00\x08" + (1).to_bytes(8, "big")
        + b"\x00\x00\x00\x0e" + b"ip-203.0.113.7"
        + b"\x00\x00\x00\x08" + (1).to_bytes(8, "big")
        + b"\x00\x00\x00\x10" + UUID(int=5).bytes
        + b"\x00\x00\x00\x0d" + b"ip.registered"
        + b"\x00\x00\x00\x08" + (1767225600000000).to_bytes(8, "big")
        + b"\x00\x00\x00\x04" + b"acme"
        + b"\x00\x00\x00\x05" + b"key:1"
        + b"\x00\x00\x00\x01" + b"c"
        + b"\x00\x00\x00\x02" + b"{}"
    )  # fmt: skip
    assert digest_of(ENTRY, GENESIS) == hashlib.sha256(spelled).digest()


@pytest.mark.parametrize(
    "other",
    [
        ENTRY._replace(position=Position(2)),
        ENTRY._replace(stream="ip-203.0.113.8"),
        ENTRY._replace(version=Version(2)),
        ENTRY._replace(id=event_id(6)),
        ENTRY._replace(tag="ip.rested"),
        ENTRY._replace(at=AT + timedelta(microseconds=1)),
        ENTRY._replace(tenant=BOLT),
        ENTRY._replace(tenant=None),
        ENTRY._replace(actor=Actor("key:2")),
        ENTRY._replace(cause="d"),
        ENTRY._replace(body=b"{ }"),
        ENTRY._replace(actor=Actor("key:1c"), cause=""),
    ],
)
def test_every_stored_field_counts_and_none_runs_into_the_next(other: Entry) -> None:
    assert digest_of(other, GENESIS) != digest_of(ENTRY, GENESIS)


def test_no_tenant_differs_from_one_without_a_name() -> None:
    nameless = ENTRY._replace(tenant=type(ACME)(""))
    assert digest_of(nameless, GENESIS) != digest_of(ENTRY._replace(tenant=None), GENESIS)


def test_the_predecessor_counts() -> None:
    assert digest_of(ENTRY, GENESIS) != digest_of(ENTRY, bytes(31) + b"\x01")


def test_a_chain_that_nobody_touched_is_whole() -> None:
    entries = chain(5)
    assert first_break(entries) is None
    assert first_break(entries[3:], after=entries[2].position, before=entries[2].digest) is None


def test_a_changed_entry_is_found_at_its_place() -> None:
    entries = chain(5)
    entries[2] = entries[2]._replace(body=b'{"type":"effect.stuck","key":"forged","effect":""}')
    found = first_break(entries)
    assert found is not None
    assert found.position == 3


def test_an_entry_forged_with_its_digest_is_found_behind_it() -> None:
    entries = chain(5)
    forged = entries[2]._replace(cause="forged")
    entries[2] = forged._replace(digest=digest_of(forged, entries[1].digest))
    found = first_break(entries)
    assert found is not None
    assert found.position == 4


def test_a_missing_entry_is_found() -> None:
    entries = chain(5)
    del entries[2]
    found = first_break(entries)
    assert found is not None
    assert found == (3, "missing: 4 comes after 2")


def test_what_is_refused_leaves_the_chain_as_it_was() -> None:
    tail = Tail(Position(0), GENESIS, BEGINNING, {}, set())
    first = tail.admit(drafted([into("a", 1)], SOMEBODY, "a test"), AT)
    with pytest.raises(RepeatedId):
        tail.admit(drafted([into("a", 2), into("b", 1)], SOMEBODY, "a test"), AT)
    second = tail.admit(drafted([into("a", 2)], SOMEBODY, "a test"), AT)
    assert first_break([*first, *second]) is None
    assert second[0].version == 2
