"""One tenant's file on one node: what is wanted of it, and what the node was told."""

from datetime import datetime
from typing import Any, get_args

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.effect import EffectRefused
from engine.events.ip import LeverEvent
from engine.events.rollout import (
    ConflictEnded,
    RolloutEnded,
    RolloutPlanned,
    RolloutTorn,
    RolloutUnknown,
    VersionCommitted,
)
from engine.events.tenant import OverlaySet
from engine.ids import IpAddr, NodeId, TenantId
from engine.projections.projection import Projection
from engine.rules import overlay, timing
from engine.values.overlay import Chosen
from engine.values.retry import Work
from engine.values.rollout import Ending
from engine.values.vmta import Vmta

LEVERS = get_args(LeverEvent)
Vmtas = dict[IpAddr, Vmta]


class Rollout(Struct, frozen=True, gc=False):
    node: NodeId = NodeId("")
    tenant: TenantId = TenantId("")
    wanted: Vmtas = {}  # bounded: the addresses of one tenant on one node
    told: Vmtas = {}  # as the node runs it
    planned: Vmtas | None = None  # begun, and its end not known
    torn: bool = False  # the plan's bytes and what runs do not belong together
    conflict: bool = False  # somebody edited the file
    ready_at: datetime | None = None  # company is waited for until then; None: nobody waits
    deploy: Work = Work()
    look: Work = Work()  # at what became of the plan
    ending: Ending | None = None  # of the last rollout
    why: str = ""
    ended_at: datetime | None = None
    lives: Vmtas = {}  # what the engine wants of the addresses, before anybody's choices
    chosen: dict[IpAddr, Chosen] = {}  # by the tenant, for addresses on this node
    drained: tuple[IpAddr, ...] = ()
    overlay: int = 0  # version of these choices
    digest: str = ""  # of the file that lies there; "" = there is none
    planned_digest: str = ""
    version: int = 0  # how many rollouts of this file were done
    committed: int = 0  # the last version that lies in git
    commit: Work = Work()
    adopted: Vmtas | None = None  # what was wanted when a person let somebody's edit stay
    overwrite: bool = False  # a person wants the engine's file there, whatever was told

    @property
    def due(self) -> bool:
        """Another file shall lie there."""
        if self.overwrite:
            return True
        return self.wanted not in (self.told, self.adopted)

    @property
    def state(self) -> str:
        if self.planned is not None:
            return "torn" if self.torn else "open"
        if self.conflict:
            return "conflict"
        return "wanted" if self.due else "told"


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    event = recorded.event
    if recorded.tenant is None:
        return ()
    if isinstance(event, EffectRefused):
        node = event.target.name
        ours = event.effect.startswith("rollout.")
        return (f"{node}/{recorded.tenant}",) if ours else ()
    if isinstance(event, OverlaySet):
        return tuple(f"{node}/{recorded.tenant}" for node in sorted(set(event.nodes.values())))
    return (f"{event.node}/{recorded.tenant}",)


def evolve(view: Rollout, recorded: Recorded[Event]) -> Rollout:
    event, here = recorded.event, Work(recorded.position)
    if isinstance(event, LEVERS):
        return _lives(view, event, recorded)
    match event:
        case OverlaySet():
            return _chosen(view, event, recorded)
        case RolloutPlanned(vmtas=vmtas, digest=digest):
            view = replace(view, planned=vmtas, planned_digest=digest)
            return replace(view, torn=False, look=here, ready_at=None)
        case RolloutUnknown(why=why):
            return replace(view, look=view.look.failed(recorded.at), why=why)
        case RolloutTorn(why=why):
            return replace(view, torn=True, look=here, why=why)
        case RolloutEnded():
            return _ended(view, event, recorded)
        case ConflictEnded(end=end, found=found):
            adopted, overwrite = (view.wanted, False) if end == "adopt" else (None, True)
            view = replace(view, conflict=False, digest=found, deploy=here)
            return replace(view, adopted=adopted, overwrite=overwrite, ready_at=None)
        case VersionCommitted(version=version):
            return replace(view, committed=version, commit=here)
        case EffectRefused(effect="rollout.commit"):
            return replace(view, commit=view.commit.failed(recorded.at))
        case EffectRefused():
            return replace(view, deploy=view.deploy.failed(recorded.at))
        case _:
            return view


def _lives(view: Rollout, event: Any, recorded: Recorded[Event]) -> Rollout:
    """A stop waits for nobody; the rest waits a little for company of the same file."""
    view = replace(
        view,
        node=event.node,
        tenant=recorded.tenant or view.tenant,
        lives=view.lives | {event.ip: event.vmta},
    )
    wanted = view.wanted | {event.ip: _laid_over(view, event.ip)}
    return _wanted(view, wanted, recorded, stop=event.stop)


def _chosen(view: Rollout, event: OverlaySet, recorded: Recorded[Event]) -> Rollout:
    """Addresses on other nodes are the affair of other files."""
    view = replace(
        view,
        chosen={ip: one for ip, one in event.virtual_mtas.items() if ip in view.lives},
        drained=tuple(ip for ip in event.drained if ip in view.lives),
        overlay=event.version,
    )
    wanted = {ip: _laid_over(view, ip) for ip in view.lives}
    return view if wanted == view.wanted else _wanted(view, wanted, recorded, stop=False)


def _laid_over(view: Rollout, ip: IpAddr) -> Vmta:
    before = view.wanted.get(ip)
    return overlay.laid_over(
        view.lives[ip],
        view.chosen.get(ip),
        drains=ip in view.drained,
        hostname=before.hostname if before else "",
    )


def _wanted(view: Rollout, wanted: Vmtas, recorded: Recorded[Event], *, stop: bool) -> Rollout:
    company = recorded.at if stop else recorded.at + timing.COMPANY
    return replace(
        view,
        wanted=wanted,
        deploy=Work(recorded.position),
        ready_at=min(view.ready_at or company, company),
    )


def _ended(view: Rollout, event: RolloutEnded, recorded: Recorded[Event]) -> Rollout:
    planned = view.planned or {}
    view = replace(
        view,
        planned=None,
        torn=False,
        conflict=event.ending == "conflict",
        ending=event.ending,
        why=event.why,
        ended_at=recorded.at,
    )
    if event.ending != "done":
        return replace(view, deploy=view.deploy.failed(recorded.at))
    return replace(
        view,
        told=planned,
        digest=view.planned_digest,
        version=view.version + 1,
        commit=Work(recorded.position),
        adopted=None,
        overwrite=False,
    )


ROLLOUTS = Projection(
    name="rollouts",
    folds=(
        *(*LEVERS, RolloutPlanned, RolloutUnknown, RolloutTorn, RolloutEnded, EffectRefused),
        *(OverlaySet, ConflictEnded, VersionCommitted),
    ),
    keys=keys,
    initial=Rollout(),
    evolve=evolve,
    tenant=lambda view: view.tenant,
    columns=lambda view: {"node": view.node, "state": view.state},
)
