"""What people hear of clocks that were set, of the second limiter, and of a silent MailWizz."""

from datetime import timedelta

from msgspec.structs import replace

from engine.events import Event
from engine.events.engine import ClockStepped
from engine.events.ip_limiter import LimiterEnded, LimiterPaused
from engine.events.mailwizz import CampaignsCounted, MailwizzLooked
from engine.ids import EngineId, InstanceId
from engine.projections.alerts import ALERTS, Alert
from engine.projections.projection import first
from tests.support.spec import ACME, DAY_1, IP, NODE, record

MAIN = InstanceId("main")
STEPPED = ClockStepped(engine=EngineId("main"), by_s=-3_600, at=DAY_1)
HELD = LimiterPaused(ip=IP, node=NODE, attempts=61, cap=50, until=DAY_1 + timedelta(hours=15))
SILENT = MailwizzLooked(instance=MAIN, ips=(IP,), why="connection refused")
SEEN = MailwizzLooked(instance=MAIN, ips=(IP,))
UNREAD = CampaignsCounted(instance=MAIN, why="502")


def alert(key: str, *given: Event) -> Alert:
    view = first(ALERTS, key)
    for n, event in enumerate(given, 1):
        recorded = record(n, event, tenant=None if key.startswith("-") else ACME)
        assert key in ALERTS.keys(recorded)
        view = ALERTS.evolve(view, recorded)
    return view


def test_a_clock_that_was_set_is_said_each_time() -> None:
    view = alert("-/clock_stepped/main", STEPPED, STEPPED)
    assert (view.episode, view.firing, view.severity) == (2, False, "warning")
    assert view.facts["What"] == "set back by 3,600 s at 2026-01-05 09:00Z"
    assert "nothing is raised" in view.facts["Now"]


def test_the_limiter_informs_and_its_end_ends_the_alert() -> None:
    view = alert(f"acme/limiter/{IP}", HELD)
    assert (view.firing, view.severity) == (True, "info")
    assert view.facts["Counted"] == "61 attempts of 50 a day"
    assert "2026-01-06 00:00Z" in view.facts["Now"]
    over = alert(f"acme/limiter/{IP}", HELD, LimiterEnded(ip=IP, node=NODE))
    assert not over.firing
    assert "sends again" in over.facts["Now"]


def test_a_silent_mailwizz_is_told_once_after_three_looks_until_it_answers() -> None:
    key = "acme/mailwizz_silent/main"
    assert alert(key, SILENT, SILENT).episode == 0
    assert alert(key, SILENT, SILENT, SEEN, SILENT).episode == 0
    view = alert(key, *[SILENT] * 9)
    assert (view.episode, view.firing, view.facts["Why"]) == (1, True, "connection refused")
    assert not alert(key, *[SILENT] * 9, SEEN).firing


def test_a_slow_mailwizz_is_told_once_after_three_looks_until_it_is_quick_again() -> None:
    key, slow = "acme/mailwizz_slow/main", replace(SEEN, slow_s=12)
    assert alert(key, slow, slow).episode == 0
    assert alert(key, slow, slow, SEEN, slow).episode == 0
    view = alert(key, *[slow] * 9)
    assert (view.episode, view.firing, view.severity) == (1, True, "warning")
    assert "took 12 s" in view.facts["Seen"]
    assert alert(key, *[slow] * 3, SILENT).firing, "silence is no speed"
    assert not alert(key, *[slow] * 3, SEEN).firing
    assert alert("acme/mailwizz_silent/main", *[slow] * 9).episode == 0


def test_campaigns_that_cannot_be_read_are_told_of_once_until_they_can() -> None:
    key = "acme/campaigns_unread/main"
    view = alert(key, *[UNREAD] * 9)
    assert (view.episode, view.firing, view.facts["MailWizz"]) == (1, True, "main")
    assert not alert(key, *[UNREAD] * 9, CampaignsCounted(instance=MAIN)).firing
