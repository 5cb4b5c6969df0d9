"""What PowerMTA's accounting files came to, piece by piece.

A stream expects its version, and a piece is one append: ``file.read`` and a count for each tenant.
So what was read and what was counted stand or fall together.
"""

from datetime import datetime

from engine.events.base import Category, Fact
from engine.ids import IpAddr, NodeId, Position
from engine.values.crossing import Crossing, Told
from engine.values.traffic import Causes, Hours, JobCounts, Refused, Said


class FileRead(Fact, frozen=True, kw_only=True, tag="file.read"):
    """Bytes ``start`` to ``end`` of a file are counted; a torn last line is not among them."""

    node: NodeId
    file: str
    start: int
    end: int
    size: int  # of the file, when it was listed
    head: str  # "<bytes>:<digest>" of its beginning: another file may get the same name
    columns: tuple[str, ...] = ()  # in force at ``end``, while there may be more to read
    rows: int = 0  # of known types
    deleted: int = 0  # left out: an administrator removed the message
    unreadable: int = 0  # left out: torn, of an unknown type, or without a believable time


class FilesLooked(Fact, frozen=True, kw_only=True, tag="file.looked"):
    node: NodeId
    files: int | None  # that lie there; None: no answer
    behind: int = 0  # bytes that wait for the next look
    removed: tuple[str, ...] = ()  # the engine's own files, counted long ago
    gone: tuple[str, ...] = ()  # files that were read long ago and lie there no more
    why: str = ""  # of the silence
    packed: tuple[str, ...] = ()  # compressed files, which are not read; the first 20


class TrafficCounted(Fact, frozen=True, kw_only=True, tag="traffic.counted"):
    """A tenant's rows in one piece of a file; addresses that are not known are ""."""

    node: NodeId
    file: str
    end: int
    day_tz: str  # the tenant's; hours begin at its clock's full hours
    hours: Hours
    jobs: JobCounts = {}  # apart from the hours: the 20 largest of each address, the rest as ""
    causes: Causes = {}  # of bounces and deferrals, as far as their texts tell
    said: tuple[Said, ...] = ()  # the most frequent texts of each address that speak of a list
    clock: str = ""  # the node's hours from UTC, as "+02:00"; "": not known
    refused: Refused | None = None  # of these rows; None: no rollout of its file is watched there


class StopLeaked(Fact, frozen=True, kw_only=True, tag="traffic.stop_leaked"):
    """Mail went out of an address over two minutes after its node said that it stands still."""

    node: NodeId
    ip: IpAddr
    file: str
    end: int  # of the piece that tells it
    stopped: Position  # the event that asked for the stop
    deliveries: int
    first: datetime  # as PowerMTA dates them
    last: datetime


class RateSeen(Fact, frozen=True, kw_only=True, tag="traffic.rate_seen"):
    """Bounces, complaints or blocks of an address crossed the line that people hear of, or fell
    below it; over its last seven days with mail, and blocks over its last two.
    """

    ip: IpAddr
    signal: Told
    standing: Crossing
    count: int
    of: int
    threshold: float  # as a share of 1
    chance: float  # of so many or more, if the true rate were the threshold


TrafficEvent = FileRead | FilesLooked | TrafficCounted | StopLeaked | RateSeen
TRAFFIC: Category[TrafficEvent] = Category("traffic", TrafficEvent)
