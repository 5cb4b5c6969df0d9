"""One tenant's file on one node: what is wanted of it, and what the node was told."""

from datetime import datetime
from typing import Any, get_args

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.effect import EffectRefused
from engine.events.ip import IpQuarantined, IpStopped, LeverEvent
from engine.events.rollout import RolloutEnded, RolloutPlanned, RolloutTorn, RolloutUnknown
from engine.ids import IpAddr, NodeId, TenantId
from engine.projections.projection import Projection
from engine.rules import timing
from engine.values.retry import Work
from engine.values.rollout import Ending
from engine.values.vmta import Vmta

LEVERS = get_args(LeverEvent)


class Rollout(Struct, frozen=True, gc=False):
    node: NodeId = NodeId("")
    tenant: TenantId = TenantId("")
    wanted: dict[IpAddr, Vmta] = {}  # bounded: the addresses of one tenant on one node
    told: dict[IpAddr, Vmta] = {}  # as the node runs it
    planned: dict[IpAddr, Vmta] | None = None  # begun, and its end not known
    torn: bool = False  # the plan's bytes and what runs do not belong together
    conflict: bool = False  # somebody edited the file
    ready_at: datetime | None = None  # company is waited for until then; None: nobody waits
    deploy: Work = Work()
    look: Work = Work()  # at what became of the plan
    ending: Ending | None = None  # of the last rollout
    why: str = ""
    ended_at: datetime | None = None

    @property
    def state(self) -> str:
        if self.planned is not None:
            return "torn" if self.torn else "open"
        if self.conflict:
            return "conflict"
        return "told" if self.wanted == self.told else "wanted"


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    event = recorded.event
    if recorded.tenant is None:
        return ()
    if isinstance(event, EffectRefused):
        node = event.target.name
        ours = event.effect.startswith("rollout.")
        return (f"{node}/{recorded.tenant}",) if ours else ()
    return (f"{event.node}/{recorded.tenant}",)


def evolve(view: Rollout, recorded: Recorded[Event]) -> Rollout:
    event, here = recorded.event, Work(recorded.position)
    if isinstance(event, LEVERS):
        return _wanted(view, event, recorded)
    match event:
        case RolloutPlanned(vmtas=vmtas):
            return replace(view, planned=vmtas, torn=False, look=here, ready_at=None)
        case RolloutUnknown(why=why):
            return replace(view, look=view.look.failed(recorded.at), why=why)
        case RolloutTorn(why=why):
            return replace(view, torn=True, look=here, why=why)
        case RolloutEnded():
            return _ended(view, event, recorded.at)
        case EffectRefused():
            return replace(view, deploy=view.deploy.failed(recorded.at))
        case _:
            return view


def _wanted(view: Rollout, event: Any, recorded: Recorded[Event]) -> Rollout:
    """A stop waits for nobody; the rest waits a little for company of the same file."""
    stop = isinstance(event, IpStopped | IpQuarantined)
    company = recorded.at if stop else recorded.at + timing.COMPANY
    ready_at = min(view.ready_at or company, company)
    return replace(
        view,
        node=event.node,
        tenant=recorded.tenant or view.tenant,
        wanted=view.wanted | {event.ip: event.vmta},
        deploy=Work(recorded.position),
        ready_at=ready_at,
    )


def _ended(view: Rollout, event: RolloutEnded, at: datetime) -> Rollout:
    done = event.ending == "done"
    return replace(
        view,
        told=view.planned or {} if done else view.told,
        planned=None,
        torn=False,
        conflict=event.ending == "conflict",
        deploy=view.deploy if done else view.deploy.failed(at),
        ending=event.ending,
        why=event.why,
        ended_at=at,
    )


ROLLOUTS = Projection(
    name="rollouts",
    folds=(*LEVERS, RolloutPlanned, RolloutUnknown, RolloutTorn, RolloutEnded, EffectRefused),
    keys=keys,
    initial=Rollout(),
    evolve=evolve,
    tenant=lambda view: view.tenant,
    columns=lambda view: {"node": view.node, "state": view.state},
)
