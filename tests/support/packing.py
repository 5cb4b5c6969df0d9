"""Views that go into an image and come out of it."""

from engine.projections import PROJECTIONS
from engine.runtime.packing import packed, unpacked
from engine.runtime.views import Views
from engine.store.views import PLATFORM_VIEWS


async def come_back_as_they_were(views: Views) -> int:
    """How many of them did."""
    count = 0
    for projection in PROJECTIONS:
        known = views.of(projection)
        parts = await packed(projection, known)
        assert await unpacked(projection, parts) == known, projection.name
        assert {part.tenant for part in parts} == {
            None if projection.name in PLATFORM_VIEWS else projection.tenant(view)
            for view in known.values()
        }
        count += len(known)
    return count
