import pytest

from engine.adapters import powermta_text as text
from engine.ids import IpAddr
from engine.values.vmta import Running

DIRECTORY = "/etc/pmta"
OURS = "/etc/pmta/ee-main/acme.conf"


@pytest.mark.parametrize(
    "said",
    [
        "Error in line 11 of /etc/pmta/config: argument missing",
        "Parse error in line 44 of /etc/pmta/config: unknown directive",
        "2018-07-03 18:05:37 Startup error: No logging file specified",
        "some banner\n  error: out of memory",
        "pmta: error while connecting",
    ],
)
def test_an_error_is_seen_in_every_shape_that_was_ever_shown(said: str) -> None:
    assert "rror" in text.error(said)


@pytest.mark.parametrize(
    "said", ["", "Configuration reloaded.", "No errors found.", "0 errors.", "checked error-free"]
)
def test_words_about_the_absence_of_errors_are_none(said: str) -> None:
    assert text.error(said) == ""


def test_the_file_that_an_error_names_is_known() -> None:
    assert text.file_of(f"Error in line 2 of {OURS}: unknown directive") == OURS
    assert text.file_of("Startup error: No logging file specified") == ""


@pytest.mark.parametrize(
    "said", ["Unknown command: test config", "Invalid command.", "usage: pmta [--xml] command"]
)
def test_a_command_that_is_not_known_is_told_from_an_error_in_a_file(said: str) -> None:
    assert text.unknown_command(said)
    assert not text.unknown_command("Error in line 1 of /etc/pmta/config: unknown command x")


def test_success_is_the_whole_line_and_no_error_beside_it() -> None:
    assert text.says("hello\nConfiguration reloaded.\n", text.RELOADED)
    assert not text.says("Configuration reloaded. Not.", text.RELOADED)
    assert not text.says("Configuration reloaded.\nError in line 3 of x: y", text.RELOADED)


@pytest.mark.parametrize(
    "table",
    [
        "Source Host IP | Source Host\n---|---\n203.0.113.7 | mail1.acme.example\n",
        "Source Host IP   Source Host\n----   ----\n203.0.113.7  MAIL1.acme.example.\n",
        "smtp-source-host 203.0.113.7 mail1.acme.example\n",
    ],
)
@pytest.mark.parametrize(
    ("rate", "shown"),
    [
        ("50/d", "max-smtp-msg-rate 50/d\n"),
        ("50/d", "max-smtp-msg-rate 50/day\n"),
        ("50/d", "  max-smtp-msg-rate    50/1d\n"),
        ("100/15m", "max-smtp-msg-rate 100/15min\n"),
        ("", "max-smtp-msg-rate unlimited\n"),
        ("", "max-smtp-msg-rate 0\n"),
        ("", "max-smtp-out 20\n"),
    ],
)
def test_what_a_vmta_runs_with_is_read_from_every_likely_table(
    table: str, rate: str, shown: str
) -> None:
    expected = Running("v", IpAddr("203.0.113.7"), "mail1.acme.example", rate)
    assert text.running("v", f"{shown}\n{table}") == expected


def test_an_ipv6_source_host_is_read_in_its_canonical_form() -> None:
    found = text.running("v", "2001:DB8:0::7 | mail6.acme.example\n")
    assert found == Running("v", IpAddr("2001:db8::7"), "mail6.acme.example", "")


def test_several_source_hosts_are_never_what_was_expected_of_one() -> None:
    found = text.running("v", "203.0.113.7 | a.example\n203.0.113.8 | b.example\n")
    assert found is not None
    assert found.ip == "203.0.113.7,203.0.113.8"


@pytest.mark.parametrize("said", ["", "Virtual MTA v does not exist", "max-smtp-out 20\n", "1 2\n"])
def test_without_a_source_host_nothing_runs(said: str) -> None:
    assert text.running("v", said) is None


@pytest.mark.parametrize(
    "said",
    [
        "Virtual MTA v does not exist",
        "no such virtual-mta: v",
        "specified VirtualMTA does not exist",
        "unknown VirtualMTA 'v'",
    ],
)
def test_a_vmta_that_is_not_defined_is_known_by_its_words(said: str) -> None:
    assert text.no_such_vmta(said)
    assert not text.no_such_vmta("cannot connect to pmtad")


def test_queues_are_read_although_quotes_in_a_value_are_not_escaped() -> None:
    shown = (
        'title="Top 100 queues by number of recipients"\n'
        'queue[0].name="gmail.com/acme--1"\n'
        'queue[0].event[0].text="Error: "521 no" while connected"\n'
        'queue[0].paused="yes"\n'
        'queue[1].name="aol.com/{default}"\n'
        'queue[1].paused="no"\n'
        'queue[2].name="*/held"\n'
        'totalRcp="7"\n'
    )
    assert text.queues(shown) == [
        text.Queue("gmail.com/acme--1", "acme--1", True),
        text.Queue("aol.com/{default}", "{default}", False),
        text.Queue("*/held", "held", None),
    ]


def test_the_status_is_read_in_the_form_for_programs_and_in_the_one_for_people() -> None:
    dom = (
        'mta.product.version="5.0r1"\nstatus.startupTime="2015-08-31 16:22:01"\n'
        'status.status="running"\n'
    )
    people = (
        "PowerMTA v5.0r5 status on HOST on 2020-07-16 20:20:26\n\n"
        "     Status    running    Started  2018-09-10 20:02:12    Uptime   0  0:20:01\n"
    )
    assert text.status(dom) == ("5.0r1", "2015-08-31 16:22:01")
    assert text.status(people) == ("5.0r5", "2018-09-10 20:02:12")


@pytest.mark.parametrize(
    "said",
    [
        "",
        "cannot connect",
        'status.status="starting"',
        'status.status="running"',
        "PowerMTA v5.0 status on H on D\n Status stopped Started 2018-09-10 20:02:12",
    ],
)
def test_a_status_that_does_not_say_running_is_none(said: str) -> None:
    assert text.status(said) is None


@pytest.mark.parametrize(
    "config",
    [
        "include /etc/pmta/ee-main/*.conf",
        "postmaster x\n  INCLUDE   /etc/pmta/ee-main/*.conf   # the engine's",
        'include "/etc/pmta/ee-main/*.conf"',
        "include /etc/pmta/ee-main/acme.conf",
        "include ee-main/*.conf",
        "include /etc/pmta/*/*.conf",
        "<domain *>\n  max-smtp-out 1\n</domain>\ninclude /etc/pmta/ee-main/*",
    ],
)
def test_an_include_that_reaches_our_file_is_found(config: str) -> None:
    assert text.includes(config, OURS, DIRECTORY)


@pytest.mark.parametrize(
    "config",
    [
        "",
        "#include /etc/pmta/ee-main/*.conf",
        "include /etc/pmta/ee-other/*.conf",
        "include /etc/pmta/*.conf",
        "include /etc/pmta/ee-main/rival.conf",
        "include /etc/pmta/ee-main",
        "<domain *>\ninclude /etc/pmta/ee-main/*.conf\n</domain>",
        "includes /etc/pmta/ee-main/*.conf",
    ],
)
def test_an_include_of_something_else_is_none(config: str) -> None:
    assert not text.includes(config, OURS, DIRECTORY)


@pytest.mark.parametrize(
    "said", ["No matching queues.", "0 of 0 matching queues.", "0 queues paused"]
)
def test_a_pause_that_met_no_queue_is_told_from_one_that_failed(said: str) -> None:
    assert text.nothing_matched(said)
    assert not text.nothing_matched(f"Error: {said}")
    assert not text.nothing_matched("10 of 10 matching queues.")
