"""What PowerMTA and its host print about how they do, in every form that was ever shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.adapters import powermta_measures as shown
from engine.demo import pmta_show
from engine.values.node import Depth, Measures

TABLE = """\
name                 domains #rcpt % total kbytes conn
-----------------------------------------------------
acme--203-0-113-7          3  1200      60  900.5    4
{default}                  1   800      40   10.0    0

2 of 2 virtual MTAs.
"""
DOM = """\
title="Virtual MTAs"
vmta[0].name="acme--203-0-113-7"
vmta[0].rcp="1200"
vmta[0].kb="900.5"
vmta[0].conn="4"
vmta[1].name="{default}"
vmta[1].rcp="800"
vmta[1].kb="10.0"
vmta[1].conn="0"
"""
DEPTHS = {
    "acme--203-0-113-7": Depth(waiting=1200, kb=900.5, connections=4),
    "{default}": Depth(waiting=800, kb=10.0),
}


@pytest.mark.parametrize("said", [TABLE, DOM])
def test_what_waits_is_read_from_the_form_for_people_and_the_one_for_programs(said: str) -> None:
    assert shown.vmtas(said, 10) == shown.Vmtas(DEPTHS, all=True)


@pytest.mark.parametrize("said", [TABLE.replace("2 of 2", "2 of 7"), DOM])
def test_of_a_list_that_was_cut_off_nobody_is_taken_for_empty(said: str) -> None:
    found = shown.vmtas(said, 2)
    assert found is not None
    assert not found.all


@pytest.mark.parametrize("said", ['title="Virtual MTAs"\n', TABLE[:108] + "\n0 of 0 virtual MTAs."])
def test_a_list_without_a_line_says_that_nothing_waits(said: str) -> None:
    assert shown.vmtas(said, 10) == shown.Vmtas({}, all=True)


@pytest.mark.parametrize(
    "said",
    ["", "Unknown command: show vmtas", "pmta: connect failed", TABLE.replace("2 of 2", "3 of 3")],
)
def test_what_is_not_understood_is_no_empty_queue(said: str) -> None:
    assert shown.vmtas(said, 10) is None


@given(
    st.dictionaries(st.from_regex(r"[a-z]+--[0-9-]+", fullmatch=True), st.integers(0, 10**6)),
    st.sampled_from(["text", "dom"]),
)
def test_what_the_stand_in_shows_is_read_back(rows: dict[str, int], form: str) -> None:
    found = shown.vmtas(pmta_show.vmtas(form, rows, 5000), 5000)
    assert found is not None
    assert {name: one.waiting for name, one in found.depths.items()} == rows
    assert found.all


def test_queues_that_err_are_counted_by_vmta_and_one_error_is_told_without_addresses() -> None:
    said = (
        'queue[0].name="gmail.com/a"\nqueue[0].mode="backoff"\n'
        'queue[0].event[0].type="x"\n'
        'queue[0].event[0].text="Error: "521 no" to jo@example.com while connected"\n'
        'queue[1].name="aol.com/a"\nqueue[1].mode="normal"\n'
        'queue[1].lastError="ETIMEDOUT in connection to aol.com (192.0.2.1)"\n'
        'queue[2].name="aol.com/b"\nqueue[2].mode="normal"\n'
        'queue[2].event[0].text="250 delivered"\n'
    )
    error = 'Error: "521 no" to while connected'
    assert shown.erring(said) == {"a": Depth(backing_off=1, failing=2, error=error)}


def test_waiting_and_erring_come_together_although_either_may_be_missing() -> None:
    errs = {"a": Depth(failing=1, error="no"), "b": Depth(backing_off=2)}
    assert shown.together({"a": Depth(waiting=3), "c": Depth(waiting=1)}, errs) == {
        "a": Depth(waiting=3, failing=1, error="no"),
        "b": Depth(backing_off=2),
        "c": Depth(waiting=1),
    }


def test_the_whole_is_read_from_the_status_and_what_is_not_told_is_not_known() -> None:
    said = (
        'status.queue.smtp.rcp="17"\nstatus.queue.smtp.kb="2.5"\n'
        'status.conn.smtpIn.cur="3"\nstatus.conn.smtpOut.cur="-"\n'
    )
    assert shown.measures(said) == Measures(waiting=17, kb=2.5, connections_in=3)
    assert shown.measures("PowerMTA v5.0r5 status on h on now") == Measures()


@pytest.mark.parametrize(
    ("config", "places"),
    [
        ("", ("/var/spool/pmta", "/var/log/pmta", "/etc/pmta")),
        (
            "log-file /data/log/pmta.log\n<spool /data/spool1>\n</spool>\n<spool /data/spool2>\n",
            ("/data/spool1", "/data/spool2", "/data/log", "/etc/pmta"),
        ),
        ("# log-file /old/log\nlog-file /new/log", ("/var/spool/pmta", "/new", "/etc/pmta")),
    ],
)
def test_disks_are_asked_about_where_powermta_writes(config: str, places: tuple[str, ...]) -> None:
    assert shown.places(config, "/etc/pmta") == places


def test_disks_are_read_by_mount_point_and_odd_lines_are_passed_over() -> None:
    said = (
        "Filesystem     1024-blocks      Used Available Capacity Mounted on\n"
        "/dev/sda1         40000000  33000000   7000000      83% /\n"
        "/dev/sdb1         40000000   4000000  36000000      10% /mnt/my spool\n"
        "none                     0         0         0       -  /proc\n"
    )
    assert shown.disks(said) == {"/": 83, "/mnt/my spool": 10}


@pytest.mark.parametrize(("said", "load"), [("0.52 0.41 0.3 1/2 3", 0.52), ("", None), ("x", None)])
def test_the_load_is_that_of_the_last_minute(said: str, load: float | None) -> None:
    assert shown.load(said) == load
