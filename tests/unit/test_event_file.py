"""A file of events proves itself, or says from where on it is not what was written."""

import gzip
from pathlib import Path

import pytest

from engine.errors import StartRefused
from engine.ids import Position, Version
from engine.store.anchors import Anchor
from engine.store.digest import digest_of
from engine.store.event_file import EventLine, event_line, link_of_line, of_line, to_line
from engine.store.link import link_of
from engine.store.proof import Verified
from engine.store.verify_file import verify_file
from tests.support.entries import ACME
from tests.support.event_files import chain, changed, lines_of, put

ENTRIES = chain(2_500)  # more than two pages of lines
LINES = lines_of(ENTRIES)


def verified(path: Path, *anchors: Anchor) -> Verified:
    return verify_file(path, anchors, lambda _done, _of: None)


def wrong(path: Path, *anchors: Anchor) -> tuple[int, str]:
    (found,) = verified(path, *anchors).wrong
    return found.position, found.why


# --- whole ---------------------------------------------------------------------------------------


def test_a_file_that_nobody_touched_is_whole(tmp_path: Path) -> None:
    found = verified(put(tmp_path / "f", LINES))
    assert (found.wrong, found.notes) == ([], [])
    assert (found.events, found.position) == (2_500, 2_500)
    assert found.digest == ENTRIES[-1].digest


@pytest.mark.parametrize(
    "body",
    [
        b'{"type":"effect.stuck"}',
        '{"key":"größe \U0001f4e7 \\" \\\\ \\n"}'.encode(),
        b"\x00\x01\n\r\t",
        b"\xff\xfe no text at all",
        b"",
    ],
)
def test_a_body_comes_back_to_the_byte(body: bytes) -> None:
    link = link_of(ENTRIES[0]._replace(body=body))
    line = of_line(to_line(event_line(link)))
    assert isinstance(line, EventLine)
    assert link_of_line(line) == link


def test_a_part_of_the_log_says_what_it_cannot_prove(tmp_path: Path) -> None:
    found = verified(put(tmp_path / "f", lines_of(ENTRIES, after=100)))
    assert (found.wrong, found.events, found.position) == ([], 2_400, 2_500)
    assert found.notes == ["2 streams began before it"]


# --- torn or changed -----------------------------------------------------------------------------


def test_a_torn_file_is_told_wherever_it_ends(tmp_path: Path) -> None:
    whole = put(tmp_path / "f", LINES).read_bytes()
    for size in range(2_000, len(whole), 9_973):
        (tmp_path / "f").write_bytes(whole[:size])
        _, why = wrong(tmp_path / "f")
        assert "torn" in why
    (tmp_path / "f").write_bytes(whole[:-1])
    assert "torn" in wrong(tmp_path / "f")[1]


def test_what_is_before_the_tear_is_proved(tmp_path: Path) -> None:
    found = verified(put(tmp_path / "f", LINES[:1_501]))
    assert (found.events, found.position) == (1_500, 1_500)
    assert found.wrong[0][::2] == (
        1_501,
        "it is torn: it ends in line 1502, and not with its last line",
    )


def test_a_file_that_ends_within_a_line_is_torn(tmp_path: Path) -> None:
    assert "torn" in wrong(put(tmp_path / "f", [*LINES[:10], LINES[10][:30]]))[1]


def why_wrong(tmp_path: Path, old: bytes, new: bytes) -> str:
    """Of a file in which one event was changed; it is named by its position."""
    assert old in LINES[1_204]
    path = put(tmp_path / "f", changed(LINES, 1_204, lambda line: line.replace(old, new, 1)))
    position, why = wrong(path)
    assert position == 1_204
    return why


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"cause":"a test"', b'"cause":"a tesT"'),
        (b'"actor":"key:1"', b'"actor":"key:2"'),
        (b'"tenant":"acme"', b'"tenant":null'),
        (b'"version":', b'"version":9'),
        (b'"tag":"effect.stuck"', b'"tag":"effect.stucK"'),
        (b'"at":"2026', b'"at":"2027'),
        (b"00:00:00Z", b"00:00:00.000001Z"),
        (b"effect-", b"effecd-"),
        (b'\\"look\\"', b'\\"look\\" '),
    ],
)
def test_a_changed_line_is_found(tmp_path: Path, old: bytes, new: bytes) -> None:
    assert "it is not what was written" in why_wrong(tmp_path, old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"digest":"', b'"digest":"g'),
        (b'"id":"', b'"id":"x'),
        (b'"position":', b'"position":99999999999999999999'),
        (b'"at":"2026', b'"at":"026'),
        (b"00Z", b"00"),
        (b'"stream"', b'"streams"'),
        (b"{", b""),
    ],
)
def test_a_line_that_is_no_event_is_named(tmp_path: Path, old: bytes, new: bytes) -> None:
    assert "line 1205 is no" in why_wrong(tmp_path, old, new)


@pytest.mark.parametrize("gone", [1, 7, 1_204])
def test_a_missing_line_is_found(tmp_path: Path, gone: int) -> None:
    lines = [line for n, line in enumerate(LINES) if n != gone]
    assert wrong(put(tmp_path / "f", lines)) == (
        gone,
        f"an event is missing: {gone + 1} comes after {gone - 1}",
    )


def test_missing_lines_before_the_last_are_counted(tmp_path: Path) -> None:
    lines = [*LINES[:-3], LINES[-1]]
    assert wrong(put(tmp_path / "f", lines)) == (
        2_499,
        "its last line names 2500 events to 2500, and there are 2498 to 2498",
    )


def test_something_behind_the_last_line_is_found(tmp_path: Path) -> None:
    assert "something follows" in wrong(put(tmp_path / "f", [*LINES, LINES[-2]]))[1]
    assert "line 5 is a second opening" in wrong(put(tmp_path / "f", [*LINES[:4], LINES[0]]))[1]


def test_damage_to_the_packed_bytes_is_found(tmp_path: Path) -> None:
    data = bytearray(put(tmp_path / "f", LINES).read_bytes())
    for place in range(len(data) // 2, len(data), 9_973):
        data[place] ^= 0x10
        (tmp_path / "f").write_bytes(data)
        assert verified(tmp_path / "f").wrong
        data[place] ^= 0x10


# --- anchors -------------------------------------------------------------------------------------


def anchor(position: int) -> Anchor:
    return Anchor(Position(position), ENTRIES[position - 1].digest)


def test_anchors_in_the_file_hold_and_others_are_told(tmp_path: Path) -> None:
    path = put(tmp_path / "f", lines_of(ENTRIES[:1_500], after=100))
    anchors = [anchor(at) for at in (50, 100, 101, 1_200, 1_500, 2_000)]
    found = verified(path, *anchors)
    assert (found.wrong, found.anchors) == ([], 4)
    assert found.notes[-1] == "2 anchors are of events that are not in it"


@pytest.mark.parametrize("at", [100, 1_200])
def test_an_anchor_that_differs_is_wrong(tmp_path: Path, at: int) -> None:
    path = put(tmp_path / "f", lines_of(ENTRIES, after=100))
    position, why = wrong(path, Anchor(Position(at), bytes(32)))
    assert position == at
    assert "rewritten" in why


# --- one tenant's events -------------------------------------------------------------------------

OWN = lines_of(ENTRIES, ACME)


def test_a_tenants_events_are_each_proved_and_it_is_said_what_is_not(tmp_path: Path) -> None:
    found = verified(put(tmp_path / "f", OWN), anchor(2), anchor(3))
    assert found.wrong == []
    assert (found.events, found.position, found.anchors) == (1_667, 2_500, 1)
    assert "only the whole log can tell" in found.notes[0]
    assert found.notes[1] == "833 of its events stand apart from the one before them"
    assert found.notes[2] == "1 anchors are of events that are not in it"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b'"cause":"a test"', b'"cause":"a tesT"', "it is not what was written"),
        (b'"before":"', b'"before":"00', "it is not what was written"),
        (b'"tenant":"acme"', b'"tenant":"bolt"', "is an event of bolt, not of acme"),
        (b'"position":', b'"position":1', "it is not what was written"),
    ],
)
def test_a_changed_line_of_a_tenant_is_found(
    tmp_path: Path, old: bytes, new: bytes, why: str
) -> None:
    number = next(n for n, line in enumerate(OWN) if b'"position":1204,' in line)
    path = put(tmp_path / "f", changed(OWN, number, lambda line: line.replace(old, new, 1)))
    assert why in wrong(path)[1]


def test_lines_of_a_tenant_in_another_order_are_found(tmp_path: Path) -> None:
    lines = [*OWN[:5], OWN[6], OWN[5], *OWN[7:]]
    assert "it comes after" in wrong(put(tmp_path / "f", lines))[1]


def test_a_missing_line_of_a_tenant_is_counted(tmp_path: Path) -> None:
    lines = [*OWN[:5], *OWN[6:]]
    assert "its last line names 1667 events" in wrong(put(tmp_path / "f", lines))[1]


def forged_line(number: int, before: bytes, **other: object) -> list[bytes]:
    """Acme's lines, one of them forged together with its digest."""
    entry = ENTRIES[number - 1]._replace(**other)  # type: ignore[arg-type]
    entry = entry._replace(digest=digest_of(entry, before))
    line = to_line(event_line(link_of(entry), before.hex()))
    place = next(n for n, one in enumerate(OWN) if b'"position":%d,' % number in one)
    return changed(OWN, place, lambda _: line)


def test_an_event_forged_with_its_digest_does_not_follow_its_neighbour(tmp_path: Path) -> None:
    assert [ENTRIES[n].tenant for n in (3, 4)] == [ACME, ACME]
    position, why = wrong(put(tmp_path / "f", forged_line(5, bytes(32))))
    assert position == 5
    assert why == "the event before it is not the one that it was written after"


def test_versions_of_a_tenants_streams_go_up(tmp_path: Path) -> None:
    lines = forged_line(7, ENTRIES[5].digest, version=Version(2))
    assert wrong(put(tmp_path / "f", lines)) == (7, "its version is 2, after 4")


# --- what is no such file ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no file of events"),
        (b"plain text\n", "no file of events"),
        (gzip.compress(b"plain text\n"), "no file of events"),
        (gzip.compress(LINES[1]), "does not begin as one"),
        (gzip.compress(LINES[0].replace(b'"format":1', b'"format":2')), "a newer version"),
        (gzip.compress(LINES[0].replace(b"00", b"zz")), "does not begin as one"),
    ],
)
def test_what_is_no_file_of_events_was_not_verified(tmp_path: Path, data: bytes, why: str) -> None:
    (tmp_path / "f").write_bytes(data)
    with pytest.raises(StartRefused, match=why):
        verified(tmp_path / "f")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StartRefused, match=r"cannot read .*/nowhere: No such file"):
        verified(tmp_path / "nowhere")
