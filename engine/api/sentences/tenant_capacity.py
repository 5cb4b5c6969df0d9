"""What a tenant expects to send, and what a morning's look at its capacity found."""

from engine.api.sentences.words import names
from engine.events.tenant import CapacityJudged, CapacitySet

_ROTATION = {
    "off": "capacity is not judged",
    "advise": "rotation only advises",
    "act": "rotation starts and retires addresses by itself",
}


def say(event: CapacitySet | CapacityJudged) -> str:
    if isinstance(event, CapacitySet):
        return _set(event)
    found = "demand passes capacity" if event.short else "capacity carries demand"
    moves = [
        f"{event.starts} starts" if event.starts else "",
        f"{event.retires} retires" if event.retires else "",
    ]
    done = [one for one in moves if one]
    return (
        f"capacity of {event.slug} on {event.day}: {found}; {names(done, 'nothing moves')}"
        f"{''.join(f'; {one}' for one in event.why)}"
    )


def _set(event: CapacitySet) -> str:
    planned = [
        f"{one.per_day:,} a day{f' for {one.purpose}' if one.purpose else ''}"
        f" from {one.first} to {one.last}"
        for one in event.planned
    ]
    return (
        f"{event.slug} plans to send {names(planned, 'nothing beyond what it sends')};"
        f" {_ROTATION[event.rotation]}"
    )
