"""`email-engine domains` and the verbs of `domain` about those that tenants send from."""

from typing import Any

import pytest

from engine import cli
from engine.api import present_domain
from engine.cli import exits
from engine.events.domain import DomainRegistered
from engine.reactors.domains import domains
from engine.values.sending_domain import Beside, DeployedKey, Setup
from engine.values.tuning import Tuning
from tests.support.domain_looks import looked, validation
from tests.support.http_engine import HttpEngine, plain
from tests.support.published import DOMAIN, SPF
from tests.support.spec import IP, NODE, ReactorSpec

BROKEN = "v=spf1 ip4:192.0.2.1 -all"
UNREAD = Beside(keys=(DeployedKey(node=NODE, selector="default", why="no key there"),))
KEPT = (
    DomainRegistered(domain=DOMAIN, setup=Setup(mail_from="bounces.acme.example")),
    looked(),
    looked(validation(spf=BROKEN), cycle=2, beside=UNREAD),
)


def shown(*given: Any, whole: bool = True) -> Any:
    """As the API shows a domain to which this happened."""
    view = ReactorSpec(domains(Tuning())).view(given)
    make = present_domain.whole if whole else present_domain.domain
    return plain(make(view, Tuning()))


@pytest.fixture(name="engine")
def knows_the_domain(engine: HttpEngine) -> HttpEngine:
    engine.answer = 200, shown(*KEPT)
    return engine


def test_the_list_has_a_sign_for_each_part(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    new = shown(DomainRegistered(domain=DOMAIN, setup=Setup()), whole=False)
    engine.answer = 200, {"items": [shown(*KEPT, whole=False), new], "next": None}
    assert cli.main(["domains", "--status", "error"]) == exits.OK
    head, first, second = capsys.readouterr().out.splitlines()
    assert head.split() == [
        *("DOMAIN", "TENANT", "STATUS", "SPF", "DKIM", "DMARC", "PTR", "MX", "CHECKED")
    ]
    words = [DOMAIN, "acme", "error", "✗", "✓", "✓", "✓", "✓", "2026-01-05T09:00:00Z"]
    assert first.split() == words
    assert second.split() == [DOMAIN, "acme", "unknown", "?", "?", "?", "?", "?", "-"]
    assert "status=error" in engine.asked[0][1]


def test_one_is_shown_with_what_is_certain_what_changed_and_the_whole_report(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["domain", "show", DOMAIN]) == exits.OK
    out = capsys.readouterr().out
    flat = " ".join(out.split())
    assert "SPF invalid (spf.ip_not_authorised) since 2026-01-05T09:00:00Z" in flat
    assert "bounces to bounces.acme.example" in flat
    assert f"SPF invalid: {BROKEN}, was {SPF}" in flat
    assert f"ip4:{IP} -all" in flat, "the record to publish"
    assert "was not read on pmta-1: no key there" in flat, "what was seen beside the DNS"
    assert [line for line in out.splitlines() if len(line) > 80 and len(line.split()) > 3] == []


def test_one_that_was_not_looked_at_yet_says_so(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.answer = 200, shown(DomainRegistered(domain=DOMAIN, setup=Setup()))
    assert cli.main(["domain", "show", DOMAIN]) == exits.OK
    assert "was not looked at yet" in capsys.readouterr().err


def test_what_is_said_of_a_new_one_is_sent_and_nothing_else(engine: HttpEngine) -> None:
    engine.answer = 201, shown(*KEPT)
    words = ["--selector", "default", "--selector", "2026", "--dkim-key", "default=/etc/k.pem"]
    words += ["--mail-from", "b.acme.example", "--purpose", "news", "--tenant", "acme"]
    assert cli.main(["domain", "add", DOMAIN, *words]) == exits.OK
    assert cli.main(["domain", "add", DOMAIN]) == exits.OK
    (method, path, body), (_, _, plain) = engine.asked
    assert (method, path) == ("POST", "/api/v2/domains")
    assert body == {
        "domain": DOMAIN,
        "selectors": ["default", "2026"],
        "dkim_keys": {"default": "/etc/k.pem"},
        "mail_from": "b.acme.example",
        "purposes": ["news"],
        "tenant": "acme",
    }
    assert plain == {"domain": DOMAIN}


@pytest.mark.parametrize(("given", "code"), [(KEPT, exits.WRONG), (KEPT[:2], exits.OK)])
def test_a_look_on_demand_ends_as_a_check_does(engine: HttpEngine, given: Any, code: int) -> None:
    engine.answer = 200, shown(*given)
    assert cli.main(["domain", "check-now", DOMAIN, "--json"]) == code
    assert engine.asked == [("POST", f"/api/v2/domains/{DOMAIN}/check", {})]


def test_a_look_that_takes_long_is_not_known(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.answer = 202, {"see": f"/api/v2/domains/{DOMAIN}?at_least=9"}
    assert cli.main(["domain", "check-now", DOMAIN]) == exits.UNKNOWN
    assert f"domain show {DOMAIN}" in capsys.readouterr().err


def test_one_is_removed(engine: HttpEngine, capsys: pytest.CaptureFixture[str]) -> None:
    engine.answer = 200, {"domain": DOMAIN, "registered": False}
    assert cli.main(["domain", "remove", DOMAIN, "--tenant", "acme"]) == exits.OK
    assert engine.asked == [("DELETE", f"/api/v2/domains/{DOMAIN}?tenant=acme", None)]
    assert "no more" in capsys.readouterr().out


def test_one_that_is_not_there_is_not_found(engine: HttpEngine) -> None:
    engine.answer = 404, {"title": "There is no such thing", "detail": "not registered here"}
    assert cli.main(["domain", "show", "no.example"]) == exits.NOT_FOUND
    assert cli.main(["domain", "remove", "no.example"]) == exits.NOT_FOUND


@pytest.mark.parametrize(
    "words", [["domains", "--status", "bad"], ["domain", "add", DOMAIN, "--dkim-key", "a"]]
)
def test_wrong_words_are_wrong_usage(words: list[str]) -> None:
    assert cli.main(words) == exits.USAGE
