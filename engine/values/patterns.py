"""What a queue does about a receiver's reply, as a tenant chose it."""

from typing import Literal

from msgspec import Struct

# backoff: the queue slows down; normal: it goes on as ever; skip-mx: the next host is tried;
# disable-source-ip: the address is not used for this queue; defer-queue: the queue waits.  None of
# them bounces mail.
Action = Literal["backoff", "normal", "skip-mx", "disable-source-ip", "defer-queue"]


class Pattern(Struct, frozen=True, gc=False):
    reply: str  # a regular expression, as rules/pmta_config/reply_regex allows it
    action: Action


class PatternList(Struct, frozen=True, gc=False):
    """The first pattern that fits a reply says what is done."""

    name: str
    patterns: tuple[Pattern, ...]
    minutes: int = 60  # until a queue leaves back-off, and an address is used for it again
