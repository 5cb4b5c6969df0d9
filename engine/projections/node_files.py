"""The engine's own file on each node: what is wanted of it, and what the node was told."""

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.effect import EffectRefused
from engine.events.host import NodeFileWanted
from engine.events.rollout import (
    ConflictEnded,
    RolloutEnded,
    RolloutPlanned,
    RolloutTorn,
    RolloutUnknown,
    VersionCommitted,
)
from engine.ids import NodeId
from engine.projections.projection import Projection
from engine.values.node_file import NodeOwn
from engine.values.retry import Work
from engine.values.rollout import Ending


class NodeFile(Struct, frozen=True, gc=False):
    node: NodeId = NodeId("")
    wanted: NodeOwn = NodeOwn()
    told: NodeOwn = NodeOwn()  # as the node runs it
    planned: NodeOwn | None = None  # begun, and its end not known
    planned_digest: str = ""
    digest: str = ""  # of the file that lies there; "" = there is none
    torn: bool = False  # whether what lies there runs is not known; the old bytes go back
    conflict: bool = False  # somebody edited the file
    deploy: Work = Work()
    look: Work = Work()  # at what became of the plan
    ending: Ending | None = None  # of the last rollout
    why: str = ""
    adopted: NodeOwn | None = None  # what was wanted when a person let somebody's edit stay
    overwrite: bool = False  # a person wants the engine's file there, whatever was told
    version: int = 0  # how many rollouts of it were done
    committed: int = 0  # the last version that lies in git
    commit: Work = Work()

    @property
    def due(self) -> bool:
        """Another file shall lie there."""
        return self.overwrite or self.wanted not in (self.told, self.adopted)

    @property
    def state(self) -> str:
        if self.planned is not None:
            return "torn" if self.torn else "open"
        if self.conflict:
            return "conflict"
        return "wanted" if self.due else "told"


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    """Rollouts of a tenant's file are another file's affair."""
    event = recorded.event
    if recorded.tenant is not None:
        return ()
    if isinstance(event, EffectRefused):
        return (event.target.name,) if event.effect.startswith("rollout.") else ()
    return (event.node,)


def evolve(view: NodeFile, recorded: Recorded[Event]) -> NodeFile:
    event, here = recorded.event, Work(recorded.position)
    match event:
        case NodeFileWanted(own=own):
            return replace(view, wanted=own, deploy=here)
        case RolloutPlanned(own=NodeOwn() as own, digest=digest):
            view = replace(view, planned=own, planned_digest=digest)
            return replace(view, torn=False, look=here)
        case RolloutUnknown(why=why):
            return replace(view, look=view.look.failed(recorded.at), why=why)
        case RolloutTorn(why=why):
            return replace(view, torn=True, look=here, why=why)
        case RolloutEnded():
            return _ended(view, event, recorded)
        case ConflictEnded(end=end, found=found):
            adopted, overwrite = (view.wanted, False) if end == "adopt" else (None, True)
            view = replace(view, conflict=False, digest=found, deploy=here)
            return replace(view, adopted=adopted, overwrite=overwrite)
        case VersionCommitted(version=version):
            return replace(view, committed=version, commit=here)
        case EffectRefused(effect="rollout.commit"):
            return replace(view, commit=view.commit.failed(recorded.at))
        case EffectRefused():
            return replace(view, deploy=view.deploy.failed(recorded.at))
        case _:
            return view


def named(view: NodeFile, key: str) -> NodeFile:
    return replace(view, node=NodeId(key))


def _ended(view: NodeFile, event: RolloutEnded, recorded: Recorded[Event]) -> NodeFile:
    planned = view.planned or view.told
    view = replace(view, planned=None, torn=False, ending=event.ending, why=event.why)
    view = replace(view, conflict=event.ending == "conflict")
    if event.ending != "done":
        return replace(view, deploy=view.deploy.failed(recorded.at))
    view = replace(view, told=planned, digest=view.planned_digest)
    version, commit = view.version + 1, Work(recorded.position)
    return replace(view, adopted=None, overwrite=False, version=version, commit=commit)


NODE_FILES = Projection(
    name="node_files",
    folds=(
        *(NodeFileWanted, RolloutPlanned, RolloutUnknown, RolloutTorn, RolloutEnded),
        *(ConflictEnded, EffectRefused, VersionCommitted),
    ),
    keys=keys,
    initial=NodeFile(),
    evolve=evolve,
    named=named,
)
