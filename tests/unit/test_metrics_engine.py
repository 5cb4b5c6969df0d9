"""What metrics show of the engine itself."""

from engine.adapters.prometheus import Vitals
from engine.effects.node import LookAtNode
from engine.ids import Position
from tests.support.metrics import Figures, series, value
from tests.support.spec import DAY_1, NODE


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
