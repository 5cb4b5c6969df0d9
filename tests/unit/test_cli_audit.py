"""`verify` and `events export` as an operator's shell sees them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import cli
from engine.app import audit as proving
from engine.app import export as exporting
from engine.app.finding import Finding, Progress, Report
from engine.cli import exits
from engine.cli.progress import Progress as Shown
from engine.errors import LogUnavailable, StartRefused
from engine.ids import Position, TenantId
from engine.store.anchors import BEGINNING, Anchor
from engine.store.event_file import Ending
from tests.support.event_files import chain, changed, lines_of, put

ENTRIES = chain(40)
LINES = lines_of(ENTRIES)
DIGEST = "ab" * 32
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return put(tmp_path / "log.gz", LINES)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What the database would be asked; it answers that all is well."""
    got: list[object] = []

    def verify(config: Path, what: proving.Asked, _: Progress) -> Report:
        got.append((config, what))
        return Report(events=7, position=9, digest=DIGEST, rows=1_200, images=13)

    monkeypatch.setattr("engine.app.audit.verify", verify)
    return got


# --- what was asked ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ["verify"],
        ["verify", "--config", "a", "--file", "b"],
        ["verify", "--file", "b", "--from", f"1:{DIGEST}"],
        ["verify", "--file", "b", "--views"],
        ["verify", "--config", "a", "--from", "12"],
        ["verify", "--config", "a", "--from", f"0:{DIGEST}"],
        ["verify", "--config", "a", "--anchors", "/nowhere"],
        ["events", "export", "f"],
        ["events", "export", "--config", "a"],
        ["events", "export", "--config", "a", "--since", "2026", "--until", "x", "f"],
    ],
)
def test_words_that_do_not_go_together_are_wrong_usage(words: list[str], capsys: Captured) -> None:
    assert cli.main(words) == exits.USAGE
    assert capsys.readouterr().out == ""


def test_all_is_proved_unless_it_is_said_from_where(asked: list[object], tmp_path: Path) -> None:
    anchors = tmp_path / "anchors"
    anchors.write_text(f"# kept since March\n9 {DIGEST} 2026-03-01\n\n4:{DIGEST.upper()}\n")
    since = ["--from", f"3:{DIGEST}"]
    for more in ([], since, [*since, "--views"], ["--anchors", str(anchors)]):
        assert cli.main(["verify", "--config", "engine.toml", *more]) == exits.OK
    ours = bytes.fromhex(DIGEST)
    kept = [Anchor(Position(4), ours), Anchor(Position(9), ours)]
    three = Anchor(Position(3), ours)
    assert asked == [
        (Path("engine.toml"), proving.Asked(BEGINNING, (), True)),
        (Path("engine.toml"), proving.Asked(three, (), False)),
        (Path("engine.toml"), proving.Asked(three, (), True)),
        (Path("engine.toml"), proving.Asked(BEGINNING, kept, True)),
    ]


def test_an_anchor_that_is_none_is_named_with_its_line(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "a").write_text(f"1 {DIGEST}\n2 {DIGEST[:-1]}\n")
    assert cli.main(["verify", "--config", "c", "--anchors", str(tmp_path / "a")]) == exits.USAGE
    assert "line 2: " in capsys.readouterr().err


# --- what comes of it ----------------------------------------------------------------------------


def test_its_last_line_is_an_anchor(asked: list[object], capsys: Captured) -> None:
    assert cli.main(["verify", "--config", "c"]) == exits.OK
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "1,200 rows of views and 13 images are what the log gives",
        f"verified 7 events to 9:{DIGEST}",
    ]
    assert err == ""


def test_a_whole_file_ends_well(file: Path, capsys: Captured) -> None:
    assert cli.main(["verify", "--file", str(file)]) == exits.OK
    out = capsys.readouterr().out
    assert out == f"verified 40 events to 40:{ENTRIES[-1].digest.hex()}\n"


def test_what_is_wrong_has_an_exit_code_of_its_own(tmp_path: Path, capsys: Captured) -> None:
    lines = changed(LINES, 7, lambda line: line.replace(b"a test", b"a tesT"))
    assert cli.main(["verify", "--file", str(put(tmp_path / "f", lines))]) == exits.WRONG
    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith("WRONG file: event 7, effect-ä: it is not what was written")
    assert last == f"verified only 6 events to 6:{ENTRIES[5].digest.hex()}"


def test_for_programs_it_is_one_object(file: Path, capsys: Captured) -> None:
    assert cli.main(["verify", "--file", str(file), "--json"]) == exits.OK
    shown = json.loads(capsys.readouterr().out)
    assert shown["wrong"] == []
    assert (shown["events"], shown["position"]) == (40, 40)
    lines = changed(LINES, 7, lambda line: line.replace(b"a test", b"a tesT"))
    assert cli.main(["verify", "--file", str(put(file, lines)), "--json"]) == exits.WRONG
    (found,) = json.loads(capsys.readouterr().out)["wrong"]
    assert (found["about"], found["position"], found["stream"]) == ("file", 7, "effect-ä")


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (StartRefused("no such database"), exits.FAILED),
        (LogUnavailable("no answer"), exits.UNREACHABLE),
    ],
)
def test_what_could_not_be_proved_is_not_called_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured, failure: Exception, code: int
) -> None:
    def failing(*_: object) -> Report:
        raise failure

    monkeypatch.setattr("engine.app.audit.verify", failing)
    monkeypatch.setattr("engine.app.export.export_events", failing)
    assert cli.main(["verify", "--config", "c"]) == code
    assert cli.main(["events", "export", "--config", "c", "f"]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count(str(failure)) == 2


def test_notes_are_told_apart_from_the_result(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    report = Report(
        wrong=[Finding(about="views", view="ips", key="192.0.2.1", why="another body")],
        notes=["one"],
        unknown_tags={"ip.teleported": 1_000},
        digest=DIGEST,
    )
    monkeypatch.setattr("engine.app.audit.verify", lambda *_: report)
    assert cli.main(["verify", "--config", "c"]) == exits.WRONG
    out, err = capsys.readouterr()
    assert "WRONG views: view ips, 192.0.2.1: another body\n" in out
    assert err.splitlines() == [
        "note: one",
        "note: 1,000 events of a tag that only a newer version knows: ip.teleported",
    ]


def test_an_export_is_asked_for_by_positions_and_tenant(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    got: list[object] = []

    def export(config: Path, what: exporting.Asked, _: Progress) -> Ending:
        got.append((config, what))
        return Ending(events=3, position=Position(9), digest=DIGEST)

    monkeypatch.setattr("engine.app.export.export_events", export)
    words = ["events", "export", "--config", "c", "--since", "4", "--until", "9"]
    assert cli.main([*words, "--tenant", "acme", "--force", "f.gz"]) == exits.OK
    asked = exporting.Asked(Path("f.gz"), Position(4), Position(9), TenantId("acme"), force=True)
    assert got == [(Path("c"), asked)]
    assert capsys.readouterr().out == f"exported 3 events to 9:{DIGEST}\n"
    assert cli.main([*words, "--json", "f.gz"]) == exits.OK
    assert json.loads(capsys.readouterr().out) == {"events": 3, "position": 9, "digest": DIGEST}


def test_the_options_of_events_are_not_those_of_its_export() -> None:
    from engine.cli.parser import build

    asked = build().parse_args(["events", "--since", "2h", "export", "--config", "c", "f"])
    assert (asked.since, asked.first) == ("2h", 0)


# --- progress ------------------------------------------------------------------------------------


def steps(shown: Callable[[str, int, int], None]) -> None:
    for done in range(0, 1_001, 10):
        shown("verified", done, 1_000)


def test_without_a_terminal_there_are_a_few_lines(capsys: Captured) -> None:
    steps(Shown(moves=False, quiet_s=0))
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(",")[0] for line in lines[:2]] == [
        "verified 250 of 1",
        "verified 500 of 1",
    ]
    assert len(lines) == 4
    assert "(25 %)" in lines[0]


def test_what_takes_no_time_says_nothing_elsewhere(capsys: Captured) -> None:
    steps(Shown(moves=False, quiet_s=3_600))
    assert capsys.readouterr().err == ""


def test_at_a_terminal_one_line_moves_and_goes(capsys: Captured) -> None:
    shown = Shown(moves=True)
    steps(shown)
    shown.end()
    err = capsys.readouterr().err
    assert "verified 1,000 of 1,000 (100 %)" in err
    assert "\n" not in err
    assert err.endswith("\r\x1b[K")


def test_nothing_to_do_is_no_division_by_zero(capsys: Captured) -> None:
    Shown(moves=True)("verified", 0, 0)
    assert "verified 0 of 0 (0 %)" in capsys.readouterr().err
