"""What keeps a warm-up from its next stage."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

HeldBy = Literal["person", "results"]


class Hold(Struct, frozen=True, gc=False):
    by: HeldBy
    since: datetime
    reason: str = ""
    paused: bool = False  # its output is stopped too
