"""What metrics show of the fleet."""

import asyncio
from datetime import timedelta

import pytest

from engine.adapters import prometheus_names as names
from engine.adapters import prometheus_text
from engine.events import Event
from engine.events.ip_pause import IpPaused, PauseEnded
from engine.events.node import NodeLooked, QueuesSeen
from engine.events.tenant import ReviewBegan
from engine.events.zone import ZoneAsked, ZoneHealthChanged
from engine.ids import NodeId, TenantId
from engine.rules import ladder
from engine.values.levers import STOPPED
from engine.values.node import Depth, Measures
from engine.values.phase import Phase
from engine.values.traffic import Counts
from tests.support import samples
from tests.support.counted_mail import HOUR, mail
from tests.support.event_samples import SAMPLES
from tests.support.lively_metrics import MEASURES, lively
from tests.support.metrics import Figures, series, value
from tests.support.spec import ACME, DAY_1, IP, NODE, OTHER, PSBL, ZEN, record, vmta


async def test_addresses_are_counted_by_tenant_and_status(figures: Figures) -> None:
    figures.fold(
        [
            record(1, samples.registered()),
            record(2, samples.registered(ip=OTHER)),
            record(3, samples.stage(1)),
        ]
    )
    found = await figures.scrape()
    assert value(found, "ips_total", tenant=ACME, status="WARMING") == 1
    assert value(found, "ips_total", tenant=ACME, status="STANDBY") == 1
    assert value(found, "warmup_ips", tenant=ACME, stage="1") == 1


async def test_a_status_that_nobody_has_is_shown_as_none(figures: Figures) -> None:
    made = next(one for one in SAMPLES if type(one).__name__ == "TenantCreated")
    figures.fold([record(1, made, tenant=TenantId(made.slug))])  # type: ignore[union-attr]
    assert set(series(await figures.scrape(), "ips_total").values()) == {0}


async def test_what_holds_addresses_still_is_counted_and_0_when_it_ends(figures: Figures) -> None:
    pause = IpPaused(ip=IP, node=NODE, vmta=vmta(STOPPED), reason="odd")
    review = ReviewBegan(slug=ACME, why="listings", ips=(IP,), addresses=(IP, OTHER))
    made: list[Event] = [samples.registered(), samples.stage(1), samples.registered(ip=OTHER)]
    figures.fold(record(n + 1, one) for n, one in enumerate([*made, pause, review]))
    found = await figures.scrape()

    def by(who: str) -> float | None:
        return value(found, "paused_ips", tenant=ACME, by=who)

    assert (by("operator"), by("review")) == (1, 2)
    assert (by("suspension"), by("results"), by("limiter")) == (0, 0, 0)
    end = PauseEnded(ip=IP, node=NODE, vmta=vmta(ladder.levers(1)), phase=Phase.WARMING, stage=1)
    figures.fold([record(60, end)])
    found = await figures.scrape()
    assert (by("operator"), by("review")) == (0, 2)


async def test_progress_goes_from_0_to_100(figures: Figures) -> None:
    seen = []
    figures.fold([record(1, samples.registered())])
    assert series(await figures.scrape(), "warmup_progress") == {}
    for n in range(1, 7):
        figures.fold([record(n + 1, samples.stage(n))])
        seen.append(value(await figures.scrape(), "warmup_progress", tenant=ACME, ip=IP))
    figures.fold([record(9, samples.finished())])
    seen.append(value(await figures.scrape(), "warmup_progress", tenant=ACME, ip=IP))
    assert seen == [pytest.approx(100 * n / 6) for n in range(7)]


async def test_lists_are_counted_from_0_on(figures: Figures) -> None:
    figures.fold([record(1, samples.looked(PSBL))])
    found = await figures.scrape()
    outcomes = {
        word: value(found, "blacklist_checks_total", tenant=ACME, zone=PSBL, outcome=word)
        for word in ("clean", "listed", "refused", "unanswered", "unproved")
    }
    assert outcomes == {"clean": 0, "listed": 1, "refused": 0, "unanswered": 0, "unproved": 0}
    assert value(found, "blacklist_listings_total", tenant=ACME, zone=ZEN) == 0
    figures.fold([record(2, samples.stopped(ZEN))])
    found = await figures.scrape()
    assert value(found, "blacklist_listings_total", tenant=ACME, zone=ZEN) == 1


async def test_mail_is_counted_by_address_and_by_provider(figures: Figures) -> None:
    counts = Counts(delivered=18, hard=2, complaints=1)
    figures.fold([record(1, mail((HOUR, IP, "yahoo", counts)))])
    found = await figures.scrape()
    assert value(found, "emails_sent_total", tenant=ACME, ip=IP) == 20
    assert value(found, "bounce_rate", tenant=ACME, ip=IP) == 0.1
    assert value(found, "complaint_rate", tenant=ACME, ip=IP) == pytest.approx(1 / 18)
    assert value(found, "messages_total", tenant=ACME, provider="yahoo", outcome="hard") == 2


async def test_the_cap_is_what_nodes_were_told(figures: Figures) -> None:
    figures.fold([record(1, samples.registered()), record(2, samples.stage(2))])
    assert series(await figures.scrape(), "cap_messages_per_day") == {}
    figures.fold([record(3, samples.told(ladder.levers(2)))])
    assert series(await figures.scrape(), "cap_messages_per_day") == {(ACME,): 200}


async def test_a_zone_is_shown_by_its_health_and_its_last_look(figures: Figures) -> None:
    figures.fold(
        [
            record(1, ZoneHealthChanged(zone=ZEN, health="dead", why="no answer"), tenant=None),
            record(2, ZoneAsked(zone=ZEN, round="r", questions=2, unanswered=2), tenant=None),
        ]
    )
    found = await figures.scrape()
    assert value(found, "zone_alive", zone=ZEN) == 0
    assert value(found, "zone_health", zone=ZEN, health="dead") == 1
    assert value(found, "zone_health", zone=ZEN, health="alive") == 0
    assert value(found, "zone_last_look_timestamp_seconds", zone=ZEN) == DAY_1.timestamp()
    assert value(found, "zone_answers_total", zone=ZEN, outcome="unanswered") == 2


async def test_a_node_that_falls_silent_is_seen_to(figures: Figures) -> None:
    host = next(one for one in SAMPLES if type(one).__name__ == "HostRegistered")
    node = NodeId(host.node)  # type: ignore[union-attr]
    looked = NodeLooked(node=node, paused=())
    figures.fold([record(1, host, tenant=None), record(2, looked, tenant=None)])
    found = await figures.scrape()
    assert value(found, "node_answers", node=node) == 1
    later = DAY_1 + timedelta(minutes=1)
    figures.fold([record(3, NodeLooked(node=node, paused=None), at=later, tenant=None)])
    found = await figures.scrape()
    assert value(found, "node_answers", node=node) == 0
    assert value(found, "node_last_look_timestamp_seconds", node=node) == DAY_1.timestamp()


async def test_a_node_shows_its_measures_and_nothing_that_it_does_not_tell(
    figures: Figures,
) -> None:
    figures.fold([record(1, NodeLooked(node=NODE, paused=(), measures=Measures(kb=2.0)))])
    host = next(one for one in SAMPLES if type(one).__name__ == "HostRegistered")
    figures.fold([record(2, host)])
    found = await figures.scrape()
    assert value(found, "node_queue_bytes", node=NODE) == 2048
    assert value(found, "node_queue_recipients", node=NODE) is None
    figures.fold([record(3, NodeLooked(node=NODE, paused=(), measures=MEASURES))])
    found = await figures.scrape()
    assert value(found, "node_queue_recipients", node=NODE) == 12
    assert value(found, "node_connections", node=NODE, direction="in") == 3
    assert value(found, "node_connections", node=NODE, direction="out") == 4
    assert value(found, "node_load1", node=NODE) == 0.5
    assert value(found, "node_disk_used_ratio", node=NODE, mount="/var/spool/pmta") == 0.81


async def test_what_waits_is_summed_over_the_addresses_of_a_tenant(figures: Figures) -> None:
    figures.fold([record(n, samples.registered(ip=ip)) for n, ip in ((1, IP), (2, OTHER))])
    assert series(await figures.scrape(), "queue_recipients") == {}
    depths = {IP: Depth(waiting=5), OTHER: Depth(waiting=7)}
    figures.fold([record(3, QueuesSeen(node=NODE, depths=depths))])
    assert series(await figures.scrape(), "queue_recipients") == {(ACME,): 12}


async def test_alerts_are_counted_while_they_fire(figures: Figures) -> None:
    figures.fold([record(1, samples.registered()), record(2, samples.stage(1))])
    figures.fold([record(3, samples.stopped(ZEN))])
    firing = series(await figures.scrape(), "alerts_firing")
    assert [(tenant, severity) for (_, severity, tenant) in firing] == [(ACME, "critical")]


async def test_the_fleet_is_the_leaders_to_show(figures: Figures) -> None:
    figures.fold(record(n, one) for n, one in enumerate(SAMPLES, 1))
    lively(figures)
    figures.leads = False
    shown = {name for name, _ in await figures.scrape(ready=False)}
    domain = {one.name for one in (*names.THIRTEEN, *names.OWN) if one.whose == "domain"}
    assert not shown & domain
    assert {"email_engine_leader", "email_engine_ready", "email_engine_log_position"} <= shown


async def test_a_fold_of_the_same_log_shows_the_same_totals(figures: Figures) -> None:
    story = [record(n, one) for n, one in enumerate(SAMPLES, 1)]
    figures.fold(story)
    again = Figures()
    again.fold(story)
    totals = [one for one in (*names.THIRTEEN, *names.OWN) if one.whose == "domain"]
    was, now = await figures.scrape(), await again.scrape()
    for one in totals:
        name = one.name.removeprefix("email_engine_")
        assert series(was, name) == series(now, name), name


async def test_views_may_change_while_they_are_written(
    figures: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prometheus_text, "STEP_S", 0.0)
    monkeypatch.setattr(prometheus_text, "LOOK", 1)
    figures.fold(record(n, one) for n, one in enumerate(SAMPLES, 1))
    ended = asyncio.Event()

    async def pump() -> None:
        n = 1_000
        while not ended.is_set():
            n += 1
            made = samples.registered(ip=type(IP)(f"198.51.100.{n % 250}"))
            counts = mail((HOUR, made.ip, "gmail", Counts(delivered=1)))
            figures.fold([record(n, made), record(n, counts), record(n, samples.looked())])
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        group.create_task(pump())
        assert await figures.scrape()
        ended.set()
