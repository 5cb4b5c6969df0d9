"""An alert is told in rounds: that it fires, that it still does, and that it is over."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from engine.commands.alert import (
    AcknowledgeAlert,
    AlertCommand,
    FireAlert,
    ReportTelling,
    ResolveAlert,
    SilenceAlert,
)
from engine.deciders.alert import DECIDER
from engine.effects import Dispatch, TellPeople
from engine.errors import Rejected
from engine.events.alert import (
    AlertAcknowledged,
    AlertFired,
    AlertResolved,
    AlertSilenced,
    AlertTellingFailed,
    AlertTold,
)
from engine.ids import AlertId
from engine.reactors.alert_text import message
from engine.reactors.alerts import alerts, digest
from engine.values.tuning import Tuning
from tests.support.samples import finished, stage, stopped
from tests.support.spec import ACME, DAY_1, IP, DeciderSpec, ReactorSpec

BELL = ReactorSpec(alerts(Tuning()))
ALERT = AlertId(f"acme/ip_listed/{IP}#1")
FIRED = AlertFired(alert=ALERT, severity="critical")
HOUR = timedelta(hours=1)
SPOKEN = AlertTold(alert=ALERT, text="", messages={"-100": 5})
OVER = AlertResolved(alert=ALERT)


def at(hours: float) -> datetime:
    return DAY_1 + hours * HOUR


def told(given: Sequence[object], hours: float = 0, round_: str = "fired") -> list[object]:
    """The story, and that all of it was told at that hour."""
    text = digest(message(BELL.view(given)))
    return [*given, (at(hours), replace(SPOKEN, text=text, round=round_))]


def asked(given: Sequence[object], hours: float) -> TellPeople | None:
    effects = BELL.effects(given, at(hours))
    assert len(effects) <= 1
    return effects[0] if effects and isinstance(effects[0], TellPeople) else None


LISTED = told([stopped(), FIRED])


def test_what_nobody_acknowledged_is_told_again_every_four_hours() -> None:
    assert asked(LISTED, 3.9) is None
    assert BELL.wakes(LISTED, at(3.9)) == at(4)
    again = asked(LISTED, 4)
    assert again is not None
    assert (again.round, again.heard) == ("repeat-1", {"-100": "fired"})
    twice = told(LISTED, 4, "repeat-1")
    assert asked(twice, 7.9) is None
    third = asked(twice, 8)
    assert third is not None
    assert third.round == "repeat-2"


def test_an_edit_between_does_not_put_the_next_reminder_off() -> None:
    edited = told(LISTED, 3)
    assert BELL.wakes(edited, at(3)) == at(4)


def test_who_acknowledged_is_named_once_and_reminded_no_more() -> None:
    heard = [*LISTED, (at(1), AlertAcknowledged(alert=ALERT))]
    edit = asked(heard, 1)
    assert edit is not None
    assert edit.round == "fired"
    assert "Heard: by engine at 2026-01-05 10:00Z" in edit.text
    assert asked(told(heard, 1), 9) is None
    assert BELL.wakes(told(heard, 1), at(9)) is None


def test_good_news_is_never_repeated() -> None:
    news = AlertId(f"acme/warmup_finished/{IP}#1")
    given = [finished(), AlertFired(alert=news, severity="info")]
    text = digest(message(BELL.view(given)))
    heard = [*given, AlertTold(alert=news, text=text, messages={"-100": 5})]
    assert BELL.wakes(heard, at(40)) is None
    assert asked(heard, 40) is None


def test_where_nobody_hears_nobody_is_reminded() -> None:
    text = digest(message(BELL.view([stopped(), FIRED])))
    unheard = [stopped(), FIRED, AlertTold(alert=ALERT, text=text)]
    assert (asked(unheard, 40), BELL.wakes(unheard, at(40))) == (None, None)


def test_a_chat_that_is_lost_is_tried_again_with_the_next_reminder() -> None:
    text = digest(message(BELL.view([stopped(), FIRED])))
    lost = [stopped(), FIRED, AlertTold(alert=ALERT, text=text, lost=("-100",))]
    assert asked(lost, 4) is not None


def test_its_end_is_recorded_once_and_then_told() -> None:
    back = [*LISTED, (at(30), stage(1))]
    (end,) = BELL.effects(back, at(30))
    assert isinstance(end, Dispatch)
    assert end.command == ResolveAlert(alert=ALERT)
    over = asked([*back, (at(30), OVER)], 30)
    assert over is not None
    assert (over.round, over.messages) == ("resolved", {"-100": 5})
    assert over.reply.startswith("🟢 over after 1 d 6 h: IP blacklisted")
    assert over.text.startswith("🟢")
    done = told([*back, (at(30), OVER)], 30, "resolved")
    assert (asked(done, 90), BELL.wakes(done, at(90))) == (None, None)


def test_what_only_informs_has_no_end() -> None:
    news = AlertId(f"acme/warmup_finished/{IP}#1")
    given = [finished(), AlertFired(alert=news, severity="info")]
    assert all(isinstance(one, TellPeople) for one in BELL.effects(given))


def test_an_end_that_lies_long_back_is_shown_and_not_announced() -> None:
    """As in a log that an earlier engine wrote, which recorded no ends."""
    old = [*LISTED, (at(30), stage(1)), (at(32), OVER)]
    shown = asked(old, 32)
    assert shown is not None
    assert shown.reply
    assert BELL.view(old).telling.round == "resolved"
    assert BELL.view([*LISTED, (at(30), stage(1)), (at(30.5), OVER)]).telling.round == "fired"


def silenced(hours: float) -> AlertSilenced:
    return AlertSilenced(alert=ALERT, until=at(hours))


def test_a_silenced_alert_is_edited_and_never_repeated_until_the_silence_ends() -> None:
    muted = [*LISTED, (at(1), silenced(9))]
    edit = asked(muted, 1)
    assert edit is not None
    assert (edit.round, "Silent: until 2026-01-05 18:00Z" in edit.text) == ("fired", True)
    quiet = told(muted, 1)
    assert (asked(quiet, 8.9), BELL.wakes(quiet, at(8.9))) == (None, at(9))
    again = asked(quiet, 9)
    assert again is not None
    assert again.round == "repeat-1"


def test_silence_outlives_an_episode_and_can_be_taken_back() -> None:
    second = AlertId(f"acme/ip_listed/{IP}#2")
    fired = AlertFired(alert=second, severity="critical")
    anew = [*LISTED, (at(1), silenced(9)), (at(2), stage(1)), (at(3), stopped()), (at(3), fired)]
    assert (asked(anew, 3), BELL.wakes(anew, at(3))) == (None, at(9))
    late = asked(anew, 9)
    assert late is not None
    assert late.round == "fired"
    loud = asked([*anew, (at(4), AlertSilenced(alert=second, until=None))], 4)
    assert loud is not None
    assert loud.round == "fired"


def test_what_ends_in_silence_ends_without_a_message() -> None:
    muted = told([*LISTED, (at(1), silenced(9))], 1)
    over = [*muted, (at(2), stage(1)), (at(2), OVER)]
    edit = asked(over, 2)
    assert edit is not None
    assert BELL.view(over).telling.round == "resolved", "so the edit is all there is to do"


def test_telegram_may_ask_for_a_longer_silence_than_the_retry() -> None:
    flood = AlertTellingFailed(alert=ALERT, why="429", retry_after_s=300)
    assert BELL.wakes([stopped(), FIRED, flood]) == DAY_1 + timedelta(seconds=300)
    short = replace(flood, retry_after_s=5)
    assert BELL.wakes([stopped(), FIRED, short]) == DAY_1 + timedelta(minutes=1)


def test_a_telegram_that_is_down_for_a_day_loses_nothing() -> None:
    story: list[object] = [stopped(), FIRED]
    hours, tries = 0.0, 0
    while hours < 24:
        tell = asked(story, hours)
        assert tell is not None
        assert tell.unreached_since == (DAY_1 if tries else None)
        story.append((at(hours), AlertTellingFailed(alert=ALERT, why="no route")))
        wake, tries = BELL.wakes(story, at(hours)), tries + 1
        assert wake is not None
        hours = (wake - DAY_1) / HOUR
    assert tries == 99, "1, 2, 4, 8 and then 15 minutes"
    assert asked(story, hours) is not None
    over = asked([*story, (at(25), stage(1)), (at(25), OVER)], 26)
    assert over is not None
    assert (over.messages, over.round) == ({}, "resolved")


def test_what_reached_somebody_since_is_not_unreached_for_long() -> None:
    failed = AlertTellingFailed(alert=ALERT, why="no route")
    heard = told([stopped(), FIRED, failed], 2)
    later = [*heard, (at(4), replace(failed, round="repeat-1"))]
    assert BELL.view(later).telling.unreached_since == at(4)


# --- the decider ----------------------------------------------------------------------------------

DECIDES = DeciderSpec(DECIDER)


@pytest.mark.parametrize(
    "command",
    [
        AcknowledgeAlert(alert=ALERT),
        SilenceAlert(alert=ALERT, until=at(1)),
        ResolveAlert(alert=ALERT),
    ],
)
def test_an_alert_that_never_fired_is_not_found(command: AlertCommand) -> None:
    DECIDES.decides(given=[], when=command, then=Rejected("not found"))


def test_an_alert_fires_ends_and_is_silenced_once() -> None:
    fire = FireAlert(alert=ALERT, tenant=ACME, severity="critical")
    DECIDES.decides(given=[], when=fire, then=[FIRED])
    DECIDES.decides(given=[FIRED], when=ResolveAlert(alert=ALERT), then=[OVER])
    mute = SilenceAlert(alert=ALERT, until=at(1))
    DECIDES.decides(given=[FIRED], when=mute, then=[silenced(1)])
    DECIDES.decides(given=[FIRED, silenced(2)], when=mute, then=[silenced(1)])
    loud = SilenceAlert(alert=ALERT, until=None)
    DECIDES.decides(given=[FIRED, silenced(1)], when=loud, then=[replace(silenced(1), until=None)])
    DECIDES.decides(given=[FIRED], when=loud, then=[])


def test_a_silence_ends_later_than_now_and_within_a_month() -> None:
    past = SilenceAlert(alert=ALERT, until=DAY_1)
    DECIDES.decides(given=[FIRED], when=past, then=Rejected("2026-01-05 09:00Z is over already"))
    last = SilenceAlert(alert=ALERT, until=at(30 * 24))
    DECIDES.decides(given=[FIRED], when=last, then=[silenced(30 * 24)])
    beyond = SilenceAlert(alert=ALERT, until=at(30 * 24 + 1))
    why = "an alert is silenced for at most 30 days; acknowledge it to hear no more of this one"
    DECIDES.decides(given=[FIRED], when=beyond, then=Rejected(why))


def test_the_same_text_in_another_round_is_news_and_in_the_same_one_is_not() -> None:
    report = ReportTelling(alert=ALERT, tenant=ACME, text="ab", messages={"-100": 5})
    spoken = replace(SPOKEN, text="ab")
    DECIDES.decides(given=[FIRED], when=report, then=[spoken])
    DECIDES.decides(given=[FIRED, spoken], when=report, then=[])
    again = replace(report, round="repeat-1")
    DECIDES.decides(given=[FIRED, spoken], when=again, then=[replace(spoken, round="repeat-1")])
