"""Checking the name servers that the engine asks."""

from collections.abc import Awaitable, Callable, Sequence

from engine.effects.dns import CheckResolver
from engine.events.engine import ENGINE, ResolverChecked
from engine.ids import EngineId
from engine.rules.resolver_check import Finding
from engine.runtime.notes import Notes

Checks = Callable[[], Awaitable[Sequence[Finding]]]


async def nothing_wrong() -> Sequence[Finding]:
    """Where there is no real name server to ask."""
    return ()


async def check(effect: CheckResolver, *, checks: Checks, notes: Notes, engine: EngineId) -> None:
    faults: dict[str, tuple[str, ...]] = {}
    for found in await checks():
        faults[found.server] = (*faults.get(found.server, ()), found.text)
    await notes.add(effect, ENGINE.stream(engine), ResolverChecked(faults=faults))
