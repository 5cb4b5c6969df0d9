"""What a raise must heed that its reactor does not read: clocks, the last look at the lists, and
what was delivered before.
"""

from collections.abc import Callable
from typing import TypeVar

from msgspec.structs import replace

from engine.commands import Command
from engine.commands.ip import AdvanceStage, StartWarmup
from engine.commands.ip_cap import LimitCap
from engine.commands.ip_warmup import SkipStage
from engine.ids import TenantId
from engine.ports.clock import Step
from engine.projections.clocks import CLOCKS, OWN, of_mailwizz, of_node
from engine.projections.idling import IDLING
from engine.projections.ips import IPS
from engine.rules.midnights import CALM
from engine.runtime.views import Views
from engine.values.clocks import Clocks

RAISES = (AdvanceStage, StartWarmup, LimitCap, SkipStage)
Stepped = Callable[[], Step | None]  # the last step of the engine's own clock
C = TypeVar("C", bound=Command)


def never() -> Step | None:
    """Of a clock that runs as it should."""
    return None


def heeding(command: C, tenant: TenantId | None, views: Views, stepped: Stepped) -> C:
    """With that in it, if it may raise."""
    if not isinstance(command, RAISES):
        return command
    row = views.get(IPS, f"{tenant}/{command.ip}")
    zones = {f"PowerMTA on {row.node}": views.get(CLOCKS, of_node(row.node)).zone}
    if row.instance is not None:
        zones[f"MailWizz {row.instance}"] = views.get(CLOCKS, of_mailwizz(row.instance)).zone
    known = {who: zone for who, zone in zones.items() if zone}
    recorded, seen = views.get(CLOCKS, OWN).stepped_at, stepped()
    steps = [at for at in (recorded, seen.at if seen else None) if at is not None]
    calm_at = max(steps) + CALM if steps else None
    heeded = replace(command, clocks=Clocks(zones=known, calm_at=calm_at))
    match heeded:
        case AdvanceStage():
            return replace(heeded, listed_at=row.lists.looked_at)
        case StartWarmup():
            before = views.get(IDLING, f"{tenant}/{command.ip}").volume
            return replace(heeded, delivered=before or None)
        case _:
            return heeded
