"""Are images what a fold of the log gives at their positions?"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from engine.app.finding import Finding, Report
from engine.app.refold import Refold
from engine.ports import ImageFailed, Images
from engine.projections.projection import Projection
from engine.projections.shape import codec_of
from engine.runtime.compare import first_difference
from engine.runtime.packing import unpacked
from engine.runtime.views import Views
from engine.store.kept import KeptImage
from engine.store.pool import Borrowed


async def audit_images(
    connection: Borrowed,
    images: Images,
    found: Sequence[KeptImage],
    projections: Sequence[Projection[Any]],
    refold: Refold,
    report: Report,
) -> None:
    """Folds on from image to image; ``found`` is in the order of positions."""
    named = {one.name: one for one in projections}
    usable = [
        one
        for one in found
        if one.ours and one.projection in named and one.codec == codec_of(named[one.projection])
    ]
    if len(usable) < len(found):
        others = len(found) - len(usable)
        report.notes.append(f"{others:,} images of another version or log, which no start uses")
    for position, some in groupby(usable, lambda one: one.position):
        await refold.to(position, connection)
        for one in some:
            wrong = await _difference(images, one, named[one.projection], refold.views)
            if wrong:
                report.wrong.append(
                    Finding(about="images", position=position, view=one.projection, why=wrong)
                )
                return
            report.images += 1


async def _difference(
    images: Images, kept: KeptImage, projection: Projection[Any], views: Views
) -> str:
    """What the image holds otherwise; "": nothing."""
    image = Views([projection])
    whole: dict[str, Any] = {}
    try:
        for part in await images.parts(kept.projection, kept.position, None):
            own = await unpacked(projection, [part])
            strange = [key for key, view in own.items() if projection.tenant(view) != part.tenant]
            if strange:
                return f"its part of {part.tenant or 'the platform'} holds {strange[0]}"
            whole |= own
    except ImageFailed as damage:
        return f"it cannot be read: {damage}"
    image.put(projection.name, whole)
    return await first_difference(image, views, [projection])
