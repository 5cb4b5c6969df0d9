"""The read models themselves: how far they stand, and made anew from the log."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from engine.api.call import Answer, Body, Call, Reading
from engine.api.problems import Problem
from engine.ids import Position
from engine.ports import Rebuilt
from engine.runtime.rebuild import Progress

PATH = "/api/v2/views"


class RebuildShown(Struct, frozen=True, kw_only=True):
    """One that is under way, or failed."""

    doing: str  # folding, laying, swapping, sweeping; "" = it ended
    why: str
    folded: int  # position
    head: int  # where the log ended when it was last looked at
    rows: int  # written beside those that readers get
    failed: str  # "" = it did not


class RebuiltShown(Struct, frozen=True, kw_only=True):
    at: datetime
    why: str
    position: Position
    rows: int
    wrong: int  # rows that were other than the log gives, and were replaced
    first: str  # the first of them


class ViewsShown(Struct, frozen=True, kw_only=True):
    position: Position  # of the log: what readers see
    generation: int
    codecs: Mapping[str, str]  # by view: the version and shape that made its rows
    rebuild: RebuildShown | None
    last: RebuiltShown | None  # None: never


async def show(call: Call, _: Reading) -> Answer:
    return Answer(await _shown(call))


async def rebuild(call: Call, _: Body) -> Answer:
    """Answers at once; how far it is stands at GET /api/v2/views."""
    if not call.deps.rebuilds.ask(f"asked for by {call.caller.actor}"):
        under_way = call.deps.rebuilds.progress
        why = f"one is under way ({under_way.doing}, {under_way.why}); GET {PATH} shows how far"
        raise Problem("refused", why)
    return Answer(await _shown(call), 202, location=PATH)


async def _shown(call: Call) -> ViewsShown:
    standing = await call.deps.models.standing()
    return ViewsShown(
        position=standing.position,
        generation=standing.generation,
        codecs=standing.codecs,
        rebuild=_rebuild(call.deps.rebuilds.progress),
        last=_last(standing.rebuilt),
    )


def _last(done: Rebuilt | None) -> RebuiltShown | None:
    if done is None:
        return None
    return RebuiltShown(
        at=done.at,
        why=done.why,
        position=done.position,
        rows=done.rows,
        wrong=done.wrong,
        first=done.first,
    )


def _rebuild(progress: Progress) -> RebuildShown | None:
    if not progress.doing and not progress.failed:
        return None
    return RebuildShown(
        doing=progress.doing,
        why=progress.why,
        folded=progress.folded,
        head=progress.head,
        rows=progress.rows,
        failed=progress.failed,
    )
