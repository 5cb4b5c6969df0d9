"""What people hear of capacity, of rotation, and of addresses that idled."""

from datetime import date

from engine.events.ip import RetirementBegan, WarmupRequested
from engine.events.ip_warmup import RewarmBegan
from engine.events.tenant import CapacityJudged, CapacitySet
from engine.reactors.alert_text import message
from engine.rules import ladder
from engine.values.capacity import Short
from tests.support.alert_view import alert_of
from tests.support.spec import ACME, DAY_1, IP, NODE, vmta

TODAY = date(2026, 1, 5)
SHORT = f"acme/capacity_short/{ACME}"


def judged(
    day: date | None = date(2026, 2, 20),
    until: date | None = None,
    addresses: int = 2,
    starts: bool = False,
) -> CapacityJudged:
    short = day and Short(
        day=day, demand=42_000, capacity=35_000, until=until, addresses=addresses,
        start_by=date(2026, 1, 9),
    )  # fmt: skip
    return CapacityJudged(
        slug=ACME, day=TODAY, rotation="act", short=short or None, starts=IP if starts else None,
        why=("demand grows",),
    )  # fmt: skip


def test_capacity_that_will_be_short_warns_with_the_day_and_what_to_do() -> None:
    text = message(alert_of(SHORT, judged()))
    for part in (
        "WARNING Capacity will be short", "When: 2026-02-20", "42,000 a day, against 35,000",
        "Why: demand grows", "start 2 more by 2026-01-09",
    ):  # fmt: skip
        assert part in text
    assert "starts by itself" in message(alert_of(SHORT, judged(starts=True)))
    assert "raise the quota" in message(alert_of(SHORT, judged(addresses=0)))


def test_it_is_told_once_and_its_end_is_told() -> None:
    twice = alert_of(SHORT, judged(), judged())
    assert (twice.episode, twice.firing) == (1, True)
    over = alert_of(SHORT, judged(), judged(day=None))
    assert not over.firing
    assert "capacity carries demand again" in message(over)
    off = CapacitySet(slug=ACME, planned=(), rotation="off")
    assert not alert_of(SHORT, judged(), off).firing


def test_a_fleet_that_warms_up_and_carries_all_in_time_is_no_news() -> None:
    assert alert_of(SHORT, judged(TODAY, until=date(2026, 2, 10))).episode == 0
    assert alert_of(SHORT, judged(TODAY)).episode == 1, "but one that never does is"
    peak = judged(date(2026, 2, 20), until=date(2026, 2, 25))
    assert "When: 2026-02-20 to 2026-02-25" in message(alert_of(SHORT, peak))


def test_what_rotation_does_is_news_with_its_reasons_and_what_people_do_is_not() -> None:
    key = f"acme/rotated/{IP}"
    starts = alert_of(key, WarmupRequested(ip=IP, why="demand grows"))
    assert (starts.firing, starts.severity) == (False, "info")
    for part in ("Rotation starts an address", "Why: demand grows"):
        assert part in message(starts)
    levers = vmta(ladder.active())
    began = RetirementBegan(ip=IP, node=NODE, vmta=levers, how="steps", why="it is tired")
    assert "Rotation retires an address" in message(alert_of(key, began))
    by_hand = RetirementBegan(ip=IP, node=NODE, vmta=levers, how="steps")
    assert alert_of(key, WarmupRequested(ip=IP), by_hand).episode == 0


def test_an_idle_address_that_falls_is_news_with_its_new_cap() -> None:
    began = RewarmBegan(
        ip=IP, node=NODE, stage=3, vmta=vmta(ladder.levers(3)), idle_days=15,
        last=date(2025, 12, 21), volume=4_000, read=DAY_1,
    )  # fmt: skip
    text = message(alert_of(f"acme/idled/{IP}", began))
    for part in (
        "Idle address warms up again", "idle for 15 days: a quarter of what it sent", "Stage: 3",
        "Cap: 500 a day",
    ):  # fmt: skip
        assert part in text
