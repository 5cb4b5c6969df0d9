"""Are the rows that readers get what a fold of the log gives?"""

from collections.abc import Sequence
from typing import Any

import msgspec

from engine.app.finding import Finding, Report
from engine.app.refold import Refold
from engine.ports import Row, Standing
from engine.projections.projection import Projection
from engine.projections.shape import codec_of
from engine.store import generations, kept
from engine.store.pool import Borrowed
from engine.store.verify import fenced


async def audit_views(
    connection: Borrowed, projections: Sequence[Projection[Any]], refold: Refold, report: Report
) -> None:
    """Rows and checkpoint of one moment: while an engine leads, both move.  It is a short one, for
    the log is folded nearly as far already.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        standing = await generations.standing(connection)
        if standing.position < refold.position:
            report.notes.append("views were not compared: they were made anew meanwhile; run again")
            return
        last = (await fenced(connection)).last
        if standing.position > last:
            why = f"they stand at {standing.position:,}, and the log ends at {last:,}"
            report.wrong.append(Finding(about="views", why=why))
            return
        await refold.to(standing.position, connection)
        for projection in _comparable(projections, standing, report):
            await _compare(connection, projection, standing.generation, refold, report)


def _comparable(
    projections: Sequence[Projection[Any]], standing: Standing, report: Report
) -> list[Projection[Any]]:
    """Those whose rows this version's code folded."""
    same = [one for one in projections if standing.codecs.get(one.name) == codec_of(one)]
    others = sorted({one.name for one in projections} - {one.name for one in same})
    if others:
        names = ", ".join(others)
        report.notes.append(f"not compared, for another version folded them: views {names}")
    return same


async def _compare(
    connection: Borrowed,
    projection: Projection[Any],
    generation: int,
    refold: Refold,
    report: Report,
) -> None:
    """Rows come in the order of keys, so the first that is wrong is found where it stands."""
    views = refold.views.of(projection)
    wanted = iter(sorted(views))
    async for row in kept.rows(connection, projection.name, generation):
        key = next(wanted, None)
        if key is None or key > row.key:
            return _blame(report, projection.name, row.key, "the log gives no such row")
        if key < row.key:
            return _blame(report, projection.name, key, "its row is missing")
        wrong = _difference(row, refold.views.row(projection.name, key), views[key])
        if wrong:
            return _blame(report, projection.name, key, wrong)
        report.rows += 1
    key = next(wanted, None)
    if key is not None:
        _blame(report, projection.name, key, "its row is missing")
    return None


def _blame(report: Report, view: str, key: str, why: str) -> None:
    report.wrong.append(Finding(about="views", view=view, key=key, why=why))


def _difference(row: Row, wanted: Row, view: object) -> str:
    """Names of columns, and not what is in them; "": none."""
    names = [one for one in wanted.columns if row.columns.get(one) != wanted.columns[one]]
    names += ["tenant"] if row.tenant != wanted.tenant else []
    names += [] if row.body == wanted.body or _says(row.body, view) else ["body"]
    return f"another {', '.join(names)} than the log gives" if names else ""


def _says(body: bytes, view: object) -> bool:
    """The same in other bytes: fields that were declared in another order when it was written."""
    try:
        return bool(msgspec.json.decode(body, type=type(view)) == view)
    except msgspec.MsgspecError:
        return False
