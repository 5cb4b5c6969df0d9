"""What the benchmarks say of what they measured; how fast anything is, no test says."""

import json
from pathlib import Path

import pytest

from bench import log, machine, report, server
from bench.measure import Sample, ratios
from bench.table import Aim, Line, Table
from engine.errors import StartRefused


def sample(events: int, *waits: float) -> Sample:
    return Sample(events, 1.0, waits)


QUICK = Line("email-engine", [sample(300), sample(100)])
SLOW = Line("a peer", [sample(10, 0.1), sample(50, 0.3)])
TABLE = Table("append", "Append", ("A note.",), (QUICK, SLOW), "email-engine", aims=())


def test_one_call_in_a_hundred_waits_longer_than_the_p99() -> None:
    assert sample(200, *(n / 1000 for n in range(200))).wait_ms(0.99) == pytest.approx(198)


def test_a_ratio_is_taken_round_by_round_since_the_machine_changes_between_rounds() -> None:
    assert ratios(QUICK.samples, SLOW.samples) == (16, 2, 30)


def test_a_peer_who_is_not_installed_is_no_aim() -> None:
    assert not TABLE.aim("ten times", "nobody", least=10)


def test_an_aim_below_its_least_or_above_its_most_is_not_reached() -> None:
    (ten,) = TABLE.aim("ten times", "a peer", least=10)
    (twenty,) = TABLE.aim("twenty times", "a peer", least=20)
    assert (ten.reached, twenty.reached) == (True, False)
    assert not Aim("p99 under 5 ms", 5.1, most=5).reached


def test_the_table_says_how_many_times_as_fast_the_engine_is() -> None:
    _, _, _, quick, slow = report.text(TABLE).strip().splitlines()
    assert "times" not in quick
    assert "16 times (2 to 30)" in slow


def test_programs_are_told_the_rounds_too() -> None:
    told = json.loads(report.data({"python": "3.11"}, [TABLE]))
    assert told["tables"][0]["lines"][1]["rounds"][1] == {"events": 50, "seconds": 1.0}
    assert told["tables"][0]["lines"][1]["engine_times"]["median"] == 16


def test_a_part_that_does_not_exist_is_named() -> None:
    with pytest.raises(SystemExit, match="'apend'"):
        log.main(["--only", "apend"])


async def test_a_log_in_memory_is_refused_since_nothing_would_reach_a_disk() -> None:
    memory = Path("/dev/shm")
    if not machine.disk(memory).in_memory:
        pytest.skip("/dev/shm is no memory file system here")
    with pytest.raises(StartRefused, match="--dir"):
        async with server.running(memory):
            pass
