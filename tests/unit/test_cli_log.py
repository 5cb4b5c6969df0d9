"""The commands that read the log: events, their stream, and why an address is as it is."""

import json
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import pytest

from engine import cli
from engine.cli import exits, stream
from tests.support.http_engine import Answering, listening

Body = bytes | dict[str, Any]


def event(n: int) -> dict[str, Any]:
    return {
        "position": n,
        "id": f"id-{n}",
        "at": "2026-01-05T09:00:00.123456Z",
        "stream": f"ip-192.0.2.{n}",
        "tenant": "acme" if n % 2 else None,
        "actor": "engine",
        "type": "ip.stopped",
        "says": f"192.0.2.{n} is listed\x1b[2J",
    }


def page(*numbers: int, more: bool = False) -> dict[str, Any]:
    items = [event(n) for n in numbers]
    return {"items": items, "next": str(numbers[-1] if numbers else 0), "more": more}


def line(n: int) -> bytes:
    data = json.dumps(event(n))
    return f"id: {n}\nevent: ip.stopped\ndata: {data}\n\n".encode()


class Ask(NamedTuple):
    path: str
    query: dict[str, str]
    last_event_id: str | None


class Engine(ThreadingHTTPServer):
    """Answers one after the other, and then no more."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[tuple[int, Body]] = []
        self.asked: list[Ask] = []


class _Handler(Answering):
    def do_GET(self) -> None:
        engine = self.server
        assert isinstance(engine, Engine)
        parts = urlsplit(self.path)
        last = self.headers["Last-Event-ID"]
        engine.asked.append(Ask(parts.path, dict(parse_qsl(parts.query)), last))
        stop = 404, {"title": "No", "detail": "no more answers"}
        self.say(*engine.answers.pop(0) if engine.answers else stop)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setattr(stream, "AGAIN_S", 0)
    with listening(monkeypatch, Engine()) as engine:
        yield engine


Said = pytest.CaptureFixture[str]


# --- events --------------------------------------------------------------------------------------


def test_events_are_read_to_the_head_each_a_sentence(engine: Engine, capsys: Said) -> None:
    engine.answers = [(200, page(1, 2, more=True)), (200, page(3))]
    assert cli.main(["events"]) == exits.OK
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "2026-01-05T09:00:00Z  acme          192.0.2.1 is listed?[2J",
        "2026-01-05T09:00:00Z  -             192.0.2.2 is listed?[2J",
        "2026-01-05T09:00:00Z  acme          192.0.2.3 is listed?[2J",
    ]
    assert err == "go on from here: --after 3\n"
    assert [ask.query.get("after") for ask in engine.asked] == [None, "2"]


def test_json_is_one_event_a_line_and_nothing_else(engine: Engine, capsys: Said) -> None:
    engine.answers = [(200, page(1, 2))]
    assert cli.main(["events", "--json"]) == exits.OK
    out, err = capsys.readouterr()
    assert [json.loads(one) for one in out.splitlines()] == [event(1), event(2)]
    assert err == ""


def test_filters_go_to_the_engine_as_they_are_written(engine: Engine) -> None:
    engine.answers = [(200, page())]
    words = ["--type", "ip.", "--ip", "192.0.2.1", "--tenant", "acme", "--since", "2h"]
    assert cli.main(["events", *words, "--node", "pmta-1"]) == exits.OK
    assert engine.asked[0].query == {
        "type": "ip.",
        "ip": "192.0.2.1",
        "tenant": "acme",
        "since": "2h",
        "node": "pmta-1",
        "limit": "500",
    }


def test_a_limit_is_kept_over_pages(engine: Engine, capsys: Said) -> None:
    engine.answers = [(200, page(1, 2, more=True)), (200, page(3, more=True)), (200, page(4))]
    assert cli.main(["events", "--limit", "3"]) == exits.OK
    assert capsys.readouterr().out.count("\n") == 3
    assert [ask.query["limit"] for ask in engine.asked] == ["3", "1"]


@pytest.mark.parametrize("limit", ["0", "-1", "many"])
def test_a_limit_is_a_number_from_one_on(engine: Engine, capsys: Said, limit: str) -> None:
    assert cli.main(["events", f"--limit={limit}"]) == exits.USAGE
    assert f"'{limit}' is no number" in capsys.readouterr().err
    assert engine.asked == []


# --- following -----------------------------------------------------------------------------------


def test_following_goes_on_where_the_connection_was_lost(engine: Engine, capsys: Said) -> None:
    torn = line(3)[:-1]
    engine.answers = [
        (200, b"retry: 2000\nid: 0\n\n" + line(1) + b":\n\n" + line(2) + torn),
        (503, {"title": "The log cannot be reached"}),
        (200, line(3) + line(4)),
    ]
    assert cli.main(["events", "--follow", "--limit", "4"]) == exits.OK
    out, err = capsys.readouterr()
    assert [one.split()[2] for one in out.splitlines()] == [f"192.0.2.{n}" for n in range(1, 5)]
    assert [ask.last_event_id for ask in engine.asked] == [None, "2", "2"]
    assert {ask.path for ask in engine.asked} == {"/api/v2/events/stream"}
    assert err.count("the connection was lost") == 2


def test_following_begins_now_and_comes_back_to_where_it_began(engine: Engine) -> None:
    """Nothing was heard, and yet the second connection begins where the first did."""
    engine.answers = [(200, b"retry: 2000\nid: a-moment\n\n"), (200, line(1))]
    assert cli.main(["events", "--follow", "--limit", "1"]) == exits.OK
    assert [ask.query["since"] for ask in engine.asked] == ["now", "now"]
    assert engine.asked[1].last_event_id == "a-moment"


def test_following_from_when_it_is_told(engine: Engine) -> None:
    engine.answers = [(200, line(1))] * 2
    assert cli.main(["events", "--follow", "--limit", "1", "--since", "3d"]) == exits.OK
    assert cli.main(["events", "--follow", "--limit", "1", "--after", "7"]) == exits.OK
    assert [ask.query for ask in engine.asked] == [{"since": "3d"}, {"after": "7"}]


def test_followed_events_are_json_too(engine: Engine, capsys: Said) -> None:
    engine.answers = [(200, line(1))]
    assert cli.main(["events", "--follow", "--limit", "1", "--json"]) == exits.OK
    out, err = capsys.readouterr()
    assert json.loads(out) == event(1)
    assert err == ""


def test_ctrl_c_is_how_following_ends(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    engine.answers = [(200, line(1))]

    def pressed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(stream, "talk", pressed)
    assert cli.main(["events", "--follow"]) == exits.OK
    assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.parametrize(("status", "code"), [(401, 5), (422, 5), (503, 1)])
def test_a_stream_that_cannot_begin_ends_with_its_reason(
    engine: Engine, capsys: Said, status: int, code: int
) -> None:
    engine.answers = [(status, {"title": "No", "detail": "and this is why"})]
    assert cli.main(["events", "--follow"]) == code
    assert capsys.readouterr().err == "email-engine: No: and this is why\n"


def test_a_key_that_is_revoked_meanwhile_ends_it(engine: Engine, capsys: Said) -> None:
    engine.answers = [(200, line(1)), (401, {"title": "No", "detail": "revoked"})]
    assert cli.main(["events", "--follow"]) == exits.REFUSED
    assert "revoked" in capsys.readouterr().err


def test_parts_are_read_as_the_standard_says() -> None:
    """WHATWG HTML 9.2.6: one space after the colon goes, data lines are joined, the rest waits."""
    text = b": hello\n\nid\ndata: a\ndata:b\n\nid: 7\n\ndata:  c\r\n\r\nid: 8\ndata: torn\n"
    found = list(stream.parts(text.splitlines(keepends=True)))
    assert found == [(None, ""), ("", "a\nb"), ("7", ""), (None, " c")]


# --- explaining ----------------------------------------------------------------------------------

LONG = "192.0.2.1 is listed by zen.spamhaus.org (127.0.0.2), as a second look confirmed: stopped"
WHY: dict[str, Any] = {
    "ip": "192.0.2.1",
    "state": f"{LONG}; wanted: intake closed",
    "next": ["rest, if it is still listed: 2026-01-22 09:00Z"],
    "sentences": [
        {
            "at": "2026-01-08T09:00:00.5Z",
            "position": 4711,
            "actor": "engine",
            "says": LONG,
            "because": [{"at": "2026-01-08T08:55:00Z", "says": f"a look finds it\x1b[2J {LONG}"}],
            "then": [{"at": "2026-01-08T09:00:01Z", "says": "the queues stand still"}],
        },
        {
            "at": "2026-01-05T09:00:00Z",
            "actor": "key:4k2",
            "says": "registered",
            "because": [],
            "then": [],
        },
    ],
}


def test_an_address_is_explained_on_a_narrow_screen(engine: Engine, capsys: Said) -> None:
    engine.answers = [(200, WHY)]
    assert cli.main(["explain", "ip", "192.0.2.1"]) == exits.OK
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    assert "\x1b" not in out
    lines = out.splitlines()
    assert lines.index("Next:") < lines.index("Why, the newest first:")
    assert "2026-01-08T09:00:00Z, by engine, position 4,711" in lines
    assert "2026-01-05T09:00:00Z, by key:4k2" in lines
    assert "  because:" in lines
    assert "    2026-01-08T09:00:01Z the queues stand still" in lines
    assert engine.asked == [Ask("/api/v2/ips/192.0.2.1/explain", {}, None)]


def test_an_explanation_as_of_a_moment_and_as_json(engine: Engine, capsys: Said) -> None:
    engine.answers = [(200, WHY)]
    words = ["explain", "ip", "192.0.2.1", "--as-of", "2026-03-01", "--json"]
    assert cli.main(words) == exits.OK
    assert json.loads(capsys.readouterr().out) == WHY
    assert engine.asked[0].query == {"as_of": "2026-03-01"}


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["explain"], "WHAT"),
        (["explain", "ip"], "ADDRESS"),
        (["explian"], "did you mean `explain`?"),
        (["rnu", "--config", "engine.toml"], "there is no command `rnu`; did you mean `run`?"),
        (["events", "exprot", "--config", "engine.toml"], "did you mean `export`?"),
        (["explain", "ips", "192.0.2.1"], "did you mean `ip`?"),
        (["events", "--tpye", "ip."], "there is no option --tpye; did you mean --type?"),
        (["events", "--folow"], "did you mean --follow?"),
        (["events", "exprot"], "did you mean `export`?"),
        (["--jsno"], "there is no option --jsno"),
        (["events", "--ip", "192.0.2.1", "--jsno"], "did you mean --json?"),
        (["explain", "ip", "192.0.2.1", "--jsno"], "did you mean --json?"),
    ],
)
def test_wrong_words_say_what_was_meant(words: list[str], meant: str, capsys: Said) -> None:
    assert cli.main(words) == exits.USAGE
    assert meant in capsys.readouterr().err
