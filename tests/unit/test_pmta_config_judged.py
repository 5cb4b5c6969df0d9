"""Whole configurations, includes, what is unknown, and any text at all."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rules.pmta_config.finding import Mode
from engine.rules.pmta_config.load import load, of_text
from engine.rules.pmta_config.validate import errors, validate
from tests.support.pmta_config import VMTA, judged, told


def test_a_node_without_log_file_or_spool_does_not_start() -> None:
    for text in ("log-file /l\n", "<spool /s>\n</spool>\n"):
        (one,) = validate(of_text(text), main="config")
        assert (one.rule, one.severity, one.at.line) == ("E16", "error", 1)
        assert validate(of_text(text)) == []  # one file of several owes neither
    assert errors(validate(of_text("log-file /l\nspool /s\n"), main="config")) == []


def test_a_missing_file_a_ring_and_an_unread_address_are_told_where_they_are_included() -> None:
    files = {
        "/etc/pmta/config": "include /etc/pmta/a\n\ninclude b\ninclude /none/*.conf\n",
        "/etc/pmta/a": "# first\ninclude /etc/pmta/config\n",
        "/etc/pmta/b": "include http://conf.example/x\ninclude gone\n",
    }
    config = load("/etc/pmta/config", files.get, lambda _: [])
    found = [(one.rule, one.severity, one.at) for one in validate(config)]
    assert found == [
        ("E19", "error", ("/etc/pmta/a", 2)),
        ("E19", "warning", ("/etc/pmta/b", 1)),
        ("E19", "error", ("/etc/pmta/b", 2)),
    ]
    assert load("/gone", files.get, lambda _: []).findings[0].rule == "E19"


def test_included_files_are_judged_in_the_section_that_includes_them() -> None:
    files = {
        "/c": "<virtual-mta a>\ninclude /v/*.conf\n</virtual-mta>\n",
        "/v/1.conf": "smtp-source-host 192.0.2.1 a.example\n",
        "/v/2.conf": "log-file /l\n",
    }
    config = load("/c", files.get, lambda pattern: ["/v/2.conf", "/v/1.conf"])
    (one,) = validate(config)
    assert (one.rule, one.at) == ("E3", ("/v/2.conf", 1))


def test_a_file_within_a_file_is_still_read_as_part_of_the_section() -> None:
    files = {
        "/c": "<smtp-pattern-list p>\ninclude /1\n</smtp-pattern-list>\n",
        "/1": "include /2\n",
        "/2": "reply /a\nb/ skip-mx\n",
    }
    config = load("/c", files.get, lambda _: [], tolerant=True)
    found = [(one.rule, one.severity, one.at) for one in validate(config, mode="imported")]
    assert found == [("P2", "warning", ("/2", 1))]


def test_the_number_of_includes_is_bounded() -> None:
    files = {f"/{n}": f"include /{n + 1}\n" * 3 for n in range(12)} | {"/12": "run-as-root no\n"}
    found = validate(load("/0", files.get, lambda _: []))
    assert [one.rule for one in found] == ["E19"]


def test_what_is_unknown_is_kept_with_a_warning_where_others_wrote_it() -> None:
    text = "warp-drive on\n<warp 9>\n  speed 9\n</warp>\n"
    assert told(text) == {("E2", "error", 1), ("E2", "error", 2)}
    assert told(text, mode="imported") == {("E2", "warning", 1), ("E2", "warning", 2)}


INVENTED = [
    "<bind 192.0.2.1>\n</bind>", "<macro m>\n</macro>", "<include f>\n</include>",
    "<rate-limit x>\n</rate-limit>", "<route x>\n</route>", "<policy x>\n</policy>",
    "<VirtualMTA a>\n</VirtualMTA>", '<virtual-mta name="a">\n</virtual-mta>',
    "throttle-rules x", "bounce-classification-file /f", "routing-file /f", "domain-selection x",
    "map-header-to-column x", "dkim-key /k", "dkim-selector s", "dkim-domain a.example",
    "use-dkim yes", "dkim-signer-domain a.example", "listen-on-tcp 25", "process-x-sender yes",
    "smtp-listener 192.0.2.1:25 {", "}", "virtual-mta-pool-map x", "job-class x",
    "binding-rate-limit x", "max-connections 5", "max-connections-per-source 5", "bounce-log /l",
    "virtual-mta-pool p",
]  # fmt: skip
WITHIN = [
    "<source 10/8>\nrequire-starttls yes\n</source>",
    "<domain *>\nvirtual-mta-pool p\n</domain>",
    "<pattern-list p>\nx@a.example vmta\n</pattern-list>",
]
MODES: list[Mode] = ["ours", "imported"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("text", "line"), [*((text, 1) for text in INVENTED), *((text, 2) for text in WITHIN)]
)
def test_what_web_pages_invented_is_an_error_on_its_line(text: str, line: int, mode: Mode) -> None:
    found = judged(f"{text}\n", mode=mode)
    assert line in {one.at.line - 3 for one in errors(found)}, [str(one) for one in found]


def test_names_that_differ_in_case_alone_are_one_name_only_where_others_wrote_them() -> None:
    used = "<virtual-mta-pool p>\nvirtual-mta A\n</virtual-mta-pool>\n"
    used += "<source 10/8>\ndefault-virtual-mta P\n</source>\n"
    assert told(VMTA + used) == {("E8", "error", 5), ("E11", "error", 8)}
    assert told(VMTA + used, mode="imported") == set()
    assert told(VMTA + "<virtual-mta-pool A>\n</virtual-mta-pool>\n") == {("E9", "error", 4)}


def test_a_weight_in_a_pool_is_an_error() -> None:
    pool = VMTA + "<virtual-mta-pool p>\nvirtual-mta a weight 5\n</virtual-mta-pool>\n"
    assert ("E5", "error", 5) in told(pool)


PIECES = (
    *("<domain", "*", ">", "</domain>", "<virtual-mta a>", "</virtual-mta>", "<pattern-list q>"),
    *("<smtp-pattern-list p>", "</smtp-pattern-list>", "reply", "/x/", "/", "#", "domain-macro"),
    *("m", "$m", ",", "domain-key", "include", "x", "max-msg-rate", "0/h", "pattern-list", "* "),
    *("virtual-mta=b", "source-ip-max-msg-rate", "%", "smtp-listener", ":", "queue-to", "(?"),
    *("http-access", "[[", "{{", "\n", " ", "\t", "\r", "\x85", "\u212a", '"', "\\"),
)
WORDS = st.sampled_from(PIECES)


@settings(max_examples=500, deadline=None)
@given(st.lists(WORDS, max_size=40).map("".join) | st.text(max_size=200))
def test_whatever_the_text_it_is_judged_and_each_finding_has_a_line_of_it(text: str) -> None:
    lines = max(1, text.count("\n") + 1)
    for mode in MODES:
        config = of_text(text, "f", tolerant=mode == "imported")
        for one in validate(config, mode=mode, main="f"):
            assert one.at.file == "f"
            assert 1 <= one.at.line <= lines


def test_tags_without_end_are_judged_and_not_followed_for_ever() -> None:
    found = judged("<domain *>\n" * 3000)
    assert {one.rule for one in found} >= {"E1", "P1"}


LONG = 50_000


@pytest.mark.parametrize(
    "line",
    [
        f"<domain a{' ' * LONG}b\n",
        f"<domain a{' ' * LONG}b>\n</domain>\n",
        f"host-name {'${' * LONG}\n",
        f"host-name {'{{' * LONG}\n",
        f"host-name {'a.' * LONG}\n",
        f"relay-domain {'a.' * LONG}*\n",
        f"postmaster {'a@' * LONG}\n",
        f"<smtp-pattern-list p>\nreply /{'(?#' * LONG}\nreply /{'(' * LONG}/ skip-mx\n",
        f"domain-macro m {'a,' * LONG}\n",
        "domain-macro m a,\n" + "b,\n" * LONG,
        f'host-name "{chr(92) * LONG}\n',
    ],
    ids=lambda line: line[:20],
)
def test_a_line_made_to_be_slow_is_judged_at_once(line: str) -> None:
    """A reader that goes back and forth over it would take many minutes."""
    judged(line)
    judged(line, mode="imported")
