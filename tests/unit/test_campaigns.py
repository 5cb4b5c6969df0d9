"""What MailWizz counted of its campaigns is read every hour, and kept while it cannot be read."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from engine.effects import LookAtCampaigns
from engine.events import Event
from engine.events.mailwizz import CampaignsCounted, MailwizzLooked
from engine.events.traffic import TrafficCounted
from engine.ids import InstanceId, Position
from engine.ports import MailwizzSilent
from engine.projections import PROJECTIONS
from engine.projections.campaigns import CAMPAIGNS, KEPT
from engine.projections.quotas import QUOTAS
from engine.projections.traffic import TRAFFIC_VIEW
from engine.reactors.alert_text import message
from engine.reactors.campaigns import campaigns
from engine.rules.rates.campaigns import disagreements
from engine.runtime.notes import Notes
from engine.runtime.perform import campaigns as perform
from engine.runtime.views import Views
from engine.values.campaign import Campaign
from engine.values.traffic import Counts
from tests.support.alert_view import alert_of
from tests.support.samples import registered
from tests.support.small_pump import AwayLog
from tests.support.spec import ACME, DAY_1, IP, NODE, RIVAL, ReactorSpec, record
from tests.support.world import VirtualClock, World, virtually

MAIN = InstanceId("main")
SPEC = ReactorSpec(campaigns({MAIN: ACME}))
KNOWN = MailwizzLooked(instance=MAIN, ips=(IP,))
HOUR = timedelta(hours=1)


def sent(uid: str, delivered: int = 10) -> Campaign:
    return Campaign(uid=uid, status="sent", processed=delivered, delivered=delivered)


def counted(*found: Campaign) -> CampaignsCounted:
    return CampaignsCounted(instance=MAIN, changed={one.uid: one for one in found})


FAILED = CampaignsCounted(instance=MAIN, why="the API of MailWizz main answers 502")


def look(cycle: int, attempt: int = 1) -> LookAtCampaigns:
    return LookAtCampaigns(tenant=ACME, instance=MAIN, cycle=Position(cycle), attempt=attempt)


def test_they_are_read_once_the_installation_is_known_and_then_every_hour() -> None:
    assert SPEC.effects([KNOWN]) == [look(1)]
    SPEC.asks(given=[KNOWN, counted(sent("a"))], then=[], wakes=DAY_1 + HOUR)
    assert SPEC.effects([KNOWN, counted(sent("a"))], DAY_1 + HOUR) == [look(2)]


def test_a_look_at_servers_is_no_reason_to_read_them_sooner() -> None:
    SPEC.asks(given=[KNOWN, counted(), KNOWN], then=[], wakes=DAY_1 + HOUR)


def test_only_of_the_tenant_whose_key_it_is() -> None:
    other = ReactorSpec(campaigns({MAIN: RIVAL}))
    none = ReactorSpec(campaigns({}))
    assert (other.effects([KNOWN]), none.effects([KNOWN])) == ([], [])


def test_after_a_failure_they_are_read_sooner_and_ever_more_seldom() -> None:
    SPEC.asks(given=[KNOWN, FAILED], then=[], wakes=DAY_1 + timedelta(minutes=1))
    late = SPEC.wakes([KNOWN, *[FAILED] * 9])
    assert late == DAY_1 + timedelta(minutes=15)
    assert SPEC.effects([KNOWN, FAILED], DAY_1 + HOUR) == [look(1, 2)]


def test_the_last_good_counts_stand_while_nothing_can_be_read() -> None:
    view = SPEC.view([KNOWN, counted(sent("a")), FAILED])
    assert (list(view.counted), view.looked_at, view.why) == (["a"], DAY_1, FAILED.why)
    assert SPEC.view([KNOWN, counted(sent("a")), FAILED, counted()]).why == ""


def test_the_campaigns_whose_counts_changed_last_are_kept() -> None:
    many = counted(*(sent(f"c{n}") for n in range(KEPT)))
    view = SPEC.view([KNOWN, many, counted(sent("c0", 11), sent("new"))])
    assert len(view.counted) == KEPT
    assert "c1" not in view.counted
    assert list(view.counted)[-2:] == ["c0", "new"]


class Api:
    def __init__(self, *found: Campaign, down: str = "") -> None:
        self.found, self.down = found, down

    async def campaigns(self, instance: InstanceId) -> tuple[Campaign, ...]:
        if self.down:
            raise MailwizzSilent(self.down)
        return self.found


def outcome(api: Api, *known: Campaign, mail: Sequence[Event] = ()) -> Any:
    async def story() -> Any:
        log, world = AwayLog(VirtualClock()), World()
        views = Views([CAMPAIGNS, QUOTAS, TRAFFIC_VIEW])
        list(views.fold(record(1, KNOWN)))
        list(views.fold(record(2, counted(*known))))
        for n, event in enumerate(mail):
            list(views.fold(record(3 + n, event)))
        await perform.look(look(2), api=api, views=views, notes=Notes(log, world.new_id))
        (written,) = await log.read_from(Position(0), 9)
        assert written.tenant == ACME
        return written.event

    return virtually(story)


def test_only_what_changed_is_written_down() -> None:
    api = Api(sent("a"), sent("b", 20), sent("c"))
    assert outcome(api, sent("a"), sent("b")) == counted(sent("b", 20), sent("c"))


def test_a_silence_is_written_down_without_anything_personal() -> None:
    found = outcome(Api(down="no answer for admin@example.com in time"))
    assert found == CampaignsCounted(instance=MAIN, why="no answer for in time")


# --- beside accounting ---------------------------------------------------------------------------


def by_job(**jobs: Counts) -> list[Event]:
    """Registered, and its mail counted by job."""
    of = {DAY_1: {IP: {"gmail": Counts()}}}
    read = TrafficCounted(node=NODE, file="f", end=1, day_tz="UTC", hours=of, jobs={IP: jobs})
    return [registered(), read]


def bounced(hard: int, of: int = 400, complaints: int = 0) -> Campaign:
    return Campaign(
        uid="a", status="sent", processed=of, delivered=of, hard=hard, complaints=complaints
    )


def test_what_accounting_counted_of_the_same_mail_is_written_beside_it() -> None:
    seen = Counts(delivered=395, hard=3)
    mail = by_job(a=seen, other=Counts(delivered=9))
    found = outcome(Api(bounced(41)), mail=mail)
    assert found.beside == {"a": seen}
    assert found.differ == (
        "campaign a: MailWizz counts 41 of 400 (10 %) hard bounces, accounting 3 of 398 (0.75 %);"
        " the others came back later by mail, which PowerMTA was not told of",
    )
    assert outcome(Api(bounced(2)), mail=mail).differ == ()
    view = SPEC.view([KNOWN, found])
    assert view.beside == {"a": seen}
    later = SPEC.view([KNOWN, found, counted(sent("b"))])
    assert later.beside == {"a": seen}, "what did not grow stands"


def test_days_that_are_not_kept_any_more_take_nothing_away() -> None:
    """And what did not grow is not written again."""
    before = CampaignsCounted(
        instance=MAIN, changed={"a": bounced(2)}, beside={"a": Counts(delivered=395, hard=3)}
    )
    mail = [before, *by_job(a=Counts(delivered=20))]
    assert outcome(Api(bounced(2)), mail=mail).beside == {}
    late = outcome(Api(bounced(41)), mail=mail)
    assert "accounting 3 of 398" in late.differ[0], "by all that was ever counted of it"


def test_of_a_campaign_that_was_sent_long_ago_nothing_is_said_again() -> None:
    before = CampaignsCounted(
        instance=MAIN, changed={"a": bounced(41)}, beside={"a": Counts(delivered=395, hard=3)}
    )
    assert outcome(Api(bounced(41)), mail=[before, *by_job(b=Counts(delivered=9))]).differ == ()


@pytest.mark.parametrize(
    ("theirs", "mine", "says"),
    [
        (bounced(41), Counts(delivered=360, hard=38), ""),  # both say so
        (bounced(20), Counts(delivered=398, hard=2), ""),  # 5 % is the line
        (bounced(24), Counts(delivered=398, hard=2), ""),  # and chance may explain 6 %
        (bounced(41), Counts(delivered=300, hard=3), ""),  # accounting has not seen it all
        (bounced(41), Counts(), ""),
        (bounced(0, of=0), Counts(), ""),
        (bounced(2), Counts(delivered=355, hard=45), "whether MailWizz reads its bounce mailbox"),
        (bounced(0, complaints=8), Counts(delivered=400), "reported to a mailbox"),
        (bounced(0), Counts(delivered=400, complaints=8), "mailbox of the feedback loops"),
    ],
)
def test_only_what_one_of_both_proves_is_a_disagreement(
    theirs: Campaign, mine: Counts, says: str
) -> None:
    found = list(disagreements(theirs, mine))
    assert len(found) == bool(says)
    assert all(says in one for one in found)


def test_people_hear_of_it_once_and_of_its_end_and_no_address_is_stopped_by_it() -> None:
    key = f"{ACME}/campaigns_differ/{MAIN}"
    differs = CampaignsCounted(instance=MAIN, differ=("a: 41", "b: 9", "c: 7", "d: 8"))
    twice = alert_of(key, differs, differs)
    assert (twice.episode, twice.firing, twice.severity) == (1, True, "warning")
    text = message(twice)
    assert "Seen: a: 41; b: 9; c: 7; 1 more" in text
    assert "judged by accounting alone" in text
    assert alert_of(key, differs, FAILED).firing, "what cannot be read says nothing"
    assert not alert_of(key, differs, counted()).firing
    folds = {one.name for one in PROJECTIONS if CampaignsCounted in one.folds}
    assert folds == {"alerts", "campaigns"}
