"""What a caller says of the engine that it wants to run, beside its parts."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from engine.adapters.prometheus import PartTally
from engine.adapters.systemd import Systemd
from engine.api.deps import Deps
from engine.api.key_uses import ForgetsUses, KeepsUses
from engine.app.assemble import Engine
from engine.config import Config
from engine.runtime.pump import NAP_MAX

Job = Callable[[], Coroutine[Any, Any, None]]


class Settings(NamedTuple):
    config: Config
    token: Callable[[int], bytes]
    systemd: Systemd
    jobs: Sequence[Job] = ()  # the log's heartbeat, the bot …
    nap_max: timedelta = NAP_MAX
    watchdog_s: float = 0.0  # within which systemd wants a sign of life; 0: it does not watch
    found: Callable[[Engine], None] | None = None  # hears of the views before they are folded
    opened: Callable[[Deps], None] | None = None  # hears of the API before it is served
    part_tally: PartTally | None = None  # of a caller who counts calls of his own in it
    connections: Callable[[], Mapping[str, int]] = dict  # to Postgres, by what they are for
    seal_key: bytes = b""  # of what tenants hold; b"": one for this process alone
    key_uses: KeepsUses = ForgetsUses()
    telegram: Callable[[], str] = str  # why nobody is heard there
    configured_chats: frozenset[str] | None = None  # None: there is no bot
    mail: Callable[[], str] = str  # why its server takes none
