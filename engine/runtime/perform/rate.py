"""Writing down that a rate crossed its line."""

from engine.effects import NoteRate
from engine.events.traffic import TRAFFIC, RateSeen
from engine.rules.rates import crossing
from engine.runtime.notes import Notes


async def note(effect: NoteRate, *, notes: Notes) -> None:
    line = crossing.LINES[effect.signal]
    seen = RateSeen(
        ip=effect.ip,
        signal=effect.signal,
        standing=effect.standing,
        count=effect.count,
        of=effect.of,
        threshold=line.threshold,
        chance=crossing.chance(line, effect.count, effect.of),
    )
    await notes.add(effect, TRAFFIC.stream(f"rates-{effect.ip}"), seen)
