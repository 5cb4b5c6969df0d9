"""The end of the log, for those who keep it elsewhere to prove later that nothing was rewritten."""

from datetime import datetime

from msgspec import Struct

from engine.api.call import Answer, Call, Reading
from engine.api.problems import Problem
from engine.ids import Position


class HeadShown(Struct, frozen=True, kw_only=True):
    position: Position
    digest: str  # hex; it covers every event up to there
    at: datetime | None  # of the last event; None: the log is empty
    epoch: int


async def shown(call: Call, _: Reading) -> Answer:
    """The platform's alone: how it moves tells of everybody's events."""
    if call.caller.tenant is not None:
        raise Problem("forbidden", "the head of the log is the platform's; a tenant's key has none")
    tip = await call.deps.log.tip()
    epoch = call.deps.epoch()
    head = HeadShown(position=tip.position, digest=tip.digest.hex(), at=tip.at, epoch=epoch)
    return Answer(head)
