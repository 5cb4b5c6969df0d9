"""What MailWizz counted of its campaigns is read every hour, and kept while it cannot be read."""

from datetime import timedelta
from typing import Any

from engine.effects import LookAtCampaigns
from engine.events.mailwizz import CampaignsCounted, MailwizzLooked
from engine.ids import InstanceId, Position
from engine.ports import MailwizzSilent
from engine.projections.campaigns import CAMPAIGNS, KEPT
from engine.reactors.campaigns import campaigns
from engine.runtime.notes import Notes
from engine.runtime.perform import campaigns as perform
from engine.runtime.views import Views
from engine.values.campaign import Campaign
from tests.support.small_pump import AwayLog
from tests.support.spec import ACME, DAY_1, IP, RIVAL, ReactorSpec, record
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


def outcome(api: Api, *known: Campaign) -> Any:
    async def story() -> Any:
        log, world = AwayLog(VirtualClock()), World()
        views = Views([CAMPAIGNS])
        list(views.fold(record(1, KNOWN)))
        list(views.fold(record(2, counted(*known))))
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
