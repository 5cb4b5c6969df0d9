"""A tenant whose addresses are stopped too often: no address is put in the place of another."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

WhyReview = Literal[
    "listings",  # confirmed listings of different addresses, one soon after the other
    "stopped",  # much of what sends was stopped at once
]


class Halt(Struct, frozen=True, gc=False):
    """The last stop of one address."""

    at: datetime
    listed: bool  # by a block list; else by its results
    sent: bool  # it sent, and has not begun again
