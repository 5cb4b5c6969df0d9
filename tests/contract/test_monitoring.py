"""What is shipped for Prometheus, Alertmanager and Grafana, tried with the real programs."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.adapters import prometheus_names as names
from tests.support.event_samples import SAMPLES
from tests.support.lively_metrics import lively
from tests.support.metrics import Figures
from tests.support.needs import need
from tests.support.postgres import Database
from tests.support.prometheus import DEPLOY, Prometheus, scraping
from tests.support.spec import record
from tests.support.watched_engine import watched_engine

RULES = DEPLOY / "prometheus/rules"
DASHBOARDS = sorted((DEPLOY / "grafana/dashboards").glob("*.json"))
PATIENCE_S = 60  # for a panel to have data: it takes two scrapes

# What promtool says of names that were given (DESIGN §11).
GIVEN = {'email_engine_ips_total non-counter metrics should not have "_total" suffix'}


def run(*words: str, text: bytes = b"", home: Path | None = None) -> tuple[int, str]:
    done = subprocess.run(
        words, input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=home, check=False
    )
    return done.returncode, done.stdout.decode()


# --- Prometheus and Alertmanager -----------------------------------------------------------------


@pytest.mark.real
@pytest.mark.parametrize(
    "words",
    [
        ("check", "config", "prometheus.yml"),
        ("check", "rules", *(str(path) for path in sorted(RULES.glob("*.yml")))),
        ("test", "rules", "rules_test.yml"),
    ],
    ids=" ".join,
)
def test_promtool_is_content(words: tuple[str, ...]) -> None:
    code, said = run(need("promtool", "prometheus"), *words, home=DEPLOY / "prometheus")
    assert code == 0, said


@pytest.mark.real
def test_alertmanager_takes_the_example() -> None:
    example = str(DEPLOY / "alertmanager/alertmanager.yml")
    code, said = run(need("amtool", "prometheus-alertmanager"), "check-config", example)
    assert code == 0, said


@pytest.mark.real
async def test_promtool_finds_nothing_but_the_names_that_were_given() -> None:
    figures = Figures()
    figures.fold(record(n, one) for n, one in enumerate(SAMPLES, 1))
    lively(figures)
    text = await figures.metrics.render(ready=True)
    _, said = run(need("promtool", "prometheus"), "check", "metrics", text=text)
    assert set(said.splitlines()) == GIVEN


def test_each_alert_has_its_runbook_its_test_and_its_words() -> None:
    rules = yaml.safe_load((RULES / "email-engine-alerts.yml").read_text())
    alerts = [rule for group in rules["groups"] for rule in group["rules"]]
    text = (DEPLOY.parent / "docs/runbooks.md").read_text()
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings == [one["alert"] for one in alerts]
    tested = (DEPLOY / "prometheus/rules_test.yml").read_text()
    for one in alerts:
        name, words = one["alert"], one["annotations"]
        assert words["runbook_url"] == f"docs/runbooks.md#{name.lower()}"
        assert set(words) == {"summary", "description", "runbook_url"}
        assert one["labels"]["severity"] in ("critical", "warning", "none")
        assert f"alertname: {name}" in tested


# --- Grafana -------------------------------------------------------------------------------------


def panels(dashboard: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (one for one in dashboard["panels"] if one["type"] != "row")


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def test_the_dashboards_are_as_they_are_made() -> None:
    code, said = run(sys.executable, str(DEPLOY / "grafana/make.py"), "--check")
    assert code == 0, said


def test_there_are_five_dashboards() -> None:
    assert [path.stem for path in DASHBOARDS] == ["api", "blacklists", "ips", "overview", "warmup"]
    assert len({read(path)["uid"] for path in DASHBOARDS}) == 5


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: str(path.stem))
def test_a_dashboard_is_well_formed(path: Path) -> None:
    dashboard = read(path)
    assert [one["name"] for one in dashboard["templating"]["list"]] == [
        "datasource",
        "job",
        "tenant",
    ]
    assert not dashboard["editable"]
    numbers = [one["id"] for one in dashboard["panels"]]
    assert len(set(numbers)) == len(numbers)
    taken: set[tuple[int, int]] = set()
    for one in dashboard["panels"]:
        place = one["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, one["title"]
        assert max(x for x, _ in cells) < 24, one["title"]
        taken |= cells
    for one in panels(dashboard):
        assert one["title"]
        assert one["description"]
        assert one["fieldConfig"]["defaults"]["unit"]
        for target in one["targets"]:
            assert 'job=~"$job"' in target["expr"], one["title"]
            assert target["datasource"]["uid"] == "${datasource}"


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: str(path.stem))
def test_no_picture_draws_each_of_ten_thousand_addresses(path: Path) -> None:
    each = [f"{one.name}{{" for one in (*names.THIRTEEN, *names.OWN) if "ip" in one.labels]
    for one in panels(read(path)):
        drawn = [] if one["type"] == "table" else [target["expr"] for target in one["targets"]]
        for expr in (expr for expr in drawn if any(name in expr for name in each)):
            few, summed = r"\b(top|bottom)k\(\d+, ", r"^(sum|avg)( by \((?!.*\bip\b)[^)]*\) )?\("
            assert re.search(few, expr) or re.search(summed, expr), one["title"]


def asked(expr: str) -> str:
    """As Grafana asks with all chosen; a figure that stands in for none does not count as data."""
    expr = re.sub(r" or (vector|label_replace\(vector)\(.*$", "", expr)
    expr = expr.replace("$__rate_interval", "1m").replace("$__range", "1h")
    return re.sub(r"\$(job|tenant)\b", ".*", expr)


@pytest.mark.real
async def test_every_panel_shows_something_of_a_real_engine(
    database: Database, tmp_path: Path
) -> None:
    missing = {
        f"{path.stem}: {panel['title']}: {target['expr']}": asked(target["expr"])
        for path in DASHBOARDS
        for panel in panels(read(path))
        for target in panel["targets"]
    }
    async with (
        watched_engine(database.dsn, tmp_path) as live,
        scraping(live.port, tmp_path) as prometheus,
    ):
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                await _all_shown(prometheus, missing)
    assert list(missing) == [], "without data"


async def _all_shown(prometheus: Prometheus, missing: dict[str, str]) -> None:
    """Takes out of ``missing`` what has data, until nothing is left."""
    while missing:
        for name, expr in list(missing.items()):
            if await prometheus.ask(expr):
                del missing[name]
        await asyncio.sleep(0.1)
