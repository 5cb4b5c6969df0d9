"""Views as of a position: from the nearest image, and the events that came after it."""

from contextlib import aclosing
from typing import Any, NamedTuple

import structlog

from engine.ids import Position, TenantId
from engine.ports import ImageFailed, Images, Log, Wanted
from engine.projections.projection import Projection, V
from engine.runtime.packing import unpacked
from engine.runtime.real import pause
from engine.runtime.views import Views

TURN = 250  # events folded before others get theirs

_say = structlog.get_logger("engine")


class Image(NamedTuple):
    """What one image holds; of position 0: nothing yet."""

    position: Position
    views: dict[str, Any]


async def nearest(
    images: Images,
    projection: Projection[V],
    codec: str,
    upto: Position,
    tenant: TenantId | None = None,
) -> Image:
    """The last image at ``upto`` or before that can be used.  Raises LogUnavailable."""
    before = upto
    try:
        while found := await images.newest(projection.name, codec, before):
            try:
                parts = await images.parts(projection.name, found, tenant)
                return Image(found, await unpacked(projection, parts))
            except ImageFailed as damage:
                _warn(projection.name, found, damage)
                before = Position(found - 1)
    except ImageFailed as failed:
        _warn(projection.name, before, failed)
    return Image(Position(0), {})


def _warn(view: str, position: Position, why: ImageFailed) -> None:
    _say.warning("image.passed_over", view=view, position=position, why=str(why))


async def fold(
    log: Log, views: Views, after: Position, upto: Position, tenant: TenantId | None = None
) -> None:
    """Fold what lies between, as far as these views are concerned."""
    wanted = Wanted(tenant=tenant, tags=views.tags)
    async with aclosing(log.pages(after, upto, wanted)) as pages:
        async for page in pages:
            for n, recorded in enumerate(page.events, start=1):
                for _ in views.fold(recorded):
                    pass
                if n % TURN == 0:
                    await pause(0)
