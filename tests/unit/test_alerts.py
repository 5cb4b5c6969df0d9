"""What people hear, in words, and how often."""

from datetime import timedelta

from engine.commands.alert import FireAlert
from engine.effects import Dispatch, TellPeople
from engine.events.alert import AlertFired, AlertTellingFailed, AlertTold
from engine.events.node import NodeLooked, PauseFailed, QueuesPaused
from engine.events.rollout import RolloutEnded, RolloutUnknown
from engine.events.server import ServerTold
from engine.events.zone import ZoneHealthChanged
from engine.ids import AlertId, Position, ServerId, Zone
from engine.projections.alerts import ALERTS, Alert
from engine.projections.projection import first
from engine.reactors.alerts import ALERT_REACTOR, digest, message
from engine.values.levers import STOPPED
from engine.values.server import ServerRow, ServerWish
from tests.support.samples import finished, stage, stopped
from tests.support.spec import DAY_1, IP, NODE, ReactorSpec, record

BELL = ReactorSpec(ALERT_REACTOR)
LISTED = f"acme/ip_listed/{IP}"
FIRED = AlertFired(alert=AlertId(f"{LISTED}#1"), severity="critical")
PAUSED = QueuesPaused(node=NODE, ip=IP, cycle=Position(1))


def view(key: str, *given: object) -> Alert:
    """Folds only what concerns this key, as the pump does."""
    seen = first(ALERTS, key)
    for n, event in enumerate(given, start=1):
        recorded = record(n, event)  # type: ignore[arg-type]
        if key in ALERTS.keys(recorded):
            seen = ALERTS.evolve(seen, recorded)
    return seen


def told(text: str, episode: int = 1) -> AlertTold:
    alert = AlertId(f"{LISTED}#{episode}")
    return AlertTold(alert=alert, text=digest(text), messages={"-100": 5})


def test_an_alert_is_recorded_before_it_is_told() -> None:
    fire = FireAlert(
        alert=AlertId(f"{LISTED}#1"), tenant=record(1, stopped()).tenant, severity="critical"
    )
    BELL.asks(
        given=[stopped()], then=[Dispatch(tenant=fire.tenant, command=fire, cycle=Position(1))]
    )
    (tell,) = BELL.effects([stopped(), FIRED])
    assert isinstance(tell, TellPeople)
    assert tell.messages == {}


def test_a_listing_says_what_where_and_what_is_done_about_it() -> None:
    text = message(view(LISTED, stopped()))
    for part in ("CRITICAL IP blacklisted", "acme", IP, "zen.spamhaus.org (127.0.0.2)"):
        assert part in text
    assert "PowerMTA: being stopped" in text
    assert "https://check.spamhaus.org" in text
    assert f"{LISTED}#1" in text


def test_each_outcome_edits_the_message() -> None:
    off = ServerTold(
        ip=IP,
        wish=ServerWish(on=False, daily=None),
        row=ServerRow(ServerId(3), "h", "disabled", 50, 10),
    )
    done = RolloutEnded(node=NODE, ending="done", changed={IP: STOPPED})
    text = message(view(LISTED, stopped(), PAUSED, off, done))
    assert "PowerMTA: queues paused at 2026-01-05 09:00Z" in text
    assert "MailWizz: delivery server off at" in text
    assert "Pool: taken out of the configuration at" in text
    first_text = message(view(LISTED, stopped(), FIRED))
    (edit,) = BELL.effects([stopped(), FIRED, told(first_text), PAUSED])
    assert isinstance(edit, TellPeople)
    assert edit.messages == {"-100": 5}


def test_what_was_told_is_not_told_again() -> None:
    text = message(view(LISTED, stopped(), FIRED))
    BELL.asks(given=[stopped(), FIRED, told(text)], then=[])


def test_a_failed_pause_is_said() -> None:
    failed = PauseFailed(node=NODE, ip=IP, cycle=Position(1), why="busy")
    assert "PowerMTA: being stopped; the last try failed: busy" in message(
        view(LISTED, stopped(), failed)
    )


def test_the_way_back_ends_it_and_a_second_listing_is_a_message_of_its_own() -> None:
    back = view(LISTED, stopped(), FIRED, stage(1))
    assert not back.firing
    assert "Back: clean again; warms up from stage 1" in message(back)
    again = view(LISTED, stopped(), FIRED, stage(1), stopped())
    assert (again.episode, again.firing, again.recorded, again.messages) == (2, True, False, {})


def test_reload_pauses_of_an_address_that_is_not_listed_fire_nothing() -> None:
    assert view(LISTED, stage(1), PAUSED).episode == 0


def test_people_who_were_not_reached_are_told_later() -> None:
    failed = AlertTellingFailed(alert=AlertId(f"{LISTED}#1"), messages={"-100": 5}, why="429")
    BELL.asks(given=[stopped(), FIRED, failed], then=[], wakes=DAY_1 + timedelta(minutes=1))
    (tell,) = BELL.effects([stopped(), FIRED, failed], DAY_1 + timedelta(minutes=1))
    assert isinstance(tell, TellPeople)
    assert (tell.messages, tell.attempt) == ({"-100": 5}, 2)


def test_a_finished_warm_up_is_good_news_without_a_sequel() -> None:
    news = view(f"acme/warmup_finished/{IP}", finished())
    assert (news.episode, news.firing, news.severity) == (1, False, "info")
    assert "Warm-up finished" in message(news)


def test_a_rollout_that_fails_is_told_once_until_one_is_done() -> None:
    failed = RolloutEnded(node=NODE, ending="failed", kind="foreign", why="line 3")
    done = RolloutEnded(node=NODE, ending="done")
    key = f"acme/rollout/{NODE}"
    assert view(key, failed, failed).episode == 1
    assert not view(key, failed, done).firing
    assert view(key, failed, done, failed).episode == 2


def test_only_three_unanswered_looks_in_a_row_are_told() -> None:
    key, silence = f"acme/node_silent/{NODE}", NodeLooked(node=NODE, paused=None, why="no route")
    answer = NodeLooked(node=NODE, paused=())
    assert view(key, silence, silence, answer, silence, silence).episode == 0
    assert view(key, silence, silence, silence).episode == 1
    unknown = RolloutUnknown(node=NODE, attempt=1, why="x")
    assert view(f"acme/rollout/{NODE}", unknown, unknown).episode == 0
    assert view(f"acme/rollout/{NODE}", unknown, unknown, unknown).episode == 1


def test_a_dead_zone_is_told_once() -> None:
    dead = ZoneHealthChanged(zone=Zone("dnsbl.sorbs.net"), health="dead", why="empty")
    assert "Block list not to be believed" in message(view("acme/zone/dnsbl.sorbs.net", dead))


def test_what_people_wrote_cannot_break_the_message() -> None:
    nasty = PauseFailed(node=NODE, ip=IP, cycle=Position(1), why="<b>no & yes")
    assert "&lt;b&gt;no &amp; yes" in message(view(LISTED, stopped(), nasty))
