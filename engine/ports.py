"""The whole outside world, on one page.  Every call is safe to repeat unless it says otherwise."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple, Protocol, TypeVar

from msgspec import Struct

from engine.events import Category, Event, Recorded
from engine.ids import (
    Actor,
    EventId,
    InstanceId,
    IpAddr,
    NodeId,
    Position,
    ServerId,
    TenantId,
    Version,
)
from engine.values.dns import DnsAnswer, Question
from engine.values.node import Fence as Fence
from engine.values.node import Found as Found
from engine.values.node import NodeFile as NodeFile
from engine.values.node import NodeStatus as NodeStatus
from engine.values.rollout import Kind
from engine.values.server import ServerRow, ServerWish

E = TypeVar("E", bound=Event)
Ids = Callable[[], EventId]  # a new one each time, ordered by time


class Clock(Protocol):
    def now(self) -> datetime:
        """The present, UTC; never goes back."""

    async def wait_until(self, instant: datetime) -> None:
        """Return at ``instant`` or soon after; only the pump waits here."""


# --- the log -------------------------------------------------------------------------------------


class New(NamedTuple):
    id: EventId
    event: Event


class Slice(Struct, frozen=True, kw_only=True):
    """Events for one stream; one without events only checks the version."""

    stream: str
    tenant: TenantId | None
    events: Sequence[New]
    expected: Version | None = None  # the version last seen; None: whatever is there


class Wanted(Struct, frozen=True, kw_only=True):
    """Which events a reader wants; what is left empty does not narrow."""

    tenant: TenantId | None = None
    streams: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


ALL = Wanted()


class Tip(NamedTuple):
    """The last event.  Kept outside, it tells later whether the log up to it was rewritten."""

    position: Position
    digest: bytes
    at: datetime | None  # None: the log is empty


class Page(NamedTuple):
    """Some events that follow each other, and how far was looked for them."""

    events: list[Recorded[Event]]
    end: Position


class Log(Protocol):
    async def append(self, slices: Sequence[Slice], *, actor: Actor, cause: str) -> Position:
        """All slices or none; returns the last position once it is committed (with no events:
        the head).  Raises VersionConflict, RepeatedId, LogUnavailable (nothing was written) or
        Deposed (the process must end).  Repeating it with the same ids is safe.
        """

    async def read(
        self, category: Category[E], key: str, *, known_only: bool = False
    ) -> list[Recorded[E]]:
        """One stream, from its beginning.  An event of an unknown tag raises UnknownEvent, or is
        left out with ``known_only``.
        """

    async def read_from(
        self, after: Position, limit: int, wanted: Wanted = ALL
    ) -> list[Recorded[Event]]:
        """The next events of the whole log, in its order.  Those of unknown tags are passed over;
        an empty list means that up to the head there is nothing more to read.
        """

    def pages(
        self, after: Position, until: Position, wanted: Wanted = ALL, size: int = 1_000
    ) -> AsyncGenerator[Page, None]:
        """All of them up to ``until``, in order, read ahead of whoever folds them.  A page may be
        empty; the last one ends at ``until``.  To be closed (``aclosing``) when it is left before.
        """

    async def position_of(self, event: EventId, tenant: TenantId | None = None) -> Position | None:
        """Where this event stands; None where there is none, or none of this tenant's."""

    async def position_at(self, moment: datetime) -> Position:
        """The last position that was written at ``moment`` or before; 0 before the first."""

    async def head(self) -> Position:
        """The last position; 0 when the log is empty."""

    async def tip(self) -> Tip:
        """The same with its digest and time."""

    async def wait_beyond(self, position: Position) -> None:
        """Return once the log is longer than ``position``."""


# --- read models ---------------------------------------------------------------------------------


class Row(Struct, frozen=True, kw_only=True):
    """One view as it is kept for readers."""

    projection: str
    key: str
    tenant: TenantId | None
    columns: Mapping[str, str | None]  # the declared ones, for filters and order
    body: bytes  # JSON


class Differing(NamedTuple):
    """Rows of which readers get another than the log gives, one that it does not, or none."""

    rows: int = 0
    first: str = ""  # view, key and what is wrong


class Rebuilt(Struct, frozen=True, kw_only=True):
    """What a rebuild of the read models did."""

    at: datetime
    why: str
    position: Position  # where the rows stood
    rows: int
    wrong: int = 0  # rows that were other than the log gives
    first: str = ""  # the first of them


class Standing(Struct, frozen=True, kw_only=True):
    """What the rows are that readers get."""

    generation: int
    position: Position
    codecs: Mapping[str, str]  # by view: what folded it; one that is missing is to be made anew
    rebuilt: Rebuilt | None  # by the last one; None: never yet


class Reader(Protocol):
    """Views for readers: as they stand now, or as they stood."""

    async def one(self, projection: str, key: str, *, tenant: TenantId | None) -> bytes | None:
        """A body; ``tenant`` None reads as the auditor, who sees all."""

    async def some(
        self,
        projection: str,
        *,
        tenant: TenantId | None,
        where: Mapping[str, str],
        after: str = "",
        limit: int = 100,
    ) -> list[tuple[str, bytes]]:
        """(key, body) in the order of keys, beyond ``after``; ``where`` names declared columns."""


class ReadModels(Reader, Protocol):
    async def checkpoint(self) -> Position:
        """The position the rows stand at."""

    async def write(self, rows: Sequence[Row], *, was: Position, now: Position) -> None:
        """Rows and checkpoint, all or none, while this process leads and the checkpoint is at
        ``was``; raises Deposed otherwise, LogUnavailable when Postgres is away.
        """

    async def standing(self) -> Standing:
        """What the rows are that readers get."""

    # A rebuild: all rows are laid beside those that readers get, and then take their place at once.
    # Only who leads may; whoever does not hears Deposed, and nothing was done.

    async def lay(self, rows: Sequence[Row]) -> None:
        """Rows for the next generation, which nobody reads yet; of two for one key the later holds.
        Safe to repeat.
        """

    async def differing(self) -> Differing:
        """How the rows that readers get are other than those that are laid."""

    async def swap(self, codecs: Mapping[str, str], rebuilt: Rebuilt, *, was: Position) -> None:
        """From now on readers get what is laid, and it stands at ``rebuilt.position``; raises
        Deposed where the checkpoint is not at ``was``: somebody else wrote there.
        """

    async def sweep(self) -> int:
        """Remove some rows that nobody reads; how many, 0 when there are none.  Do it before the
        first row is laid: a rebuild that died leaves its own behind.
        """


class Part(NamedTuple):
    """What an image holds of one tenant; None: of the platform."""

    tenant: TenantId | None
    body: bytes


class Images(Protocol):
    """All views of a projection at one position.  A cache: losing one costs a longer fold.  Each
    call raises LogUnavailable while Postgres is away, and ImageFailed when it does not work.
    """

    async def save(
        self, position: Position, codecs: Mapping[str, str], parts: Mapping[str, Sequence[Part]]
    ) -> None:
        """The images of these projections, all or none, while this process leads; raises Deposed
        otherwise.  Those that were there before are replaced.
        """

    async def newest(self, projection: str, codec: str, upto: Position) -> Position:
        """Of the last image of that codec at ``upto`` or before that was made from this very log;
        0 when there is none.
        """

    async def parts(
        self, projection: str, position: Position, tenant: TenantId | None
    ) -> list[Part]:
        """The tenant's own part, if it has one; None reads as the auditor, who sees all."""

    async def forget(self) -> None:
        """All of them, while this process leads; raises Deposed otherwise."""


class ImageFailed(Exception):
    """It cannot be read, or not be kept; an earlier one, or the log, gives the same views."""


# --- DNS -----------------------------------------------------------------------------------------


class Resolver(Protocol):
    @property
    def name(self) -> str:
        """Who is asked, for people: "127.0.0.1:53", or the file that says it."""

    async def lookup(self, question: Question) -> DnsAnswer:
        """Whatever came of it: a failure is an outcome too, and nothing is raised for it."""

    async def a(self, name: str) -> tuple[str, ...]:
        """IPv4 addresses of ``name``, sorted; () if there is none; raises DnsFailure."""

    async def aaaa(self, name: str) -> tuple[str, ...]:
        """IPv6 addresses of ``name``, sorted; () if there is none; raises DnsFailure."""

    async def ptr(self, ip: IpAddr) -> tuple[str, ...]:
        """Names of ``ip``, lower case, without the last dot; () if none; raises DnsFailure."""


class DnsFailure(Exception):
    """The question was not answered."""

    def __init__(self, why: str, *, refused: bool = False) -> None:
        super().__init__(why)
        self.refused = refused  # the server said REFUSED; else silence or SERVFAIL


# --- PowerMTA ------------------------------------------------------------------------------------


class PmtaNode(Protocol):
    """One engine's hands on PowerMTA hosts.  Each raises NodeSilent when no answer came: what was
    done is unknown then, and only a look tells.  Deadlines are the caller's.
    """

    async def apply(self, node: NodeId, file: NodeFile, *, before: str, fence: Fence) -> None:
        """Under the node's lock: compare with ``before`` (digest, "" = none), check that the
        configuration passes as it stands, back up, swap in, check, reload, verify what runs.
        Raises NodeRefused; then the node runs what it ran before.
        """

    async def restore(self, node: NodeId, file: NodeFile, *, before: str, fence: Fence) -> None:
        """Put the backup whose digest is ``before`` back (or remove the file) and reload; ``file``
        is what it must hold and run afterwards.  Raises NodeRefused.
        """

    async def read_back(self, node: NodeId, tenant: TenantId, vmtas: Sequence[str]) -> Found:
        """The tenant's file, and what runs of these VMTAs."""

    async def pause(self, node: NodeId, vmta: str) -> None:
        """Stop the output of one VMTA at once; what waits stays.  Raises NodeRefused."""

    async def resume(self, node: NodeId, vmta: str) -> None:
        """Let it out again.  Raises NodeRefused."""

    async def dkim_public(self, node: NodeId, path: str) -> bytes:
        """The public part, as SubjectPublicKeyInfo, of the private key that lies there; the private
        part does not leave the node.  Raises NodeRefused where there is none to be read.
        """

    async def look(self, node: NodeId) -> NodeStatus:
        """Changes nothing.  Raises NodeRefused when it answers what is not understood."""


class NodeRefused(Exception):
    """The node said no, and is as it was before."""

    def __init__(self, why: str, kind: Kind | Literal["conflict"] = "node") -> None:
        super().__init__(why)
        self.kind = kind


class NodeSilent(Exception):
    """The node did not answer; whether it obeyed is unknown."""


class Greeter(Protocol):
    """Asks SMTP servers for their name, and sends nothing."""

    async def ehlo(self, host: str, port: int) -> str:
        """The name it says in answer to EHLO (RFC 5321 4.1.1.1), lower case; raises NotGreeted."""


class NotGreeted(Exception):
    """Nobody answered there, or not as an SMTP server does."""


# --- MailWizz ------------------------------------------------------------------------------------


class Mailwizz(Protocol):
    """Delivery servers of MailWizz installations.  Rows are never made, 0 is never written."""

    async def rows(self, instance: InstanceId) -> tuple[ServerRow, ...]:
        """All delivery servers; raises MailwizzSilent or MailwizzRefused."""

    async def tell(
        self, instance: InstanceId, server_id: ServerId, wish: ServerWish, *, ours: bool
    ) -> ServerRow:
        """Write quotas and status where they differ, and read back.  ``ours``: it was we who
        switched the server off, so that it may be switched on again.  Raises MailwizzRefused
        (nothing was written) or MailwizzSilent (unknown).
        """

    async def row(self, instance: InstanceId, server_id: ServerId) -> ServerRow | None:
        """One delivery server; raises MailwizzSilent or MailwizzRefused."""


class MailwizzRefused(Exception):
    """MailWizz's database said no: a missing row, column or right, or a warm-up plan of its own."""


class MailwizzSilent(Exception):
    """MailWizz's database did not answer."""


# --- people --------------------------------------------------------------------------------------


class Messenger(Protocol):
    """Messages to chats.  ``send`` alone is not safe to repeat: people may read it twice."""

    async def send(self, chat: str, text: str, *, silent: bool = False) -> int:
        """HTML; returns the message's number.  Raises MessengerFailed."""

    async def edit(self, chat: str, message: int, text: str) -> None:
        """Replace a message's text; an equal text is no failure.  Raises MessengerFailed."""


class MessengerFailed(Exception):
    """The message was not delivered, or nobody knows."""

    def __init__(self, why: str, *, gone: bool = False) -> None:
        super().__init__(why)
        self.gone = gone  # the chat, or the message to edit, is there no more
