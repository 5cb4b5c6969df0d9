"""What people hear of a sending domain, and what they do not."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from engine.events.domain import DomainRemoved
from engine.ids import Zone
from engine.projections.alerts import ALERTS, Alert
from engine.projections.projection import first
from engine.reactors.alert_text import message
from engine.rules.timing import DOMAIN_SILENCE
from engine.values.domain_listing import DomainListing
from engine.values.finding import Finding
from engine.values.sending_domain import Beside, DeployedKey
from engine.values.verdict import Answer
from tests.support.domain_looks import looked, validation
from tests.support.published import DOMAIN
from tests.support.spec import ACME, DAY_1, IP, NODE, record

BROKEN = validation(spf="v=spf1 ip4:192.0.2.1 -all")
FAILING = looked(BROKEN, failing={"spf": DAY_1})
REMOVED = DomainRemoved(domain=DOMAIN)
SILENCE = validation(silent=("example", "arpa"))
HOUR = timedelta(hours=1)


def told(subject: str, *given: Any, name: str = "domain_dns") -> Alert:
    """The alert as these events leave it."""
    key = f"{ACME}/{name}/{subject}"
    view = first(ALERTS, key)
    for n, one in enumerate(given, 1):
        at, event = one if isinstance(one, tuple) else (DAY_1, one)
        recorded = record(n, event, at=at)
        if key in ALERTS.keys(recorded):
            view = ALERTS.evolve(view, recorded)
    return view


def silent(since: datetime) -> Any:
    return looked(SILENCE, silent_since=since)


def test_a_believed_failure_is_told_with_what_to_publish() -> None:
    alert = told(f"{DOMAIN}/spf", FAILING)
    assert (alert.firing, alert.severity, alert.title) == (
        True,
        "critical",
        "SPF of a sending domain is wrong",
    )
    text = message(alert)
    assert f"v=spf1 ip4:192.0.2.1 ip4:{IP} -all" in text
    assert "2026-01-05 09:00Z" in text


@pytest.mark.parametrize(
    ("letters", "whole", "last"),
    [
        ((300, 300), 1, "And more: email-engine domain show"),
        ((200, 200), 2, "p"),
        ((100, 100, 100, 100), 3, "And more: email-engine domain show"),
        ((900,), 0, "What to publish: email-engine domain show"),
    ],
)
def test_a_record_to_publish_is_told_whole_or_not_at_all(
    letters: tuple[int, ...], whole: int, last: str
) -> None:
    """Who copies a key that is cut off publishes a broken one."""
    fixes = [f"Publish: s{n}. IN TXT {'p' * length}" for n, length in enumerate(letters)]
    found = tuple(
        Finding(code="dkim.missing", severity="error", message="m", fix=fix) for fix in fixes
    )
    dkim = replace(BROKEN.report.dkim, valid=False, findings=found)
    made = replace(BROKEN, report=replace(BROKEN.report, dkim=dkim))
    alert = told(f"{DOMAIN}/dkim", looked(made, failing={"dkim": DAY_1}))
    said = alert.facts["Next"]
    assert said.startswith(" ".join(fixes[:whole]))
    assert said.count("IN TXT") == whole
    assert last in said
    assert "…" not in said


def test_a_failure_that_only_one_look_found_is_told_to_nobody() -> None:
    assert told(f"{DOMAIN}/spf", looked(BROKEN)).episode == 0


@pytest.mark.parametrize("part", ["dkim", "dmarc", "ptr", "mx"])
def test_the_other_parts_are_no_part_of_it(part: str) -> None:
    assert told(f"{DOMAIN}/{part}", FAILING).episode == 0


def test_a_missing_dmarc_record_is_a_warning() -> None:
    made = validation(without=(f"_dmarc.{DOMAIN} TXT",))
    alert = told(f"{DOMAIN}/dmarc", looked(made, failing={"dmarc": DAY_1}))
    assert (alert.firing, alert.severity) == (True, "warning")


def test_what_is_valid_is_told_to_nobody_whatever_was_believed() -> None:
    assert told(f"{DOMAIN}/dmarc", looked(failing={"dmarc": DAY_1})).episode == 0


def test_a_definite_success_ends_it_and_says_so() -> None:
    alert = told(f"{DOMAIN}/spf", FAILING, looked())
    assert not alert.firing
    assert "SPF is as it should be" in message(alert)
    assert "Publish" not in message(alert)


def test_silence_ends_nothing() -> None:
    assert told(f"{DOMAIN}/spf", FAILING, silent(DAY_1)).firing


def test_the_next_failure_is_another_episode() -> None:
    alert = told(f"{DOMAIN}/spf", FAILING, looked(), FAILING)
    assert (alert.firing, alert.episode) == (True, 2)


def test_a_look_that_finds_it_again_tells_nothing_new() -> None:
    first_told = told(f"{DOMAIN}/spf", FAILING)
    assert message(told(f"{DOMAIN}/spf", FAILING, FAILING)) == message(first_told)


def test_a_removed_domain_is_nobodys_worry() -> None:
    alert = told(f"{DOMAIN}/spf", FAILING, REMOVED)
    assert not alert.firing
    assert "removed" in message(alert)


def test_keys_that_differ_between_nodes_are_a_failure_of_dkim() -> None:
    keys = (
        DeployedKey(node=NODE, selector="default", key="AAAA"),
        DeployedKey(node=type(NODE)("pmta-2"), selector="default", key="BBBB"),
    )
    alert = told(f"{DOMAIN}/dkim", looked(beside=Beside(keys=keys), failing={"dkim": DAY_1}))
    assert alert.firing
    assert "pmta-2 and pmta-1 sign with different keys" in message(alert)


def test_a_day_of_silence_is_told_and_less_is_not() -> None:
    def after(span: timedelta) -> Alert:
        return told(DOMAIN, (DAY_1 + span, silent(DAY_1)), name="domain_silent")

    assert not after(DOMAIN_SILENCE - HOUR).firing
    assert after(DOMAIN_SILENCE).firing
    assert "literals" in message(after(DOMAIN_SILENCE)), "who was asked"


def test_an_answer_ends_the_silence() -> None:
    alert = told(
        DOMAIN,
        (DAY_1 + DOMAIN_SILENCE, silent(DAY_1)),
        (DAY_1 + DOMAIN_SILENCE + HOUR, looked()),
        name="domain_silent",
    )
    assert (alert.episode, alert.firing) == (1, False)


def hit(zone: str, verdict: str = "listed", severity: str = "error") -> DomainListing:
    return DomainListing(
        zone=Zone(zone),
        name=zone.upper(),
        answer=Answer(verdict=verdict),  # type: ignore[arg-type]
        severity=severity,  # type: ignore[arg-type]
        says=("spam domain",),
        page=f"https://{zone}.example/",
    )


def beside(*lists: DomainListing) -> Any:
    return replace(FAILING, beside=Beside(lists=lists))


def test_a_domain_on_a_list_is_as_urgent_as_the_worst_of_its_lists() -> None:
    lists = hit("a", severity="warning"), hit("b"), hit("c", "clean")
    both = told(DOMAIN, beside(*lists), name="domain_listed")
    assert (both.firing, both.severity) == (True, "critical")
    assert both.facts["Listed by"] == "A: spam domain; B: spam domain"
    mild = told(DOMAIN, beside(hit("a", severity="info")), name="domain_listed")
    assert mild.severity == "info"


def test_only_a_definite_answer_of_every_list_ends_it() -> None:
    on, silent_, off = beside(hit("a")), beside(hit("a", "unanswered")), beside(hit("a", "clean"))
    assert told(DOMAIN, silent_, name="domain_listed").episode == 0
    assert told(DOMAIN, on, silent_, name="domain_listed").firing
    assert not told(DOMAIN, on, off, name="domain_listed").firing
    assert not told(DOMAIN, on, REMOVED, name="domain_listed").firing
