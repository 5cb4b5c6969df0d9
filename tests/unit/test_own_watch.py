"""The disk under the engine's data, and the requests that it failed itself."""

import pytest

from engine.adapters.host import Room
from engine.app.own_watch import MINUTES, Requests, of_disk, of_requests, watch
from engine.errors import LogUnavailable
from engine.events.alert import AlertFired
from engine.events.engine import ApiErrorsSeen, DiskSeen
from engine.ids import EngineId
from engine.projections.alerts import ALERTS
from engine.reactors.alert_text import message
from engine.values.crossing import Crossing
from tests.support.telling import Telling
from tests.support.world import virtually

MAIN = EngineId("main")
DIR = "/var/lib/email-engine"


def room(used: int) -> Room:
    return Room(100, 100 - used)


@pytest.mark.parametrize(
    ("used", "full", "told"),
    [(80, False, 0), (81, False, 1), (81, True, 0), (78, True, 0), (77, True, 1)],
)
def test_a_disk_is_told_of_when_it_gets_too_full_and_when_there_is_room(
    used: int, full: bool, told: int
) -> None:
    seen = list(of_disk(room(used), DIR, MAIN, full=full))
    assert seen == told * [DiskSeen(engine=MAIN, directory=DIR, percent=used)]


def test_a_disk_that_the_system_does_not_show_says_nothing() -> None:
    assert list(of_disk(None, DIR, MAIN, full=True)) == []


@pytest.mark.parametrize(
    ("requests", "errors", "before", "now"),
    [
        (1_000, 10, "ok", None),
        (1_000, 11, "ok", "crossed"),
        (1_000, 22, "ok", "proved"),
        (50, 3, "ok", None),  # too few to say anything
        (1_000, 9, "proved", None),
        (1_000, 7, "proved", "ok"),
        (0, 0, "proved", "ok"),
        (0, 0, "ok", None),
    ],
)
def test_one_request_in_a_hundred_may_fail(
    requests: int, errors: int, before: Crossing, now: Crossing | None
) -> None:
    seen = list(of_requests((requests, errors), MAIN, before))
    assert [one.standing for one in seen if isinstance(one, ApiErrorsSeen)] == (
        [now] if now else []
    )


def test_what_was_failed_long_ago_counts_no_more_and_probes_never_do() -> None:
    requests = Requests()
    requests("/api/v2/ips", 500)
    requests("/api/v2/ips", 404)
    requests("/readyz", 503)
    assert requests.turn() == (2, 1)
    for _ in range(MINUTES - 1):
        assert requests.turn() == (2, 1)
    assert requests.turn() == (0, 0)


class _Over(Exception):
    pass


def test_each_crossing_is_in_the_log_once_and_people_hear_of_it() -> None:
    async def lived() -> None:
        people, requests, looks = Telling(), Requests(), 0
        away = iter([LogUnavailable("away"), None, None, None])
        append = people.log.append

        async def flaky(*args: object, **more: object) -> object:
            if (trouble := next(away)) is not None:
                raise trouble
            return await append(*args, **more)  # type: ignore[arg-type]

        async def wait(_seconds: float) -> None:
            nonlocal looks
            looks += 1
            await people.settle()
            if looks > 5:
                raise _Over
            people.log.append = flaky if looks == 1 else append  # type: ignore[assignment,method-assign]

        with pytest.raises(_Over):
            await watch(
                people.log,
                people.new_id,
                people.views,
                MAIN,
                data_dir=DIR,
                room=lambda: room(91 if looks < 4 else 50),
                requests=requests,
                wait=wait,
            )
        assert await people.happened(DiskSeen) == 2
        assert await people.happened(AlertFired) == 1
        view = people.views.get(ALERTS, f"-/engine_disk/{MAIN}")
        assert not view.firing
        assert f"{DIR} 50 % full" in message(view)

    virtually(lived)
