"""`email-engine blacklists`: what the lists say, for people and for scripts."""

import json
from datetime import timedelta
from typing import Any

import pytest

from engine import cli
from engine.api import present_lists
from engine.cli import exits
from engine.events import Recorded
from engine.events.dnsbl import DnsblLooked
from engine.events.zone import ZoneHealthChanged
from engine.projections.zones import ZONES
from engine.reactors.dnsbl_watch import dnsbl_watch
from engine.rules.dnsbl_catalogue import DEFAULT, PSBL, SORBS, ZEN
from engine.values.verdict import Answer
from tests.support.http_engine import HttpEngine, plain
from tests.support.samples import answered, looked, registered
from tests.support.spec import ACME, DAY_1, IP, ReactorSpec, record

HIT = Answer("listed", codes=("127.0.0.2",), reason="hit a trap")


def row(*given: DnsblLooked) -> Any:
    view = ReactorSpec(dnsbl_watch(DEFAULT)).view([registered(), *given])
    return plain(present_lists.listings(view, DEFAULT))


def test_each_address_is_a_line_with_the_lists_that_name_it(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.answer = 200, {"items": [row(looked(), answered({PSBL: HIT}))], "next": None}
    assert cli.main(["blacklists", "list", "--listed"]) == exits.OK
    head, line = capsys.readouterr().out.splitlines()
    assert head.split("  ")[0] == "ADDRESS"
    assert line.split() == [IP, "acme", f"{PSBL}?", "8", "0", "2026-01-05T09:00:00Z"]
    assert "listed=yes" in engine.asked[0][1]


def test_the_history_is_told_newest_first(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    before = record(1, looked(), at=DAY_1 - timedelta(hours=4))
    looks: list[Recorded[Any]] = [before, record(2, answered({PSBL: HIT}))]
    spans = present_lists.history(looks, (PSBL,))
    shown = present_lists.HistoryShown(address=IP, tenant=ACME, now=None, history=spans, looks=2)
    engine.answer = 200, plain(shown)
    assert cli.main(["blacklists", "show", IP, "--zone", PSBL]) == exits.OK
    out = capsys.readouterr().out
    assert "by 2 looks" in out
    hit, clean = [line for line in out.splitlines() if line.startswith(PSBL)]
    assert ("listed" in hit, "hit a trap" in hit, "clean" in clean) == (True, True, True)
    assert f"zone={PSBL}" in engine.asked[0][1]


def test_the_lists_are_told_with_their_state_and_what_they_were_asked(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    dead = ZoneHealthChanged(zone=SORBS, health="dead", why="emptied")
    view = ZONES.evolve(ZONES.named(ZONES.initial, SORBS), record(1, dead, tenant=None))
    sorbs = present_lists.zone_stood(view, DEFAULT, 10, DAY_1)
    engine.answer = 200, {"items": [plain(sorbs)], "next": None}
    assert cli.main(["blacklists", "zones"]) == exits.OK
    out = capsys.readouterr().out
    for said in (SORBS, "SORBS", "dead", "standby", "retired: Proofpoint closed SORBS"):
        assert said in out


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({PSBL: Answer("clean"), ZEN: Answer("clean")}, exits.OK),
        ({PSBL: HIT, ZEN: Answer("clean")}, exits.WRONG),
        ({PSBL: HIT, ZEN: Answer("unanswered")}, exits.WRONG),
        ({PSBL: Answer("unanswered"), ZEN: Answer("clean")}, exits.UNKNOWN),
        ({PSBL: Answer("refused"), ZEN: Answer("clean")}, exits.UNKNOWN),
        ({SORBS: Answer("unanswered", proof="unproved"), ZEN: Answer("clean")}, exits.OK),
        ({SORBS: Answer("unanswered", proof="unproved")}, exits.UNKNOWN),
    ],
)
def test_a_look_of_now_ends_by_what_it_found(
    engine: HttpEngine, answers: dict[Any, Answer], code: int
) -> None:
    engine.answer = 200, {"items": [row(answered(answers))]}
    assert cli.main(["blacklists", "check", IP, "--tenant", "acme"]) == code
    assert engine.asked[0][2] == {"ips": [IP], "zones": [], "tenant": "acme"}
    assert cli.main(["blacklists", "check", IP, "--json"]) == code


def test_a_look_that_takes_long_says_where_to_read_it(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.answer = 202, {"see": "/api/v2/blacklists?at_least=7"}
    assert cli.main(["blacklists", "check"]) == exits.UNKNOWN
    assert "blacklists list" in capsys.readouterr().err


def test_everything_is_there_for_programs(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    found = row(looked())
    engine.answer = 200, {"items": [found], "next": None}
    for words in (["list"], ["zones"]):
        assert cli.main(["blacklists", *words, "--json"]) == exits.OK
        assert json.loads(capsys.readouterr().out) == [found]
