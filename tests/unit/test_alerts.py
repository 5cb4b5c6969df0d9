"""What people hear, in words, and how often."""

from datetime import timedelta

from msgspec.structs import replace

from engine.commands.alert import FireAlert
from engine.effects import Dispatch, TellPeople
from engine.events.alert import AlertFired, AlertTellingFailed, AlertTold
from engine.events.ip import MonitoringBegan
from engine.events.ip_cap import CapLimited
from engine.events.ip_warmup import (
    WarmupHeld,
    WarmupPaused,
    WarmupResumed,
    WarmupSteppedBack,
)
from engine.events.mailwizz import MailwizzLooked
from engine.events.node import NodeLooked, PauseFailed, QueuesPaused
from engine.events.rollout import RolloutEnded, RolloutUnknown
from engine.events.server import ServerTold, ServerUnknown
from engine.events.tenant import ReviewBegan, ReviewEnded
from engine.events.zone import ZoneHealthChanged
from engine.ids import AlertId, InstanceId, Position, ServerId, Zone
from engine.reactors.alert_text import message
from engine.reactors.alerts import alerts, digest
from engine.values.levers import STOPPED
from engine.values.node import Measures
from engine.values.server import ServerRow, ServerWish
from engine.values.traffic import JobBehind
from engine.values.tuning import Tuning
from tests.support.alert_view import alert_of
from tests.support.sample_values import RESULTS
from tests.support.samples import finished, monitored, rested, stage, stopped
from tests.support.spec import ACME, DAY_1, IP, NODE, OTHER, ReactorSpec, record, vmta

MAIN = InstanceId("main")
BELL = ReactorSpec(alerts(Tuning()))
LISTED = f"acme/ip_listed/{IP}"
FIRED = AlertFired(alert=AlertId(f"{LISTED}#1"), severity="critical")
PAUSED = QueuesPaused(node=NODE, ip=IP, cycle=Position(1))


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
    text = message(alert_of(LISTED, stopped()))
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
    text = message(alert_of(LISTED, stopped(), PAUSED, off, done))
    assert "PowerMTA: queues paused at 2026-01-05 09:00Z" in text
    assert "MailWizz: delivery server off at" in text
    assert "Pool: taken out of the configuration at" in text
    first_text = message(alert_of(LISTED, stopped(), FIRED))
    (edit,) = BELL.effects([stopped(), FIRED, told(first_text), PAUSED])
    assert isinstance(edit, TellPeople)
    assert edit.messages == {"-100": 5}


def test_what_was_told_is_not_told_again() -> None:
    text = message(alert_of(LISTED, stopped(), FIRED))
    BELL.asks(given=[stopped(), FIRED, told(text)], then=[], wakes=DAY_1 + timedelta(hours=4))


def test_a_failed_pause_is_said() -> None:
    failed = PauseFailed(node=NODE, ip=IP, cycle=Position(1), why="busy")
    assert "PowerMTA: being stopped; the last try failed: busy" in message(
        alert_of(LISTED, stopped(), failed)
    )


def test_the_way_back_ends_it_and_a_second_listing_is_a_message_of_its_own() -> None:
    back = alert_of(LISTED, stopped(), FIRED, stage(1))
    assert not back.firing
    assert "Back: clean again; warms up from stage 1" in message(back)
    again = alert_of(LISTED, stopped(), FIRED, stage(1), stopped())
    assert (again.episode, again.firing) == (2, True)
    assert (again.telling.recorded, again.telling.messages) == (False, {})


def test_reload_pauses_of_an_address_that_is_not_listed_fire_nothing() -> None:
    assert alert_of(LISTED, stage(1), PAUSED).episode == 0


def test_people_who_were_not_reached_are_told_later() -> None:
    failed = AlertTellingFailed(alert=AlertId(f"{LISTED}#1"), messages={"-100": 5}, why="429")
    BELL.asks(given=[stopped(), FIRED, failed], then=[], wakes=DAY_1 + timedelta(minutes=1))
    (tell,) = BELL.effects([stopped(), FIRED, failed], DAY_1 + timedelta(minutes=1))
    assert isinstance(tell, TellPeople)
    assert (tell.messages, tell.attempt) == ({"-100": 5}, 2)


def test_a_finished_warm_up_is_good_news_without_a_sequel() -> None:
    news = alert_of(f"acme/warmup_finished/{IP}", finished())
    assert (news.episode, news.firing, news.severity) == (1, False, "info")
    assert "Warm-up finished" in message(news)


def test_a_rollout_that_fails_is_told_once_until_one_is_done() -> None:
    failed = RolloutEnded(node=NODE, ending="failed", kind="foreign", why="line 3")
    done = RolloutEnded(node=NODE, ending="done")
    key = f"acme/rollout/{NODE}"
    assert alert_of(key, failed, failed).episode == 1
    assert not alert_of(key, failed, done).firing
    assert alert_of(key, failed, done, failed).episode == 2


def test_only_three_unanswered_looks_in_a_row_are_told() -> None:
    key, silence = f"acme/node_silent/{NODE}", NodeLooked(node=NODE, paused=None, why="no route")
    answer = NodeLooked(node=NODE, paused=())
    assert alert_of(key, silence, silence, answer, silence, silence).episode == 0
    assert alert_of(key, silence, silence, silence).episode == 1
    unknown = RolloutUnknown(node=NODE, attempt=1, why="x")
    assert alert_of(f"acme/rollout/{NODE}", unknown, unknown).episode == 0
    assert alert_of(f"acme/rollout/{NODE}", unknown, unknown, unknown).episode == 1


def test_what_mailwizz_took_is_said_to_be_unknown_after_three_unanswered_looks() -> None:
    key, unknown = f"acme/mailwizz_failed/{IP}", ServerUnknown(ip=IP, attempt=1, why="timed out")
    row = ServerRow(ServerId(3), "h", "active", 50, 10)
    told = ServerTold(ip=IP, wish=ServerWish(on=True, daily=50), row=row)
    assert alert_of(key, unknown, unknown, told, unknown, unknown).episode == 0
    alert = alert_of(key, unknown, unknown, unknown)
    assert "Unknown: whether its delivery server has the quota and the status" in message(alert)
    assert not alert_of(key, unknown, unknown, unknown, told).firing
    listed = message(alert_of(LISTED, stopped(), unknown))
    assert "MailWizz: being stopped; whether the last try did it is not known: timed out" in listed


def test_a_dead_zone_is_told_once() -> None:
    dead = ZoneHealthChanged(zone=Zone("dnsbl.sorbs.net"), health="dead", why="empty")
    assert "Block list not to be believed" in message(alert_of("acme/zone/dnsbl.sorbs.net", dead))


def test_what_people_wrote_cannot_break_the_message() -> None:
    nasty = PauseFailed(node=NODE, ip=IP, cycle=Position(1), why="<b>no & yes")
    assert "&lt;b&gt;no &amp; yes" in message(alert_of(LISTED, stopped(), nasty))


# --- warm-ups ------------------------------------------------------------------------------------

BAD = WarmupHeld(ip=IP, by="results", results=RESULTS)


def test_people_hear_of_the_start_and_of_each_stage_as_news_without_a_sequel() -> None:
    key = f"acme/warmup_stage/{IP}"
    started = alert_of(key, stage(1))
    assert (started.firing, started.severity) == (False, "info")
    text = message(started)
    for part in ("Warm-up started", IP, "Stage: 1", "Cap: 50 a day"):
        assert part in text
    reached = alert_of(key, stage(1), stage(2))
    assert reached.episode == 2
    assert "Warm-up stage reached" in message(reached)
    assert "Cap: 200 a day" in message(reached)


def test_a_hold_says_why_and_ends_with_the_word_that_ends_it() -> None:
    key = f"acme/warmup_held/{IP}"
    held = alert_of(key, stage(1), BAD)
    text = message(held)
    assert "WARNING Warm-up held" in text
    assert "yahoo: bounce 29 of 350 (8.3 %; the limit is 5 %)" in text
    by_results = WarmupResumed(ip=IP, node=NODE, vmta=stage(1).vmta, by="results")
    good = alert_of(key, stage(1), BAD, by_results)
    assert not good.firing
    assert "its results are good again" in message(good)
    by_person = WarmupHeld(ip=IP, by="person", reason="a new list")
    assert "by a person: a new list" in message(alert_of(key, by_person))


def test_a_pause_by_results_is_critical_even_after_a_hold() -> None:
    key = f"acme/warmup_held/{IP}"
    pause = WarmupPaused(ip=IP, node=NODE, vmta=vmta(STOPPED), results=RESULTS)
    paused = alert_of(key, stage(1), BAD, pause)
    assert (paused.episode, paused.firing, paused.severity) == (2, True, "critical")
    assert "intake closed, output paused" in message(paused)
    assert not alert_of(key, stage(1), BAD, pause, stopped()).firing, "the list is another alert"


def test_a_step_back_by_results_is_told_and_one_by_a_person_is_not() -> None:
    key, at = f"acme/warmup_held/{IP}", stage(1).vmta
    by_results = WarmupSteppedBack(
        ip=IP, node=NODE, stage=1, vmta=at, by="results", results=RESULTS
    )
    assert "back at stage 1, and held there" in message(alert_of(key, by_results))
    by_person = WarmupSteppedBack(ip=IP, node=NODE, stage=1, vmta=at, by="person")
    assert alert_of(key, by_person).episode == 0


def test_the_end_of_a_rest_is_news_and_that_of_a_quarantine_is_not() -> None:
    key = f"acme/rest_over/{IP}"
    assert "Rest is over" in message(alert_of(key, monitored()))
    released = MonitoringBegan(ip=IP, node=NODE, vmta=vmta(STOPPED), why="released", reason="x")
    assert alert_of(key, released).episode == 0


def test_a_quota_that_holds_caps_down_is_told_once_until_it_does_not() -> None:
    key = "acme/quota_reached/quota"

    def limited(limit: int | None, quota: int | None) -> CapLimited:
        return CapLimited(
            ip=IP, node=NODE, vmta=stage(1).vmta, limit=limit, quota=quota, wanted=250
        )

    first_time = alert_of(key, limited(40, 80))
    assert (first_time.firing, first_time.severity) == (True, "warning")
    assert "Wanted: 250 a day" in message(first_time)
    assert alert_of(key, limited(40, 80), limited(40, 80)).episode == 1
    assert not alert_of(key, limited(40, 80), limited(None, 250)).firing
    assert not alert_of(key, limited(40, 80), limited(None, None)).firing


def test_a_review_is_critical_and_says_how_it_is_ended() -> None:
    began = ReviewBegan(slug=ACME, why="listings", ips=(IP,), addresses=(IP,))
    text = message(alert_of("acme/review/acme", began))
    for part in (
        "CRITICAL Tenant in review",
        IP,
        "within 7 days",
        "/api/v2/tenants/acme/review/end",
    ):
        assert part in text
    ended = ReviewEnded(slug=ACME, reason="the list was cleaned", addresses=(IP,))
    over = alert_of("acme/review/acme", began, ended)
    assert not over.firing
    assert "Now: ended: the list was cleaned" in message(over)


def test_a_listing_names_the_job_that_most_probably_brought_it() -> None:
    job = JobBehind(job="campaign-7", complaints=3, blocks=12, unknown=5, sent=900)
    text = message(alert_of(LISTED, replace(stopped(), jobs=(job,))))
    assert "Probable cause: job campaign-7: 3 complaints, 12 blocks and 5 unknown users of" in text
    assert "Probable cause" not in message(alert_of(LISTED, stopped()))


def looked(**disks: int) -> NodeLooked:
    return NodeLooked(node=NODE, paused=(), measures=Measures(disks=disks))


def test_a_disk_over_80_per_cent_warns_once_and_is_over_when_there_is_room() -> None:
    key = f"acme/disk/{NODE}"
    assert alert_of(key, looked(root=80)).episode == 0
    full = alert_of(key, looked(root=40, data=81))
    assert (full.severity, full.firing) == ("warning", True)
    assert full.facts["Disks"] == "data 81 % full"
    still = alert_of(key, looked(data=81), looked(data=79), NodeLooked(node=NODE, paused=()))
    assert (still.episode, still.firing) == (1, True), "it does not come and go"
    over = alert_of(key, looked(data=81), looked(data=77))
    assert (over.firing, over.facts["Now"]) == (False, "there is room again")
    again = alert_of(key, looked(data=81), looked(data=50), looked(data=95))
    assert (again.episode, again.facts["Disks"]) == (2, "data 95 % full")


def test_mail_that_is_left_when_the_time_to_drain_is_over_is_told_with_its_count() -> None:
    key = f"acme/mail_left/{IP}"
    left = alert_of(key, replace(rested(), left=1200))
    assert (left.severity, left.title) == ("warning", "Mail left behind")
    assert left.facts["Waiting"] == "1,200 recipients when the time to drain was over"
    assert alert_of(key, rested()).episode == 0, "nobody knows"
    assert alert_of(key, replace(rested("drained"), left=0)).episode == 0


def test_no_server_is_said_of_the_address_that_has_none_and_why() -> None:
    row = ServerRow(ServerId(3), "mail1.acme.example", "active", 0, 0)
    both = MailwizzLooked(instance=MAIN, ips=(IP, OTHER), rows={OTHER: row})
    assert alert_of(f"acme/no_server/{IP}", both).firing
    assert not alert_of(f"acme/no_server/{OTHER}", both).firing
    for why, looked in (
        ("no row has its hostname", both),
        ("several rows carry its hostname, and none of them is chosen", {"several": (IP,)}),
        ("the row with its hostname is another address's", {"taken": (IP,)}),
        ("its row is gone", {"gone": (IP,)}),
    ):
        event = replace(both, **looked) if isinstance(looked, dict) else looked
        assert alert_of(f"acme/no_server/{IP}", event).facts["Why"] == why
