"""Where an address is in its life (DESIGN §4)."""

from enum import Enum
from typing import Literal


class Phase(Enum):
    STANDBY = "STANDBY"
    WARMING = "WARMING"
    ACTIVE = "ACTIVE"
    RETIRING = "RETIRING"
    RESTING = "RESTING"


Reason = Literal["new", "listed", "quarantined", "monitoring"]  # of STANDBY

SENDING = (Phase.WARMING, Phase.ACTIVE)

WarmupMode = Literal["auto", "manual"]  # auto: as soon as the guards hold
HowToRetire = Literal["steps", "at_once", "listed"]
WhyRested = Literal["drained", "limit", "still_listed", "third_listing"]
