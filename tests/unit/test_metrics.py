"""What Prometheus reads of the fleet and of the engine."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from math import isnan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from engine.adapters import prometheus_names as names
from engine.adapters import prometheus_text
from engine.adapters.prometheus import Vitals
from engine.adapters.prometheus_names import Named
from engine.adapters.prometheus_text import Family, Sample, lines, rendered, written
from engine.effects.node import LookAtNode
from engine.events import Event
from engine.events.ip_pause import IpPaused, PauseEnded
from engine.events.node import NodeLooked, QueuesSeen
from engine.events.tenant import ReviewBegan
from engine.events.zone import ZoneAsked, ZoneHealthChanged
from engine.ids import NodeId, Position, TenantId
from engine.rules import ladder
from engine.values.levers import STOPPED
from engine.values.node import Depth, Measures
from engine.values.phase import Phase
from engine.values.traffic import Counts
from tests.support import samples
from tests.support.event_samples import SAMPLES
from tests.support.metrics import Figures, read, series, value
from tests.support.spec import ACME, DAY_1, IP, NODE, OTHER, PSBL, ZEN, record, vmta
from tests.unit.test_counters import HOUR, mail

MEASURES = Measures(
    waiting=12, kb=2.0, connections_in=3, connections_out=4, load=0.5, disks={"/var/spool/pmta": 81}
)


@pytest.fixture
def figures() -> Figures:
    return Figures()


# --- the text ------------------------------------------------------------------------------------

VALUES = st.text('ab"\\\n é{},=', max_size=6)
SAMPLES_OF_ONE = st.dictionaries(
    st.tuples(VALUES, VALUES), st.floats() | st.integers(-(10**18), 10**18), max_size=3
)
GAUGE = Named("email_engine_one", "gauge", "A \\ and a\nline", ("tenant", "ip"))
COUNTER = Named("email_engine_two_total", "counter", "Two", ("tenant", "ip"))


class Peer(Collector):
    """prometheus-client's own writer, of the same families."""

    def __init__(self, *families: tuple[Named, list[Sample]]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        for of, found in self._families:
            kind = CounterMetricFamily if of.kind == "counter" else GaugeMetricFamily
            family = kind(of.name.removesuffix("_total"), of.help, labels=of.labels)
            for values, number in found:
                family.add_metric(list(values), number)
            yield family


@given(SAMPLES_OF_ONE, SAMPLES_OF_ONE)
@settings(max_examples=100)
def test_every_sample_reads_as_prometheus_client_would_write_it(
    ones: dict[tuple[str, str], float], twos: dict[tuple[str, str], float]
) -> None:
    families: list[tuple[Named, list[Sample]]] = [
        (GAUGE, [*ones.items()]),
        (COUNTER, [*twos.items()]),
    ]
    text = "".join(line for one in families for line in lines(Family(*one))).encode()
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Peer(*families))
    ours, theirs = read(text), read(generate_latest(registry))
    assert ours.keys() == theirs.keys()
    assert all(ours[key] == one or (isnan(ours[key]) and isnan(one)) for key, one in theirs.items())


async def test_heading_and_lines_are_as_the_format_wants_them() -> None:
    found = [(("a", 'b"\\\n'), 1.0), (("c", "d"), 0.5)]
    assert (await rendered([Family(COUNTER, found)])).decode() == (
        "# HELP email_engine_two_total Two\n"
        "# TYPE email_engine_two_total counter\n"
        'email_engine_two_total{tenant="a",ip="b\\"\\\\\\n"} 1\n'
        'email_engine_two_total{tenant="c",ip="d"} 0.5\n'
    )


async def test_a_family_without_samples_is_not_there() -> None:
    assert await rendered([Family(GAUGE, [])]) == b""


@pytest.mark.parametrize(
    ("number", "text"),
    [(True, "1"), (3.0, "3"), (1e300, "1e+300"), (float("inf"), "+Inf"), (float("nan"), "NaN")],
)
def test_numbers(number: float, text: str) -> None:
    assert written(number) == text


async def test_others_run_while_a_large_page_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prometheus_text, "STEP_S", 0.0)
    turns, ended = 0, asyncio.Event()

    async def other() -> None:
        nonlocal turns
        while not ended.is_set():
            turns += 1
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        group.create_task(other())
        text = await rendered([Family(GAUGE, [((str(n), ""), n) for n in range(1_000)])])
        ended.set()
    assert turns >= 1_000 / prometheus_text.LOOK
    assert text.count(b"\n") == 1_002


# --- the names -----------------------------------------------------------------------------------


def test_the_thirteen_are_there_by_exactly_their_names() -> None:
    assert [one.name.removeprefix("email_engine_") for one in names.THIRTEEN] == [
        *("ips_total", "warmup_progress", "blacklist_checks_total", "blacklist_listings_total"),
        *("dns_validations_total", "emails_sent_total", "bounce_rate", "complaint_rate"),
        *("api_requests_total", "api_request_duration_seconds", "db_connections_active"),
        *("celery_tasks_total", "system_cpu_percent"),
    ]


def test_only_four_have_a_label_for_each_address() -> None:
    with_ip = [one for one in (*names.THIRTEEN, *names.OWN) if "ip" in one.labels]
    assert with_ip == [names.PROGRESS, names.SENT, names.BOUNCES, names.COMPLAINTS]


def test_percentages_and_shares_say_what_they_are() -> None:
    assert all("0 to 100" in one.help for one in (names.PROGRESS, names.CPU))
    assert all("0 to 1" in one.help for one in (names.BOUNCES, names.COMPLAINTS))


def test_a_name_stands_for_one_thing() -> None:
    every = [one.name for one in (*names.THIRTEEN, *names.OWN)]
    assert len(set(every)) == len(every)


async def test_every_metric_of_a_living_engine_is_one_that_is_defined(figures: Figures) -> None:
    figures.fold(record(n, one) for n, one in enumerate(SAMPLES, 1))
    lively(figures)
    shown = {name for name, _ in await figures.scrape()}
    expected: set[str] = set()
    for one in (*names.THIRTEEN, *names.OWN):
        ends = ("_bucket", "_sum", "_count") if one.kind == "histogram" else ("",)
        expected |= {f"{one.name}{end}" for end in ends}
    assert {name for name in shown if "_process_" not in name} == expected


def lively(figures: Figures) -> None:
    """It did and saw a little of everything."""
    counts = Counts(delivered=9, complaints=1)
    figures.fold(
        [
            record(1, samples.registered()),
            record(2, samples.stage(2)),
            record(3, samples.told(ladder.levers(2))),
            record(4, mail((HOUR, IP, "yahoo", counts))),
            record(5, NodeLooked(node=NODE, paused=(), measures=MEASURES)),
            record(6, QueuesSeen(node=NODE, depths={IP: Depth(waiting=5)})),
        ]
    )
    figures.effects("ended", LookAtNode(tenant=None, cycle=Position(1), node=NODE))
    figures.requests("GET", "/healthz", 200, 0.01)
    parts = ("mailwizz", "main"), ("telegram", "telegram"), ("mail", "mail"), ("postgres", "append")
    for part, name in parts:
        figures.parts(part, name, 0.01, answered=True)


# --- the fleet -----------------------------------------------------------------------------------


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


# --- the engine ----------------------------------------------------------------------------------


async def test_the_log_is_shown_with_what_is_not_read_yet(figures: Figures) -> None:
    found = await figures.scrape()
    assert value(found, "log_head_position") == 7
    assert value(found, "log_position") == 3
    assert value(found, "log_lag_events") == 4
    assert value(found, "log_head_timestamp_seconds") == DAY_1.timestamp()
    assert value(found, "log_available") == 1


async def test_a_log_that_is_away_has_no_head_and_the_rest_is_shown(figures: Figures) -> None:
    figures.head = None
    found = await figures.scrape(ready=False)
    assert value(found, "log_head_position") is None
    assert value(found, "log_available") == 0
    assert value(found, "ready") == 0
    assert value(found, "log_position") == 3


async def test_a_log_that_the_pump_cannot_reach_is_away_though_its_head_is_known(
    figures: Figures,
) -> None:
    figures.available = False
    assert value(await figures.scrape(), "log_available") == 0


async def test_an_empty_log_has_no_time(figures: Figures) -> None:
    figures.last_at = None
    assert value(await figures.scrape(), "log_head_timestamp_seconds") is None


async def test_effects_are_counted_under_both_names(figures: Figures) -> None:
    effect = LookAtNode(tenant=None, cycle=Position(1), node=NODE)
    for what in ("started", "ended", "started", "refused", "ended"):
        figures.effects(what, effect)
    found = await figures.scrape()
    assert series(found, "tasks_total") == {(effect.kind, "ended"): 2, (effect.kind, "refused"): 1}
    assert series(found, "celery_tasks_total") == series(found, "tasks_total")


async def test_agenda_leader_and_health_are_shown(figures: Figures) -> None:
    figures.vitals = Vitals(False, 1.5)
    found = await figures.scrape(ready=False)
    assert series(found, "agenda_effects") == {("wanted",): 4, ("running",): 2}
    assert value(found, "effects_stuck") == 1
    assert value(found, "agenda_next_wake_timestamp_seconds") == DAY_1.timestamp()
    assert (value(found, "leader"), value(found, "leader_epoch")) == (1, 5)
    assert (value(found, "alive"), value(found, "loop_late_seconds")) == (0, 1.5)
    assert series(found, "db_connections_active") == {("writer",): 1, ("views",): 2}


async def test_requests_are_counted_and_timed_by_route(figures: Figures) -> None:
    figures.requests("GET", "/api/v2/ips/{id}", 200, 0.004)
    figures.requests("GET", "/api/v2/ips/{id}", 404, 0.2)
    found = await figures.scrape()
    route = {"method": "GET", "route": "/api/v2/ips/{id}"}
    assert value(found, "api_requests_total", **route, status="404") == 1
    assert value(found, "api_request_duration_seconds_count", **route) == 2
    assert value(found, "api_request_duration_seconds_bucket", **route, le="0.005") == 1
    assert not [name for name, _ in found if name.endswith("_created")]


async def test_a_part_that_does_not_answer_is_seen_to(figures: Figures) -> None:
    figures.parts("mailwizz", "main", 0.1, answered=True)
    figures.parts("mailwizz", "second", 5.0, answered=False)
    figures.parts("telegram", "telegram", None, answered=False)
    found = await figures.scrape()
    assert value(found, "mailwizz_up", instance="main") == 1
    assert value(found, "mailwizz_up", instance="second") == 0
    assert value(found, "telegram_up") == 0
    assert value(found, "part_failures_total", part="mailwizz", name="second") == 1
    assert value(found, "part_failures_total", part="mailwizz", name="main") == 0
    assert value(found, "part_response_seconds_count", part="mailwizz", name="main") == 1
    figures.parts("telegram", "telegram", 0.1, answered=True)
    assert value(await figures.scrape(), "telegram_up") == 1


async def test_the_last_mail_and_the_last_answer_of_each_part_are_shown(figures: Figures) -> None:
    figures.clock = 1_700_000_000.5
    figures.parts("mail", "mail", 0.2, answered=True)
    figures.clock += 60
    figures.parts("mail", "mail", 30.0, answered=False)
    found = await figures.scrape()
    mail = {"part": "mail", "name": "mail"}
    assert value(found, "mail_up") == 0
    assert value(found, "part_last_answer_timestamp_seconds", **mail) == 1_700_000_000.5
    assert value(found, "part_response_seconds_count", **mail) == 2
    assert value(found, "part_failures_total", **mail) == 1
    figures.parts("mail", "mail", 0.2, answered=True)
    found = await figures.scrape()
    assert value(found, "mail_up") == 1
    assert value(found, "part_last_answer_timestamp_seconds", **mail) == 1_700_000_060.5


async def test_where_neither_telegram_nor_mail_is_used_none_is_shown(figures: Figures) -> None:
    found = await figures.scrape()
    assert value(found, "telegram_up") is None
    assert value(found, "mail_up") is None


async def test_appends_are_counted_by_whether_they_were_answered(figures: Figures) -> None:
    figures.parts("postgres", "append", 0.1, answered=True)
    figures.parts("postgres", "append", 0.1, answered=False)
    figures.parts("postgres", "read", 0.1, answered=True)
    assert series(await figures.scrape(), "log_appends_total") == {
        ("answered",): 1,
        ("unanswered",): 1,
    }


async def test_the_process_and_its_host_are_shown(figures: Figures) -> None:
    found = await figures.scrape()
    assert (value(found, "process_resident_memory_bytes") or 0) > 1e6
    disk = value(found, "system_disk_size_bytes"), value(found, "system_disk_free_bytes")
    memory = value(found, "system_memory_size_bytes"), value(found, "system_memory_available_bytes")
    for size, free in (disk, memory):
        assert size is not None
        assert free is not None
        assert 0 <= free <= size
