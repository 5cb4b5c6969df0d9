"""What the API is built from; the composition root gives it all."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from engine.api.exports import Exports
from engine.api.key_uses import KeyUses
from engine.api.open_requests import OpenRequests
from engine.api.rates import Rates
from engine.api.refusals import Refusals
from engine.api.seals import Seal
from engine.api.shown_ips import ShownIps
from engine.api.source import Network
from engine.api.turns import Turns
from engine.api.validations import Validations
from engine.effects import Effect
from engine.ids import EngineId, InstanceId, Position, TenantId
from engine.ports import Clock, Ids, Log, PmtaNode, Reader, ReadModels, Resolver
from engine.rules.dnsbl_catalogue import DEFAULT, Catalogue
from engine.runtime.command_handler import CommandHandler
from engine.runtime.rebuild import Progress
from engine.runtime.views import Views
from engine.values.tuning import Tuning

Seen = Callable[[str, str, int, float], None]  # method, route, status, seconds: for metrics


class PumpLike(Protocol):
    @property
    def position(self) -> Position: ...

    @property
    def log_away_since(self) -> datetime | None: ...

    async def reached(self, position: Position) -> None: ...


class RebuildsLike(Protocol):
    @property
    def progress(self) -> Progress: ...

    def ask(self, why: str) -> bool: ...


class PastLike(Protocol):
    async def at(
        self, position: Position, names: Iterable[str], tenant: TenantId | None
    ) -> Reader: ...


class RendersMetrics(Protocol):
    async def __call__(self, *, ready: bool) -> bytes:
        """Prometheus text."""


class UnderWay(NamedTuple):
    """What the engine does, wants to do, and when it looks again."""

    running: Sequence[Effect]
    wishes: Sequence[Effect]
    next_wake: datetime | None


def nobody(method: str, route: str, status: int, seconds: float) -> None:
    """Counts nothing."""


class Deps(NamedTuple):
    handler: CommandHandler
    log: Log
    models: ReadModels
    views: Views
    pump: PumpLike
    rebuilds: RebuildsLike
    past: PastLike
    clock: Clock
    ids: Ids
    token: Callable[[int], bytes]  # so many random bits that nobody can guess
    leads: Callable[[], bool]
    mailwizz_for: Callable[[TenantId], Sequence[InstanceId]]  # by the configuration
    mailwizz_shared: Callable[[InstanceId], bool]  # more than one tenant may name it
    allow_reserved: bool
    metrics: RendersMetrics
    agenda: Callable[[], UnderWay]
    version: str
    engine_id: EngineId
    requests: OpenRequests
    epoch: Callable[[], int]  # of the process that leads
    resolver: Resolver
    pmta: PmtaNode  # for looks alone; what changes a node is an effect
    validations: Validations
    exports: Exports
    turns: Turns
    seal: Seal  # of what tenants hold
    key_uses: KeyUses
    shown_ips: ShownIps
    rates: Rates = Rates()
    refusals: Refusals = Refusals()
    seen: Seen = nobody
    proxies: tuple[Network, ...] = ()  # whose X-Forwarded-For is believed
    unwell: Callable[[], Sequence[str]] = tuple  # why it should be started again
    configured_chats: Callable[[], frozenset[str] | None] = frozenset  # None: there is no bot
    telegram: Callable[[], str] = str  # why nobody is heard there; "" = people are
    mail: Callable[[], str] = str  # why its server takes none; "" = it does
    tuning: Tuning = Tuning()
    catalogue: Catalogue = DEFAULT
