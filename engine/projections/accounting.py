"""How far the accounting files of each node are read.  A platform view."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.effect import EffectRefused
from engine.events.host import HostRegistered
from engine.events.traffic import FileRead, FilesLooked, StopLeaked, TrafficCounted
from engine.ids import NodeId, Version
from engine.projections.projection import Projection
from engine.values.retry import Work


class Known(Struct, frozen=True, gc=False):
    """A file that was read, to ``end``."""

    end: int
    size: int
    head: str
    at: datetime
    columns: tuple[str, ...] = ()


class Accounting(Struct, frozen=True, gc=False):
    node: NodeId = NodeId("")
    version: Version = Version(0)  # of the stream
    files: dict[str, Known] = {}  # as many as lie there, and those that vanished lately
    work: Work = Work()
    looked_at: datetime | None = None  # answered
    behind: int = 0
    silent_since: datetime | None = None
    why: str = ""  # of the silence


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    event = recorded.event
    if isinstance(event, EffectRefused):
        return (event.target.name,) if event.target.kind == "traffic" else ()
    return (event.node,)


def evolve(view: Accounting, recorded: Recorded[Event]) -> Accounting:
    match recorded.event:
        case HostRegistered(node=node):
            return replace(view, node=node)
        case FileRead() as read:
            known = Known(read.end, read.size, read.head, recorded.at, read.columns)
            files = view.files | {read.file: known}
            return replace(view, node=read.node, version=recorded.version, files=files)
        case TrafficCounted() | StopLeaked():
            return replace(view, version=recorded.version)
        case FilesLooked() as looked:
            return _looked(replace(view, version=recorded.version), looked, recorded)
        case EffectRefused():
            return replace(view, work=view.work.failed(recorded.at))
        case _:
            return view


def _looked(view: Accounting, looked: FilesLooked, recorded: Recorded[Event]) -> Accounting:
    if looked.files is None:
        since = view.silent_since or recorded.at
        work = view.work.failed(recorded.at)
        return replace(view, work=work, silent_since=since, why=looked.why)
    left = {*looked.removed, *looked.gone}
    return replace(
        view,
        files={name: one for name, one in view.files.items() if name not in left},
        work=Work(recorded.position),
        looked_at=recorded.at,
        behind=looked.behind,
        silent_since=None,
        why="",
    )


ACCOUNTING = Projection(
    name="accounting",
    folds=(HostRegistered, FileRead, TrafficCounted, StopLeaked, FilesLooked, EffectRefused),
    keys=keys,
    initial=Accounting(),
    evolve=evolve,
)
