"""`email-engine domain`: a report that a person acts on, and an exit code that a script does."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from engine import cli
from engine.api import present_report
from engine.cli import domain_words, exits
from engine.ids import IpAddr
from engine.rules.domain_report import judge
from engine.values.dns import Outcome
from engine.values.domain_check import DomainCheck
from engine.values.validation import Validation
from tests.support.http_engine import HttpEngine, plain
from tests.support.spec import DAY_1
from tests.support.zones import Zone

CHECK = DomainCheck(
    domain="example.com",
    ips=(IpAddr("8.8.8.8"), IpAddr("9.9.9.9"), IpAddr("1.1.1.1")),
    selectors=("s1",),
)
DNS = {
    "example.com SOA": ["ns. hm. 1 2 3 4 5"],
    "example.com TXT": ["v=spf1 ip4:8.8.8.8 ~all"],
    "_dmarc.example.com TXT": ["v=DMARC1; p=none; pct=50"],
    "8.8.8.8.in-addr.arpa PTR": ["mail.example.com"],
    "1.1.1.1.in-addr.arpa PTR": ["z\x1b[2J"],
    "mail.example.com A": ["8.8.8.8"],
    "example.com MX": ["10 mail.example.com"],
}


def report(
    dns: dict[str, list[str]] | None = None, failing: dict[str, Outcome] | None = None
) -> dict[str, Any]:
    made = Validation(
        check=CHECK,
        nonce="nobody",
        report=Zone(DNS if dns is None else dns, failing).run(judge(CHECK, "nobody")),
        heard=(),
        took_ms=1234,
        resolver="127.0.0.1:53",
        unasked=3,
    )
    shown: dict[str, Any] = plain(present_report.validation(made, DAY_1))
    return shown


@pytest.fixture(name="engine")
def reports(engine: HttpEngine) -> HttpEngine:
    engine.answer = 200, report()
    return engine


# --- check ---------------------------------------------------------------------------------------


def test_a_report_has_a_tick_for_each_part_the_reason_and_what_to_do(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["domain", "check", "example.com"]) == exits.WRONG
    out = capsys.readouterr().out
    lines = out.splitlines()
    assert "✗ example.com: error" in lines
    assert [line[0] for line in lines if line[2:8] in ("SPF   ", "DKIM  ", "DMARC ", "MX    ")] == [
        *("✗", "✗", "!", "✓")
    ]
    flat = " ".join(out.split())
    assert "pass: 8.8.8.8" in flat
    assert "softfail: 9.9.9.9, 1.1.1.1" in flat
    assert "1.1.1.1: z?[2J, not confirmed" in flat
    assert "→ Publish" in flat
    assert "(RFC 7208 4.6) [spf.ip_not_authorised]" in flat
    assert "s1: nothing published" in flat
    assert "9.9.9.9: no name" in flat
    assert "3 more questions were not asked" in flat
    assert "✗ Gmail" in flat


def test_it_fits_80_columns_but_for_what_is_one_word_and_moves_no_cursor(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["domain", "check", "example.com"])
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert [line for line in out.splitlines() if len(line) > 80 and len(line.split()) > 2] == []


def test_a_record_to_publish_is_never_cut_within_a_word() -> None:
    found = {"severity": "error", "code": "x", "message": "m", "fix": f"Publish: {'k' * 200}"}
    lines = domain_words.finding(found, "", 80, domain_words.signs("utf-8"))
    assert any("k" * 200 in line for line in lines)


def test_a_part_that_nobody_answered_for_is_not_said_to_have_nothing(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("example.com TXT", "example.com MX", "_dmarc.example.com TXT")
    engine.answer = 200, report(failing=dict.fromkeys(names, "timeout"))
    cli.main(["domain", "check", "example.com"])
    lines = capsys.readouterr().out.splitlines()
    assert "? SPF   not answered" in lines
    assert "? DMARC not answered" in lines
    assert "? MX    not answered" in lines


@pytest.mark.parametrize(
    "record",
    [
        f"v=spf1 {' '.join(f'ip4:192.0.2.{n}' for n in range(12))} -all",
        f'_dmarc.example.com. IN TXT "v=DMARC1; p=reject; rua=mailto:{"a" * 60}@example.com"',
        f'a. IN TXT ( "v=DKIM1; k=rsa; p={"k" * 238}" "{"k" * 100}" )',
    ],
)
def test_a_record_to_publish_stands_whole_on_a_line_of_its_own(record: str) -> None:
    fix = f"Publish at example.com as its one record: {record}\nOr ask who wrote it."
    found = {"severity": "error", "code": "x", "message": "m", "fix": fix}
    lines = [*domain_words.finding(found, "", 80, domain_words.signs("utf-8"))]
    assert record in [line.strip() for line in lines]
    assert "Or ask who wrote it." in " ".join(lines)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("ok", exits.OK),
        ("error", exits.WRONG),
        ("warning", exits.DOUBTFUL),
        ("unknown", exits.UNKNOWN),
    ],
)
def test_the_exit_code_tells_how_it_stands(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str], status: str, code: int
) -> None:
    engine.answer = 200, report() | {"status": status}
    assert cli.main(["domain", "check", "example.com", "--json"]) == code
    assert json.loads(capsys.readouterr().out)["status"] == status
    assert len({exits.OK, exits.WRONG, exits.DOUBTFUL, exits.UNKNOWN, exits.FAILED}) == 5


def test_a_look_that_takes_long_says_where_to_read_it(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.answer = 202, {"see": "/api/v2/domains/example.com?at_least=7"}
    assert cli.main(["domain", "check", "example.com"]) == exits.UNKNOWN
    assert "/api/v2/domains/example.com?at_least=7" in capsys.readouterr().err


def test_what_is_said_is_sent_and_what_is_not_is_left_to_the_configuration(
    engine: HttpEngine,
) -> None:
    cli.main(["domain", "check", "example.com"])
    words = ["--ip", "8.8.8.8", "--ip", "9.9.9.9", "--selector", "s1", "--mail-from", "b.test"]
    cli.main(["domain", "check", "example.com", *words, "--helo", "h.test", "--tenant", "acme"])
    assert engine.asked == [
        ("POST", "/api/v2/domains/validate", {"domain": "example.com"}),
        (
            "POST",
            "/api/v2/domains/validate",
            {
                "domain": "example.com",
                "ips": ["8.8.8.8", "9.9.9.9"],
                "selectors": ["s1"],
                "mail_from": "b.test",
                "helo": "h.test",
                "tenant": "acme",
            },
        ),
    ]


def test_records_that_are_not_published_yet_come_from_a_file_or_from_standard_input(
    engine: HttpEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "zone").write_text("@ TXT one\n")
    monkeypatch.setattr("sys.stdin", io.StringIO("@ TXT two\n"))
    for file in (str(tmp_path / "zone"), "-"):
        cli.main(["domain", "check", "example.com", "--zone-file", file])
    assert [body["records"] for _, _, body in engine.asked] == ["@ TXT one\n", "@ TXT two\n"]


def test_a_file_that_is_not_there_or_too_long_is_named(
    engine: HttpEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "long").write_text("x" * 60_000)
    for name, why in (("none", "No such file"), ("long", "too long")):
        words = ["domain", "check", "example.com", "--zone-file", str(tmp_path / name)]
        assert cli.main(words) == exits.USAGE
        assert why in capsys.readouterr().err
    assert engine.asked == []


def test_a_domain_that_is_none_is_refused_in_the_engines_words(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.answer = 422, {"title": "A value cannot be taken", "detail": "8.8.8.8 is an IP address"}
    assert cli.main(["domain", "check", "8.8.8.8"]) == exits.REFUSED
    assert "8.8.8.8 is an IP address" in capsys.readouterr().err


def test_where_ticks_cannot_be_written_letters_stand_for_them() -> None:
    assert "".join(domain_words.signs("ascii")).isascii()
    assert "".join(domain_words.signs(None)).isascii()
    text = "\n".join(domain_words.lines(report(), 80, domain_words.signs("latin-1")))
    text.encode("latin-1")
    assert "x SPF" in text


def test_where_nothing_is_published_it_says_so() -> None:
    lines = "\n".join(domain_words.lines(report({}), 80, domain_words.signs("utf-8")))
    assert "✗ SPF   nothing found" in lines
    assert "✗ MX    nothing found" in lines


# --- records -------------------------------------------------------------------------------------


def test_the_records_come_as_a_zone_file_and_what_is_missing_beside_it(
    engine: HttpEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    zone = 'example.com. IN TXT "v=spf1 ~all"\n'
    engine.answer = 200, {"domain": "d", "records": [], "zone": zone, "missing": ["MX: name it"]}
    (tmp_path / "key").write_text("PEM")
    words = ["--key", f"s1={tmp_path / 'key'}", "--mx", "mx.test", "--reports-to", "d@x.test"]
    assert cli.main(["domain", "records", "example.com", *words]) == exits.OK
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == (zone, "missing: MX: name it\n")
    _, path, body = engine.asked[0]
    assert path == "/api/v2/domains/records"
    assert body == {
        "domain": "example.com",
        "keys": {"s1": "PEM"},
        "mx": "mx.test",
        "reports_to": "d@x.test",
    }


@pytest.mark.parametrize("word", ["s1", "=file", "s1="])
def test_a_key_is_named_by_its_selector(
    engine: HttpEngine, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["domain", "records", "example.com", "--key", word]) == exits.USAGE
    assert "SELECTOR=FILE" in capsys.readouterr().err
