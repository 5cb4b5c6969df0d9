"""The stand-in must be as strict as PowerMTA: it is what the rest is tested against."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from engine.demo import node
from engine.demo.pmta import Pmta
from engine.demo.pmta_parser import ConfigError, Reader

VMTA = "<virtual-mta v>\nsmtp-source-host 192.0.2.1 m.example\n</virtual-mta>\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "etc/pmta/local").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def pmta(root: Path) -> Pmta:
    write(root, VMTA)
    found = Pmta(root, root)
    found.start()
    return found


def write(root: Path, text: str, name: str = "config") -> None:
    head = node.CONFIG if name == "config" else ""
    (root / "etc/pmta" / name).write_text(head + text)


def say(pmta: Pmta, command: str) -> str:
    return pmta.run(command.split()).out


# --- the configuration


LINES = node.CONFIG.count("\n")


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("weight 3", 1, "unknown directive"),
        ("<bind x>", 1, "unknown tag"),
        ("postmaster", 1, "argument missing"),
        ("postmaster #not@given", 1, "argument missing"),
        ("<domain>", 1, "argument missing"),
        ("<domain a b>\n</domain>", 1, "one argument"),
        ("<virtual-mta v", 1, "malformed tag"),
        ("</domain>", 1, "unexpected"),
        ("<domain *>\n</source>", 2, "unexpected"),
        ("<domain *>\nmax-smtp-out 1\n", 2, "missing </domain>"),
        ("<domain *>\n<virtual-mta x>", 2, "not allowed in"),
        ("<domain *>\nrequire-auth yes\n</domain>", 2, "unknown directive"),
        ("run-as-root perhaps", 1, "invalid argument"),
        ("log-rotate 1_0", 1, "invalid argument"),
        ("log-rotate ٣", 1, "invalid argument"),
        ("<virtual-mta v>\nsmtp-source-host m.example 192.0.2.1", 2, "invalid argument"),
        ("<virtual-mta v>\nsmtp-source-host 192.0.2.1", 2, "invalid argument"),
        ("<virtual-mta v>\nsmtp-source-host 192.0.2.1 a b", 2, "invalid argument"),
        ("<virtual-mta v>\nmax-smtp-msg-rate 0/d", 2, "invalid argument"),
        ("<virtual-mta v>\nmax-smtp-msg-rate 50", 2, "invalid argument"),
        ("<virtual-mta v>\ndomain-key a,b", 2, "invalid argument"),
        ("<virtual-mta-pool p>\nvirtual-mta v weight 2", 2, "invalid argument"),
        ("<virtual-mta-pool p>\nvirtual-mta gone\n</virtual-mta-pool>", 2, "not defined"),
        ("<smtp-pattern-list l>\nreply /a/ mode=slow", 2, "unknown action"),
        ("<smtp-pattern-list l>\nreply /a/", 2, "invalid argument"),
        ("<smtp-pattern-list l>\nreply /a(/ skip-mx", 2, "invalid regular expression"),
        ("<smtp-pattern-list l>\nreply /a#b/ skip-mx", 2, "invalid argument"),
        ("<smtp-pattern-list l>\nanswer /a/ skip-mx", 2, "unknown directive"),
        ("<domain *>\nsmtp-pattern-list l\n</domain>", 2, "not defined"),
        ("include /etc/pmta/gone.conf", 1, "cannot open"),
        ("include", 1, "argument missing"),
    ],
)
def test_the_first_error_is_told_with_its_line(
    root: Path, text: str, line: int, reason: str
) -> None:
    write(root, text)
    with pytest.raises(ConfigError) as error:
        Reader(root).read("/etc/pmta/config")
    assert str(error.value).startswith(f"Error in line {LINES + line} of /etc/pmta/config: ")
    assert reason in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "<virtual-mta p>\n</virtual-mta>\n<virtual-mta-pool p>\n</virtual-mta-pool>\n",
        "include /etc/pmta/config\n",
    ],
)
def test_some_errors_belong_to_no_line_of_ours(root: Path, text: str) -> None:
    write(root, text)
    with pytest.raises(ConfigError):
        Reader(root).read("/etc/pmta/config")


def test_a_configuration_without_a_log_or_spool_does_not_pass(root: Path) -> None:
    (root / "etc/pmta/config").write_text("postmaster a@b.example\n")
    with pytest.raises(ConfigError, match="No logging file"):
        Reader(root).read("/etc/pmta/config")


def test_includes_are_read_in_order_and_hidden_files_are_not(root: Path) -> None:
    write(root, "include /etc/pmta/local/*.conf\n")
    for name in ("b.conf", "a.conf", ".hidden.conf", "other.txt"):
        slug = name.replace(".", "-")
        write(root, VMTA.replace("mta v", f"mta {slug}"), f"local/{name}")
    found = Reader(root).read("/etc/pmta/config")
    assert list(found.vmtas) == ["a-conf", "b-conf"]


def test_an_error_in_an_included_file_names_that_file(root: Path) -> None:
    write(root, "include local/*.conf\n")
    write(root, "weight 3\n", "local/x.conf")
    with pytest.raises(ConfigError, match=r"^Error in line 1 of /etc/pmta/local/x\.conf: "):
        Reader(root).read("/etc/pmta/config")


def test_a_tag_must_end_in_the_file_in_which_it_began(root: Path) -> None:
    write(root, "<domain *>\ninclude local/x.conf\n")
    write(root, "</domain>\n", "local/x.conf")
    with pytest.raises(ConfigError, match="unexpected </domain>"):
        Reader(root).read("/etc/pmta/config")


def test_a_wildcard_that_matches_nothing_may_be_fine_or_not(root: Path) -> None:
    write(root, "include local/*.conf\n")
    Reader(root).read("/etc/pmta/config")
    with pytest.raises(ConfigError, match="cannot open"):
        Reader(root, empty_wildcard_is_error=True).read("/etc/pmta/config")


# --- commands


def test_a_command_may_be_abbreviated_while_it_is_the_only_one(pmta: Pmta) -> None:
    assert say(pmta, "rel") == "Configuration reloaded.\n"
    assert say(pmta, "sh ver").startswith("PowerMTA v5.0r5 (")
    assert say(pmta, "show queue").endswith("0 of 0 matching queues.\n")
    for ambiguous in ("re", "res q x", "s v", "show", "show vmta", "pause", ""):
        assert "Unknown command" in say(pmta, ambiguous), ambiguous


@pytest.mark.parametrize(
    "invented",
    ["show config", "configtest", "verify", "restart", "stop", "reload now", "test config x"],
)
def test_commands_that_powermta_does_not_have_are_not_known(pmta: Pmta, invented: str) -> None:
    assert "Unknown command" in say(pmta, invented)


def test_a_reload_with_an_error_leaves_what_runs(pmta: Pmta, root: Path) -> None:
    write(root, "weight 3\n")
    assert say(pmta, "test config") == say(pmta, "reload")
    assert say(pmta, "reload").startswith(f"Error in line {LINES + 1} of /etc/pmta/config: ")
    assert "192.0.2.1" in say(pmta, "show vmta-settings v")


def test_a_test_changes_nothing(pmta: Pmta, root: Path) -> None:
    write(root, VMTA.replace("192.0.2.1", "192.0.2.9"))
    assert say(pmta, "test config") == ""
    assert "192.0.2.1 " in say(pmta, "show vmta-settings v")
    say(pmta, "reload")
    assert "192.0.2.9 " in say(pmta, "show vmta-settings v")


def test_the_mail_of_a_vmta_that_is_gone_is_bounced(pmta: Pmta, root: Path) -> None:
    pmta.enqueue("gmail.com/v", 3)
    pmta.enqueue("gmail.com/{default}", 2)
    write(root, "")
    say(pmta, "reload")
    assert pmta.peek()["bounced"] == ["gmail.com/v"]
    assert list(pmta.peek()["queues"]) == ["gmail.com/{default}"]


def paused(pmta: Pmta) -> list[str]:
    return [name for name, one in pmta.peek()["queues"].items() if one["paused"]]


def test_a_pause_takes_the_queues_that_match(pmta: Pmta) -> None:
    for queue in ("gmail.com/v", "aol.com/v", "gmail.com/w"):
        pmta.enqueue(queue, 1)
    assert say(pmta, "pause queue */v") == "Queue(s) paused.\n"
    assert paused(pmta) == ["gmail.com/v", "aol.com/v"]
    assert say(pmta, "resume queue */v") == "Queue(s) resumed.\n"
    assert say(pmta, "pause queue gmail.com") == "Queue(s) paused.\n"
    assert paused(pmta) == ["gmail.com/v", "gmail.com/w"]


@pytest.mark.parametrize("holds", [True, False])
def test_a_pause_may_or_may_not_hold_queues_that_come_later(pmta: Pmta, holds: bool) -> None:
    pmta.set(pause_holds_later=holds)
    say(pmta, "pause queue */v")
    pmta.enqueue("gmail.com/v", 1)
    assert paused(pmta) == (["gmail.com/v"] if holds else [])


@pytest.mark.parametrize("clears", [True, False])
def test_a_reload_may_or_may_not_clear_pauses(pmta: Pmta, clears: bool) -> None:
    pmta.set(reload_clears_pauses=clears)
    pmta.enqueue("gmail.com/v", 1)
    say(pmta, "pause queue */v")
    say(pmta, "reload")
    assert paused(pmta) == ([] if clears else ["gmail.com/v"])


def test_jobs_are_paused_and_resumed(pmta: Pmta) -> None:
    assert say(pmta, "pause job campaign1234") == "paused job.\n"
    assert pmta.peek()["jobs"] == ["campaign1234"]
    assert say(pmta, "resume job campaign1234") == "resumed job.\n"
    assert pmta.peek()["jobs"] == []


def test_queues_are_shown_as_asked_for(pmta: Pmta) -> None:
    for n, queue in enumerate(("a.example/v", "b.example/v", "a.example/w"), start=1):
        pmta.enqueue(queue, n)
    say(pmta, "pause queue */v")
    assert "3 of 3 matching queues." in say(pmta, "show queues")
    assert "2 of 2 matching queues." in say(pmta, "show queues --paused=yes")
    assert "1 of 1 matching queues." in say(pmta, "show queues --paused=no */*")
    assert "1 of 2 matching queues." in say(pmta, "show topqueues --maxitems=1 */v")
    assert 'queue[0].name="a.example/w"' in say(pmta, "--dom show queues --paused=no")
    assert "7 of 7" not in say(pmta, "show vmtas")


def test_the_status_is_the_same_in_all_four_forms(pmta: Pmta) -> None:
    pmta.enqueue("a.example/v", 7)
    data = json.loads(say(pmta, "--json show status"))["data"]
    assert data["status"]["queue"]["smtp"]["rcp"] == 7
    assert data["status"]["shuttingDown"] is False
    dom = say(pmta, "--dom show status")
    assert 'status.queue.smtp.rcp="7"\n' in dom
    assert 'status.shuttingDown="0"\n' in dom
    xml = ElementTree.fromstring(say(pmta, "--xml show status"))
    assert xml.findtext("data/status/queue/smtp/rcp") == "7"
    started = pmta.peek()["started"]
    assert f"Started  {started} " in say(pmta, "show status")
    assert data["status"]["startupTime"] == started


def test_settings_show_the_rate_of_the_vmta(pmta: Pmta, root: Path) -> None:
    write(root, VMTA.replace("</", "max-smtp-msg-rate 50/d\n</"))
    say(pmta, "reload")
    assert "max-smtp-msg-rate 50/d\n" in say(pmta, "show settings gmail.com/v")
    assert "max-smtp-msg-rate 50/d\n" in say(pmta, "show vmta-settings v")
    assert "does not exist" in say(pmta, "show vmta-settings w")


# --- faults


def test_a_fault_befalls_the_command_it_is_for_and_then_no_more(pmta: Pmta) -> None:
    pmta.fault("reload", "refuse", skip=1, text="Error: licence expired")
    assert say(pmta, "reload") == "Configuration reloaded.\n"
    assert pmta.run(["reload"]) == (1, "Error: licence expired\n", "", 0, 0, False)
    assert say(pmta, "reload") == "Configuration reloaded.\n"


def test_a_command_that_hangs_may_have_done_its_work_or_not(pmta: Pmta) -> None:
    pmta.enqueue("a.example/v", 1)
    pmta.fault("pause queue", "hang")
    assert pmta.run(["pause", "queue", "*/v"]).before_s > 60
    assert paused(pmta) == []
    pmta.fault("pause queue", "hang after")
    assert pmta.run(["pause", "queue", "*/v"]).after_s > 60
    assert paused(pmta) == ["a.example/v"]


def test_errors_go_where_they_are_sent(pmta: Pmta, root: Path) -> None:
    pmta.set(errors_to="stderr", error_rc=1)
    write(root, "weight 3\n")
    said = pmta.run(["reload"])
    assert (said.rc, said.out) == (1, "")
    assert said.err.startswith("Error in line")
