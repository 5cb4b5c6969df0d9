"""The engine's own house: the disk under its data, and the requests that it failed itself.

What the log is to say of them are crossings alone; the figures themselves are metrics.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress

from engine.adapters.host import Room
from engine.errors import LogUnavailable
from engine.events import Event
from engine.events.engine import ENGINE, ApiErrorsSeen, DiskSeen
from engine.ids import EngineId
from engine.ports import Ids, Log, New, Slice
from engine.projections import alert_engine
from engine.projections.alerts import ALERTS
from engine.rules import disk
from engine.rules.rates import crossing
from engine.runtime.notes import ENGINE as BY
from engine.runtime.real import pause
from engine.runtime.views import Views
from engine.values.crossing import Crossing

LOOK_S = 60.0  # real seconds
MINUTES = 10  # that requests are counted over
UNCOUNTED = ("/healthz", "/readyz", "/metrics")  # which answer 503 to tell something


class Requests:
    """Of the last minutes, by whether the engine failed them."""

    def __init__(self) -> None:
        self._minutes: deque[tuple[int, int]] = deque(maxlen=MINUTES)
        self._now = (0, 0)

    def __call__(self, route: str, status: int) -> None:
        if route not in UNCOUNTED:
            requests, errors = self._now
            self._now = requests + 1, errors + (status >= 500)

    def turn(self) -> tuple[int, int]:
        """A minute is over: requests and errors of the last ones."""
        self._minutes.append(self._now)
        self._now = (0, 0)
        counted = tuple(zip(*self._minutes, strict=True))
        return sum(counted[0]), sum(counted[1])


async def watch(
    log: Log,
    ids: Ids,
    views: Views,
    engine: EngineId,
    *,
    data_dir: str,
    room: Callable[[], Room | None],
    requests: Requests,
    wait: Callable[[float], Awaitable[None]] = pause,
) -> None:
    """Never returns.  What a log that is away does not hear is seen again a minute later."""
    while True:
        await wait(LOOK_S)
        seen = [
            *of_disk(room(), data_dir, engine, full=_firing(views, alert_engine.DISK, engine)),
            *of_requests(requests.turn(), engine, _standing(views, engine)),
        ]
        if seen:
            new = [New(ids(), event) for event in seen]
            with suppress(LogUnavailable):
                news = Slice(stream=ENGINE.stream(engine), tenant=None, events=new)
                await log.append([news], actor=BY, cause="own watch")


def of_disk(room: Room | None, data_dir: str, engine: EngineId, *, full: bool) -> Iterator[Event]:
    """``full``: so it was said to be."""
    if room is None or not room.size:
        return
    percent = round(100 * (1 - room.free / room.size))
    now = {data_dir: percent}
    if (not full and disk.full(now)) or (full and disk.roomy(now)):
        yield DiskSeen(engine=engine, directory=data_dir, percent=percent)


def of_requests(counted: tuple[int, int], engine: EngineId, before: Crossing) -> Iterator[Event]:
    requests, errors = counted
    now = crossing.standing(crossing.API, errors, requests, before)
    if now != before:
        yield ApiErrorsSeen(
            engine=engine, standing=now, errors=errors, requests=requests, minutes=MINUTES
        )


def _standing(views: Views, engine: EngineId) -> Crossing:
    """As people were told of it last."""
    view = views.get(ALERTS, f"-/{alert_engine.API}/{engine}")
    if not view.firing:
        return "ok"
    return "crossed" if view.severity == "info" else "proved"


def _firing(views: Views, name: str, engine: EngineId) -> bool:
    return views.get(ALERTS, f"-/{name}/{engine}").firing
