"""What became of an address's mail, judged; it goes into the event that acts on it."""

from datetime import date, datetime
from typing import Literal, get_args

from msgspec import Struct

Signal = Literal["bounce", "complaint", "deferral", "block"]
Kind = Literal[
    "ok",
    "hold",  # no advance; the cap stays
    "step_back",  # the stage before, with its cap at once
    "pause",  # output stops until a person resumes
]

KINDS: tuple[Kind, ...] = get_args(Kind)  # the worst last
ALL = "all"  # every provider together; complaints: every one that reports them


class Rate(Struct, frozen=True, gc=False, kw_only=True):
    """One signal at one mailbox provider, with the bounds that its counts allow."""

    provider: str  # or ALL
    signal: Signal
    count: int
    of: int
    threshold: float  # the one that it was found above, as a share of 1
    chance: float  # of so many or more, if the true rate were the threshold
    low: float  # bounds of the true rate, each with the confidence 1 - alpha
    high: float
    means: Kind


class Results(Struct, frozen=True, gc=False, kw_only=True, tag="results"):
    """The evidence of a judgement: the rates that were above a threshold."""

    kind: Kind
    rates: tuple[Rate, ...]
    first: date  # the days that were counted, in the tenant's day_tz
    last: date
    alpha: float
    rules: int


class Standing(Struct, frozen=True, gc=False, kw_only=True):
    """What the judgements before have left behind."""

    held: bool = False
    stepped_at: datetime | None = None  # the last step back
    counts_from: date | None = None  # earlier days were answered for
