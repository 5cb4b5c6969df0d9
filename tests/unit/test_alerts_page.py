"""No alert without its row in docs/alerts.md, and no row without its alert."""

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from engine.events import Event
from engine.events.ip import RetirementBegan
from engine.events.traffic import RateSeen
from engine.projections import alert_causes
from engine.projections.alerts import ALERTS
from engine.rules.rates import crossing
from tests.support.event_samples import SAMPLES
from tests.support.samples import monitored
from tests.support.spec import record

PAGE = Path(__file__).parents[2] / "docs" / "alerts.md"
ROW = re.compile(r"\| `(\w+)` \| ([a-z, ]+) \| (.+) \| (.+) \| (.+) \|")
ROWS = {found[1]: found for found in map(ROW.fullmatch, PAGE.read_text().splitlines()) if found}


RETIRED = next(one for one in SAMPLES if isinstance(one, RetirementBegan))
RATES = [one for one in SAMPLES if isinstance(one, RateSeen)]
STORY = (
    *(*SAMPLES, monitored()),
    replace(RETIRED, why="rotation"),  # told only where there is a why
    *(replace(one, signal=signal) for one in RATES for signal in crossing.LINES),
)


def named(event: Event) -> set[str]:
    return {key.split("/", 2)[1] for key in ALERTS.keys(record(1, event))}


NAMES = set[str]().union(*(named(event) for event in STORY if type(event) in alert_causes.CAUSES))


def test_every_alert_has_its_row_and_every_row_its_alert() -> None:
    assert set(ROWS) == NAMES


@pytest.mark.parametrize("event", STORY, ids=lambda one: type(one).__name__)
def test_what_fires_does_so_with_a_severity_of_its_row(event: Event) -> None:
    if type(event) not in alert_causes.CAUSES:
        return
    for name, subject in alert_causes.of(event):
        change = alert_causes.change({}, name, subject, record(1, event))
        if change.fires:
            assert change.severity in ROWS[name][2].split(", "), name
            assert change.title


def test_each_row_says_something_in_every_column() -> None:
    assert all(cell.strip(" -") for row in ROWS.values() for cell in row.groups())
