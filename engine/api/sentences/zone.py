"""How the block lists themselves are."""

from collections.abc import Mapping
from typing import assert_never

from engine.api.sentences.words import names, several
from engine.events import Recorded
from engine.events.zone import (
    SuspicionEnded,
    ZoneAsked,
    ZoneEvent,
    ZoneHealthChanged,
    ZoneSuspected,
)
from engine.rules.looking import STANDS
from engine.values.verdict import Health

HOURS = int(STANDS.total_seconds() // 3600)

HEALTH: Mapping[Health, str] = {
    "alive": "proves itself: its answers count",
    "dead": "is dead: its answers count for nothing",
    "refusing": "refuses to answer us: its answers count for nothing",
    "silent": "does not answer: what it last said stands",
    "lists_everything": "lists everything: its answers count for nothing",
}


def say(told: Recorded[ZoneEvent]) -> str:
    event = told.event
    match event:
        case ZoneHealthChanged(zone=zone, health=health, why=why):
            return f"the block list {zone} {HEALTH[health]}{f' ({why})' if why else ''}"
        case ZoneAsked():
            return _asked(event)
        case ZoneSuspected(zone=zone, asked=asked, hits=hits, stopped=stopped):
            several_stopped = sum(map(len, stopped.values()))
            return (
                f"the block list {zone} is held in suspicion: {hits} new hits among {asked}"
                " addresses in one round; "
                + several(several_stopped, "address", "addresses")
                + f" stopped by it in the {HOURS} hours before may be released"
            )
        case SuspicionEnded(zone=zone, why="trusted"):
            return f"the block list {zone} is believed again, by an admin's word"
        case SuspicionEnded(zone=zone, asked=asked, hits=hits):
            return (
                f"the block list {zone} is believed again: {hits} new hits among {asked} addresses"
            )
        case _:
            assert_never(event)


def _asked(event: ZoneAsked) -> str:
    parts = [
        f"{getattr(event, name)} {name}"
        for name in ("clean", "listed", "refused", "unanswered")
        if getattr(event, name)
    ]
    skipped = f"; {event.skipped} not asked, for the day's questions" if event.skipped else ""
    asked = several(event.questions, "question") if event.questions else "no question of its own"
    return f"the block list {event.zone} was put {asked}: {names(parts)}{skipped}"
