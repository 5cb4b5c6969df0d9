"""`email-engine warmup` and `capacity`: for people and for scripts."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from engine import cli
from engine.api import capacity, present_ip, present_warmup
from engine.cli import exits
from engine.events.ip_pause import IpPaused
from engine.events.ip_warmup import WarmupHeld
from engine.events.server import ServerClaimed
from engine.events.tenant import CapacityJudged, CapacitySet, TenantCreated
from engine.ids import InstanceId, ServerId
from engine.reactors.rotation import ROTATION_REACTOR
from engine.reactors.warmup import life
from engine.rules import ladder
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.values.capacity import Planned
from engine.values.levers import STOPPED
from tests.support.http_engine import HttpEngine, plain
from tests.support.samples import registered, stage, told
from tests.support.spec import ACME, DAY_1, IP, NODE, ReactorSpec, day, vmta

TODAY = DAY_1.date()
CLAIMED = ServerClaimed(ip=IP, instance=InstanceId("main"), server_id=ServerId(7))
PAUSED = IpPaused(ip=IP, node=NODE, vmta=vmta(STOPPED), reason="something odd")


def row(*given: Any) -> Any:
    return ReactorSpec(life(DEFAULT)).view([registered(), *given])


def warmup(*given: Any) -> Any:
    return plain(present_warmup.warmup(row(*given), None, None, day(3), DEFAULT))


@pytest.mark.parametrize(
    ("words", "path", "body"),
    [
        (["pause", IP, "--reason", "r"], "pause", {"reason": "r"}),
        (["pause", IP, "--reason", "r", "--tenant", "acme"], "pause",
         {"reason": "r", "tenant": "acme"}),
        (["resume", IP], "resume", {}),
    ],
)  # fmt: skip
def test_an_address_is_paused_and_resumed(
    engine: HttpEngine,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    path: str,
    body: dict[str, Any],
) -> None:
    engine.answer = 200, plain(present_ip.ip(row(stage(1), PAUSED), DEFAULT, day(60)))
    assert cli.main(["ip", *words]) == exits.OK
    assert engine.asked == [("POST", f"/api/v2/ips/{IP}/{path}", body)]
    assert f"{IP} is WARMING, stage 1; it waits for paused: by a person" in capsys.readouterr().out


def test_a_delivery_server_is_named_by_its_number(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = replace(row(stage(1), CLAIMED), instance=InstanceId("main"))
    engine.answer = 200, plain(present_ip.ip(seen, DEFAULT, day(60)))
    assert cli.main(["ip", "server", IP, "7", "--tenant", "acme"]) == exits.OK
    assert "server 7 of MailWizz main sends through it" in capsys.readouterr().out
    body = {"server_id": 7, "tenant": "acme"}
    assert engine.asked == [("POST", f"/api/v2/ips/{IP}/server", body)]
    assert cli.main(["ip", "server", IP, "seven"]) == exits.USAGE
    assert "invalid int value: 'seven'" in capsys.readouterr().err


def test_a_pause_needs_a_reason(engine: HttpEngine, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ip", "pause", IP]) == exits.USAGE
    assert "--reason" in capsys.readouterr().err


def test_a_pause_is_shown_beside_the_phase(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.answer = 200, plain(present_ip.ip(row(stage(1), PAUSED), DEFAULT, day(60)))
    assert cli.main(["ip", "show", IP]) == exits.OK
    flat = " ".join(capsys.readouterr().out.split())
    assert "WARMING, paused since" in flat
    assert "paused by a person since 2026-01-05T09:00:00Z: something odd" in flat


def test_a_warm_up_is_shown_with_its_allowance_and_what_comes_next(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.answer = 200, warmup(stage(1), told(ladder.levers(1)))
    assert cli.main(["warmup", "show", IP]) == exits.OK
    flat = " ".join(capsys.readouterr().out.split())
    assert "stage 1 of 6" in flat
    assert "default: 50 200 500 1,500 5,000 10,000, then 10,000" in flat
    assert "2026-01-07: 50, at most 10 an hour" in flat
    assert "stage 2, 200 a day: 2026-01-12T00:00:00Z" in flat


def test_what_holds_it_is_said_with_who_and_why(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    held = WarmupHeld(ip=IP, by="person", reason="a new template")
    engine.answer = 200, warmup(stage(1), told(ladder.levers(1)), held)
    assert cli.main(["warmup", "show", IP]) == exits.OK
    flat = " ".join(capsys.readouterr().out.split())
    assert "by person since 2026-01-05T09:00:00Z: a new template" in flat


@pytest.mark.parametrize(
    ("words", "path", "body"),
    [
        (["start", IP], "warmup", {}),
        (["start", IP, "--ladder", "mailtrap"], "warmup", {"ladder": "mailtrap"}),
        (
            ["start", IP, "--caps", "50, 1_000", "--stage-days", "3", "--tenant", "acme"],
            "warmup",
            {"caps": [50, 1_000], "stage_days": 3, "tenant": "acme"},
        ),
        (["hold", IP, "--reason", "r"], "warmup/hold", {"reason": "r"}),
        (["resume", IP], "warmup/resume", {}),
        (["step-back", IP], "warmup/step-back", {}),
        (["skip", IP, "--reason", "r"], "warmup/skip", {"reason": "r"}),
    ],
)
def test_each_verb_asks_for_what_it_says(
    engine: HttpEngine,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    path: str,
    body: dict[str, Any],
) -> None:
    engine.answer = 200, plain(present_ip.ip(row(stage(1), stage(2)), DEFAULT, day(60)))
    assert cli.main(["warmup", *words]) == exits.OK
    verb, asked, sent = engine.asked[-1]
    assert (verb, asked) == ("POST", f"/api/v2/ips/{IP}/{path}")
    assert sent == body
    assert f"{IP} is WARMING, stage 2" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words", [["skip", IP], ["start", IP, "--caps", "50;200"], ["begin", IP], ["show"]]
)
def test_what_is_no_command_is_said_and_nothing_is_asked(
    engine: HttpEngine, words: list[str]
) -> None:
    assert cli.main(["warmup", *words]) == exits.USAGE
    assert engine.asked == []


def capacity_of(*given: Any) -> Any:
    made = TenantCreated(
        slug=ACME, name="Acme", brand_domain="acme.example", day_tz="UTC",
        sending_domain_base="mail.acme.example",
    )  # fmt: skip
    view = ReactorSpec(ROTATION_REACTOR).view([made, *given])
    return plain(capacity.present(view, TODAY))


def test_capacity_is_told_week_by_week_and_short_is_an_exit_code(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    begins = TODAY + timedelta(days=8)
    plan = CapacitySet(slug=ACME, planned=(Planned(begins, date.max, 900),), rotation="act")
    look = CapacityJudged(slug=ACME, day=TODAY, rotation="act", short=None, starts=IP)
    engine.answer = 200, capacity_of(registered(), stage(1), plan, look)
    assert cli.main(["capacity", "acme"]) == exits.WRONG
    out = capsys.readouterr().out
    lines = [line.split() for line in out.splitlines()]
    assert ["FROM", "DEMAND", "AT", "MOST", "CAPACITY", "MISSING", "DAYS", "SHORT"] in lines
    assert ["2026-01-05", "0", "-", "50", "0", "0"] in lines
    assert ["2026-01-12", "900", "-", "200", "700", "6"] in lines
    assert ["2026-02-02", "900", "-", "5,000", "0", "0"] in lines
    flat = " ".join(out.split())
    assert "on 2026-01-13 a demand of 900 a day passes the capacity of 200" in flat
    assert f"last look 2026-01-05: {IP} starts" in flat


def test_enough_capacity_is_no_fault_and_each_day_can_be_told(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.answer = 200, capacity_of(registered(), stage(1))
    assert cli.main(["capacity", "acme", "--daily"]) == exits.OK
    assert sum("2026-" in line[:5] for line in capsys.readouterr().out.splitlines()) == 56
    assert cli.main(["capacity", "acme", "--json"]) == exits.OK
    assert json.loads(capsys.readouterr().out)["short"] is None
