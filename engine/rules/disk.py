"""When a disk is too full (DESIGN §11: more than 80 % is a warning)."""

from collections.abc import Mapping

FULL = 80  # per cent; more than this
ROOMY = 77  # at most this, so that an alert does not come and go


def full(disks: Mapping[str, int]) -> dict[str, int]:
    """Those that are too full, the fullest first."""
    found = {place: used for place, used in disks.items() if used > FULL}
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def roomy(disks: Mapping[str, int]) -> bool:
    return all(used <= ROOMY for used in disks.values())
