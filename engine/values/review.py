"""A tenant whose addresses are stopped too often: no address is put in the place of another."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

WhyReview = Literal[
    "listings",  # confirmed listings of different addresses, one soon after the other
    "stopped",  # much of what sends was stopped at once
]


class Halt(Struct, frozen=True, gc=False):
    """The last stop of one address, by a block list or by its results."""

    at: datetime  # of the stop that ended its sending
    listed_at: datetime | None  # the last one by a block list, whatever stopped it since
    sent: bool  # it sent, and has not begun again

    @property
    def last(self) -> datetime:
        return max(self.at, self.listed_at or self.at)
