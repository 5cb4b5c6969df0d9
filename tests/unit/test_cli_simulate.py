"""``email-engine simulate`` as an operator's shell sees it."""

import json
from pathlib import Path

import pytest

from engine import cli
from engine.cli import exits

FLEET = """\
[[tenants]]
slug = "acme"
[[ips]]
address = "192.0.2.1"
tenant = "acme"
[[ips]]
address = "192.0.2.2"
tenant = "acme"
volume = "100/day"
"""


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    path = tmp_path / "fleet.toml"
    path.write_text(FLEET)
    return path


Capture = pytest.CaptureFixture[str]


def test_a_line_for_each_week_a_plot_and_what_happened(fleet: Path, capsys: Capture) -> None:
    assert cli.main(["simulate", str(fleet), "--weeks", "3", "--list", "192.0.2.1@week3"]) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0] == "2 addresses, 3 weeks from 2026-01-05, seed 0"
    weeks = [line.split() for line in lines if line.startswith("week ")]
    assert [(one[1], one[2]) for one in weeks] == [
        *(("1", "WARMING"), ("2", "WARMING"), ("3", "WARMING")),
        *(("1", "WARMING"), ("2", "WARMING"), ("3", "WARMING")),
    ]
    assert any(line.split() == ["192.0.2.1", "11111112222222LLLL111"] for line in lines)
    assert any(line.split() == ["192.0.2.2", "111111122222223333333"] for line in lines)
    assert "192.0.2.1 is listed by sbl.spamhaus.org (127.0.0.2), zen.spamhaus.org" in out
    assert "reaches stage 2, 200 a day" in out
    assert "(and 1 more)" in out
    assert err == ""


def test_a_line_for_each_day(fleet: Path, capsys: Capture) -> None:
    assert cli.main(["simulate", str(fleet), "--weeks", "1", "--daily"]) == exits.OK
    dates = [
        line.split()[0] for line in capsys.readouterr().out.splitlines() if " WARMING " in line
    ]
    assert dates == [f"2026-01-{day:02}" for day in range(5, 12)] * 2


def test_json_is_for_programs(fleet: Path, capsys: Capture) -> None:
    words = ["simulate", str(fleet), "--weeks", "1", "--json", "--seed", "5", "--volume", "20/day"]
    assert cli.main(words) == exits.OK
    found = json.loads(capsys.readouterr().out)
    assert (found["weeks"], found["seed"]) == (1, 5)
    first, second = found["addresses"]
    assert [one["address"] for one in (first, second)] == ["192.0.2.1", "192.0.2.2"]
    assert [one["cap"] for one in first["days"]] == [50] * 7
    attempts = [one["attempts"] for one in second["days"]]
    assert attempts == [19, *[20] * 6], "the node is told 20 s after midnight of the first day"
    assert found["happened"][0]["said"].startswith("192.0.2.1 was registered for acme")


def test_a_plot_is_written_and_said(fleet: Path, tmp_path: Path, capsys: Capture) -> None:
    plot = tmp_path / "plot.svg"
    assert cli.main(["simulate", str(fleet), "--weeks", "1", "--plot", str(plot)]) == exits.OK
    assert plot.read_text().startswith("<svg ")
    assert capsys.readouterr().err == f"plot: {plot}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--list", "192.0.2.9@week1"], "192.0.2.9 is to be listed, and is not in the fleet"),
        (["--list", "192.0.2.1@weak1"], "write ADDRESS@week3"),
        (["--volume", "lots"], "write it as 20000/day"),
        (["--weeks", "0"], "1 to 104 weeks"),
        (["--weeks", "x"], "invalid int value"),
        (["--plot", "out.png"], "name the file out.svg"),
        (["--lits", "192.0.2.1@week1"], "did you mean --list?"),
    ],
)
def test_wrong_words_end_with_2_and_say_what_was_meant(
    words: list[str], said: str, fleet: Path, capsys: Capture
) -> None:
    assert cli.main(["simulate", str(fleet), *words]) == exits.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err


def test_a_mistyped_key_ends_with_1_and_says_what_was_meant(fleet: Path, capsys: Capture) -> None:
    fleet.write_text(FLEET.replace("volume", "volmue"))
    assert cli.main(["simulate", str(fleet)]) == exits.FAILED
    out, err = capsys.readouterr()
    assert out == ""
    assert f"{fleet}:9: there is no key `volmue` (at ips[1]); did you mean `volume`?" in err


def test_a_plot_that_cannot_be_written_is_said(fleet: Path, capsys: Capture) -> None:
    words = ["simulate", str(fleet), "--weeks", "1", "--plot", str(fleet / "plot.svg")]
    assert cli.main(words) == exits.FAILED
    assert "cannot write the plot" in capsys.readouterr().err
