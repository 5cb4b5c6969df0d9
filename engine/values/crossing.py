"""Where a rate stands that people hear of."""

from typing import Literal

Told = Literal["bounce", "complaint", "block"]
Crossing = Literal[
    "ok",
    "crossed",  # above the line by what was counted, which may be chance
    "proved",
]
