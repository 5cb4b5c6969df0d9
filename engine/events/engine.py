"""The engine's own life."""

from datetime import datetime

from engine.events.base import Category, Fact
from engine.ids import EngineId, IpAddr, NodeId
from engine.values.crossing import Crossing
from engine.values.login import Login


class EngineLed(Fact, frozen=True, kw_only=True, tag="engine.led"):
    """A process took the lead; its first event."""

    engine: EngineId
    epoch: int
    version: str


class ResolverChecked(Fact, frozen=True, kw_only=True, tag="engine.resolver_checked"):
    """Whether the name servers that we ask are fit to ask block lists."""

    faults: dict[str, tuple[str, ...]]  # by server: what is wrong with it, and what to do


class LoginsLooked(Fact, frozen=True, kw_only=True, tag="engine.logins_looked"):
    """Which of a tenant's addresses have a password in ``secrets_dir``; only differences."""

    changed: dict[IpAddr, Login]
    nodes: dict[IpAddr, NodeId]  # where each of these lies


class ClockStepped(Fact, frozen=True, kw_only=True, tag="clock.stepped"):
    """The machine's clock and the time that really passed parted; nothing is raised for an hour."""

    engine: EngineId
    by_s: int  # seconds; negative: it was put back
    at: datetime  # when it was noticed, by the clock that never goes back


class DiskSeen(Fact, frozen=True, kw_only=True, tag="engine.disk_seen"):
    """The disk under the engine's data became too full, or has room again."""

    engine: EngineId
    directory: str
    percent: int  # used, of what the engine may write


class ApiErrorsSeen(Fact, frozen=True, kw_only=True, tag="engine.api_errors_seen"):
    """The share of requests that the engine itself failed crossed its line, or fell below it."""

    engine: EngineId
    standing: Crossing
    errors: int  # answers from 500 on
    requests: int
    minutes: int  # that were counted


EngineEvent = ApiErrorsSeen | ClockStepped | DiskSeen | EngineLed | LoginsLooked | ResolverChecked
ENGINE: Category[EngineEvent] = Category("engine", EngineEvent)
