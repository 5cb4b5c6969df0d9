"""What happened, in the sentences that people read of a real log."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple, get_args

from engine.api.sentences import sentence
from engine.app.whatif.result import Result
from engine.events.ip import IpEvent, IpRegistered, StageEntered, WarmupFinished, WarmupRequested

_IP = get_args(IpEvent)
_QUIET = (IpRegistered, StageEntered, WarmupFinished, WarmupRequested)  # what goes as planned


class Told(NamedTuple):
    at: datetime
    sentence: str  # of the first of them
    ips: tuple[str, ...]  # whom it happened to at that moment


def story(result: Result) -> Iterator[Told]:
    """Every event of an address; what goes as planned for several at once is said once."""
    together: dict[tuple[object, ...], Told] = {}
    for number, recorded in enumerate(result.story):
        event = recorded.event
        if not isinstance(event, _IP):
            continue
        key: tuple[object, ...] = (number,)
        if isinstance(event, _QUIET):
            stage = event.stage if isinstance(event, StageEntered) else 0
            key = (recorded.at, type(event), recorded.tenant, stage)
        before = together.get(key)
        ips = (*before.ips, event.ip) if before else (event.ip,)
        said = before.sentence if before else sentence(recorded)
        together[key] = Told(recorded.at, said, ips)
    yield from together.values()
