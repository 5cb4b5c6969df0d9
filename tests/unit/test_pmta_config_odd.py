"""Files as they come from editors, web pages and other systems."""

import pytest

from engine.rules.pmta_config import imported
from engine.rules.pmta_config.finding import Finding
from engine.rules.pmta_config.load import Config, load
from engine.rules.pmta_config.parse import parse
from engine.rules.pmta_config.render import render
from engine.rules.pmta_config.validate import validate
from engine.rules.pmta_config.wildcards import matching
from tests.support.pmta_config import NODE, VMTA, judged, told

MAIN = "/etc/pmta/config"


def loaded(files: dict[str, str]) -> Config:
    def names(folder: str) -> list[str]:
        beneath = folder.rstrip("/") + "/"
        inside = [path.removeprefix(beneath) for path in files if path.startswith(beneath)]
        return [path.split("/")[0] for path in inside]

    return load(MAIN, files.get, lambda pattern: matching(pattern, names), tolerant=True)


def found(files: dict[str, str]) -> list[Finding]:
    return validate(loaded(files), mode="imported", main=MAIN)


# --- bytes of other systems


@pytest.mark.parametrize("text", ["\ufeff" + NODE, "\ufeff# only a word\n" + NODE])
def test_a_byte_order_mark_is_told_as_one_and_stays_where_it_is(text: str) -> None:
    read = parse(text, tolerant=True)
    assert [(one.rule, one.severity, one.at.line) for one in read.findings] == [
        ("P3", "warning", 1)
    ]
    assert "byte order mark" in read.findings[0].message
    assert render(read.document) == text
    assert [one.message for one in found({MAIN: text})] == [read.findings[0].message]


def test_a_byte_order_mark_is_an_error_in_what_we_write() -> None:
    assert [one.severity for one in parse("\ufeff" + NODE).findings] == ["error"]


def test_a_mark_between_two_files_that_were_joined_is_seen() -> None:
    assert ("P3", "warning", 1) in told("\ufeffhost-name a.example\n")


def test_a_file_of_windows_is_judged_as_any_other() -> None:
    text = (NODE + VMTA + "domain-macro m a.example,\n b.example\n").replace("\n", "\r\n")
    assert [(one.rule, one.at.line) for one in found({MAIN: text})] == [("P2", 7)]


def test_words_may_be_quoted_one_by_one_or_together() -> None:
    hosts = ('"192.0.2.2" "b.example"', '"192.0.2.2 b.example"', "192.0.2.2\tb.example")
    for host in hosts:
        config = loaded(
            {MAIN: NODE + f"<virtual-mta b>\nsmtp-source-host {host}\n</virtual-mta>\n"}
        )
        assert validate(config, mode="imported", main=MAIN) == []
        assert imported.read(config.nodes).vmtas[0].hosts == (("192.0.2.2", "b.example"),)


# --- mistyped


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("max-stmp-out", "max-smtp-out"),  # two letters that changed places
        ("max-smtp-ot", "max-smtp-out"),  # one too few
        ("max-smtpp-out", "max-smtp-out"),  # one too many
        ("max-smtp-oot", "max-smtp-out"),  # another one
        ("max_smtp_out", "max-smtp-out"),
        ("dkim-signs", "dkim-sign"),
        ("smtp-source-hosts", "smtp-source-host"),  # stands in another section
        ("retry-aft\u0435r", "retry-after"),  # a letter that looks like another
        ("xyzzy-of-nobody", ""),
        ("bc", ""),  # too short to be near to anything
    ],
)
def test_a_mistyped_directive_is_told_what_may_have_been_meant(written: str, meant: str) -> None:
    (finding,) = judged(f"<domain *>\n{written} 5\n</domain>\n", mode="imported")
    assert (finding.rule, finding.at.line) == ("E2", 5)
    assert finding.fix == (f"Did you mean {meant}?" if meant else "Check its name.")


def test_a_mistyped_tag_is_told_too() -> None:
    fixes = {one.fix for one in judged("<virtual-mta-pol p>\n</virtual-mta-pol>\n")}
    assert fixes == {"Did you mean <virtual-mta-pool>?"}


# --- statements that go on, or do not


def test_an_expression_that_a_comment_cut_does_not_swallow_the_next_line() -> None:
    replies = (
        "<smtp-pattern-list p>\nreply /a#b/ skip-mx\nreply /(/ skip-mx\n</smtp-pattern-list>\n"
    )
    bounces = "<bounce-category-patterns>\n/a #1/ x\n/(/ y\n</bounce-category-patterns>\n"
    for text in (replies, bounces):
        told_of = told(text, mode="imported")
        assert told_of == {("W7", "warning", 2), ("E17", "error", 2), ("E17", "error", 3)}


def test_an_open_expression_does_not_swallow_an_entry_of_its_own() -> None:
    text = "<smtp-pattern-list p>\nreply /a skip-mx\nreply /b/ nothing\n</smtp-pattern-list>\n"
    assert told(text, mode="imported") == {("E17", "error", 2), ("E5", "error", 3)}


def test_a_list_of_a_thousand_lines_is_one() -> None:
    names = ",\n".join(f"d{number}.example" for number in range(1000))
    text = f"domain-macro m\n{names}\nhost-nam x\n"
    assert told(text, mode="imported") == {("P2", "warning", 1), ("E2", "warning", 1002)}


# --- includes


def test_an_include_is_found_however_its_path_is_written() -> None:
    files = {
        MAIN: NODE + 'include ./a.conf\ninclude ../pmta//b.conf\ninclude "c d.conf"\n',
        "/etc/pmta/a.conf": "",
        "/etc/pmta/b.conf": "",
        "/etc/pmta/c d.conf": "",
    }
    assert found(files) == []


@pytest.mark.parametrize("path", ["config", "./config", "/etc/pmta/../pmta/config", "conf*"])
def test_a_file_that_includes_itself_is_told_at_once(path: str) -> None:
    ((rule, line, message),) = [
        (one.rule, one.at.line, one.message) for one in found({MAIN: NODE + f"include {path}\n"})
    ]
    assert (rule, line, message) == ("E19", 4, f"{MAIN} includes itself.")


def test_a_wildcard_goes_over_no_slash_and_finds_nothing_hidden() -> None:
    folders: dict[str, list[str]] = {
        "/e": ["v", "w", ".git", "x.conf"],
        "/e/v": ["b.conf", "a.conf", ".c.conf", "sub"],
        "/e/w": ["a.conf"],
        "/e/v/sub": ["d.conf"],
    }

    def names(folder: str) -> list[str]:
        return folders.get(folder, [])

    assert matching("/e/v/*.conf", names) == ["/e/v/a.conf", "/e/v/b.conf"]
    assert matching("/e/*/a.conf", names) == ["/e/v/a.conf", "/e/w/a.conf"]
    assert matching("/e/[vw]/?.conf", names) == ["/e/v/a.conf", "/e/v/b.conf", "/e/w/a.conf"]
    assert matching("/e/v/.*.conf", names) == ["/e/v/.c.conf"]
    assert matching("/nowhere/*.conf", names) == []


def test_a_file_that_is_included_twice_is_told_as_that() -> None:
    files = {MAIN: NODE + "include a.conf\ninclude a.conf\n", "/etc/pmta/a.conf": VMTA}
    (finding,) = found(files)
    assert (finding.rule, finding.at.file, finding.fix) == (
        "W1",
        "/etc/pmta/a.conf",
        "Include it once.",
    )


def test_an_address_with_a_login_or_a_question_is_none_to_include() -> None:
    for address in ("http://me@h.example/x", "https://h.example/x?y", "https://h.example/#x"):
        rules = {(one.rule, one.severity) for one in found({MAIN: NODE + f"include {address}\n"})}
        wanted = set() if "#" in address else {("E19", "error")}
        assert rules == wanted | {("E19", "warning")}


def test_what_was_said_before_is_named_with_its_file() -> None:
    text = "<domain *>\nmax-smtp-out 1\n</domain>\n"
    files = {MAIN: NODE + text + "include a.conf\n", "/etc/pmta/a.conf": text.replace("1", "2")}
    (finding,) = found(files)
    assert f"was 1 in line 5 of {MAIN}" in finding.message
