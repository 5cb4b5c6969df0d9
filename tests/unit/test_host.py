"""The engine's host, as Linux shows it."""

from pathlib import Path

import pytest

from engine.adapters.host import Host, Room

MEMINFO = "MemTotal:       16000 kB\nMemFree:          100 kB\nMemAvailable:    4000 kB\n"


def stat(proc: Path, *ticks: int) -> None:
    """user nice system idle iowait irq softirq steal guest guest_nice"""
    words = " ".join(str(one) for one in ticks)
    (proc / "stat").write_text(f"cpu  {words}\ncpu0 {words}\nintr 1 2\n")


def test_processors_are_busy_with_what_is_neither_idle_nor_waiting_for_a_disk(
    tmp_path: Path,
) -> None:
    stat(tmp_path, 100, 0, 100, 1000, 100, 0, 0, 0, 50, 0)
    host = Host(tmp_path, tmp_path)
    stat(tmp_path, 110, 5, 105, 1060, 110, 2, 3, 5, 60, 0)  # 30 busy of 100; guests are in user
    assert host.cpu_percent() == pytest.approx(30)


def test_each_figure_is_of_the_time_since_the_last_and_stands_where_none_has_passed(
    tmp_path: Path,
) -> None:
    stat(tmp_path, 0, 0, 0, 0, 0, 0, 0, 0)
    host = Host(tmp_path, tmp_path)
    assert host.cpu_percent() is None
    stat(tmp_path, 10, 0, 0, 0, 0, 0, 0, 0)
    assert host.cpu_percent() == 100
    assert host.cpu_percent() == 100
    stat(tmp_path, 10, 0, 0, 10, 0, 0, 0, 0)
    assert host.cpu_percent() == 0


def test_a_counter_of_idle_time_that_runs_ahead_is_no_less_than_nothing(tmp_path: Path) -> None:
    stat(tmp_path, 10, 0, 0, 0, 0, 0, 0, 0)
    host = Host(tmp_path, tmp_path)
    stat(tmp_path, 8, 0, 0, 10, 0, 0, 0, 0)
    assert host.cpu_percent() == 0


def test_a_wait_for_the_disk_that_the_kernel_takes_back_makes_nobody_busier_than_busy(
    tmp_path: Path,
) -> None:
    """proc(5): iowait may decrease."""
    stat(tmp_path, 0, 0, 0, 0, 50, 0, 0, 0)
    host = Host(tmp_path, tmp_path)
    stat(tmp_path, 100, 0, 0, 0, 40, 0, 0, 0)
    assert host.cpu_percent() == 100


def test_memory_is_what_programs_can_still_get(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text(MEMINFO)
    assert Host(tmp_path, tmp_path).memory() == Room(16000 * 1024, 4000 * 1024)


def test_what_the_system_does_not_show_is_not_made_up(tmp_path: Path) -> None:
    host = Host(tmp_path / "nothing", tmp_path)
    assert (host.cpu_percent(), host.memory(), host.disk()) == (None, None, None)


def test_this_machine_shows_all_of_it(tmp_path: Path) -> None:
    host = Host(tmp_path)
    memory, disk = host.memory(), host.disk()
    assert memory is not None
    assert disk is not None
    assert 0 < memory.free <= memory.size
    assert 0 <= disk.free <= disk.size
