"""What waits for an address on its node, and whether more can come in."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.node import QueuesSeen
from engine.events.rollout import RolloutEnded
from engine.events.server import ServerClaimed, ServerReleased, ServerTold
from engine.ids import IpAddr, ServerId
from engine.values.node import Depth


class Mail(Struct, frozen=True, gc=False):
    queue: Depth | None = None  # what waits; None: no look has told
    seen_at: datetime | None = None
    shut_at: datetime | None = None  # the node was told last that intake is closed; None: it is not
    server: ServerId | None = None  # MailWizz's delivery server of the address
    server_on: bool = False  # MailWizz was told to let mail in here
    server_at: datetime | None = None  # told last

    @property
    def closed(self) -> bool:
        """Neither its pool nor MailWizz lets new mail in, as far as they were told."""
        return self.shut_at is not None and not self.server_on

    @property
    def closed_at(self) -> datetime | None:
        """Only of one that is closed: what was seen before may have grown since."""
        return max((at for at in (self.shut_at, self.server_at) if at), default=None)

    @property
    def empty(self) -> bool:
        """Closed, and seen without waiting mail since."""
        seen, closed = self.seen_at, self.closed_at
        if not self.closed or self.queue is None or seen is None or closed is None:
            return False
        return self.queue.waiting == 0 and seen >= closed


def evolve(mail: Mail, ip: IpAddr, recorded: Recorded[Event]) -> Mail:
    at = recorded.at
    match recorded.event:
        case RolloutEnded(changed=changed) if ip in changed:
            return replace(mail, shut_at=at if changed[ip].intake == "closed" else None)
        case QueuesSeen(depths=depths) if ip in depths:
            return replace(mail, queue=depths[ip], seen_at=at)
        case ServerClaimed(server_id=server_id):
            return replace(mail, server=server_id)
        case ServerTold(wish=wish, row=row):
            return replace(mail, server=row.server_id, server_on=wish.on, server_at=at)
        case ServerReleased():
            return replace(mail, server=None)
        case _:
            return mail
