"""What became of messages, as counts; nothing here says who they were for."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from engine.ids import IpAddr

Outcome = Literal[
    "delivered",
    "deferred",  # an attempt that is made again (PowerMTA's ``t``)
    "hard",  # the address or its domain is wrong
    "block",  # the receiver does not want it from us
    "soft",  # full, expired, or nobody answered
    "other",  # bounced, and nothing above says why
    "complaints",  # from feedback loops
    "remote",  # accepted first, and bounced by mail later (PowerMTA's ``rb``)
    "held",  # a whole queue was deferred without an attempt for each message (``tq``)
]

Cause = Literal[
    "listed",  # a block list, or the receiver's own, names the address
    "domain_listed",  # a list names the sending domain, which no look at addresses would find
    "receiver",  # the receiver's own resolver or set-up is at fault
    "reputation",
    "complained",  # recipients complained too often
    "rate",
    "ptr",
    "spf",
    "dkim",
    "dmarc",
    "alignment",
    "authentication",
    "tls",
    "dynamic",  # the address is taken for a dynamic one
    "null_mx",  # the sender's domain says that it takes no mail (RFC 7505)
]

Kind = Literal[
    "named",  # the text says which list
    "unnamed",  # a list, but not which; or the provider's own
    "receiver",  # looks like a list, and is the receiver's own fault
]


class Counts(Struct, frozen=True, gc=False, omit_defaults=True):
    """Rows of accounting by what became of each."""

    delivered: int = 0
    deferred: int = 0
    hard: int = 0
    block: int = 0
    soft: int = 0
    other: int = 0
    complaints: int = 0
    remote: int = 0
    held: int = 0

    @property
    def bounced(self) -> int:
        return self.hard + self.block + self.soft + self.other

    @property
    def sent(self) -> int:
        """Messages whose fate is known: delivered or bounced."""
        return self.delivered + self.bounced

    @property
    def attempts(self) -> int:
        """What PowerMTA's limits count: each try of a message, successful or not."""
        return self.sent + self.deferred

    def __add__(self, more: "Counts") -> "Counts":
        return Counts(
            self.delivered + more.delivered,
            self.deferred + more.deferred,
            self.hard + more.hard,
            self.block + more.block,
            self.soft + more.soft,
            self.other + more.other,
            self.complaints + more.complaints,
            self.remote + more.remote,
            self.held + more.held,
        )


class Said(Struct, frozen=True, gc=False, kw_only=True):
    """A text with which receivers refused mail of an address."""

    ip: IpAddr
    kind: Kind
    by: str  # the zone or list by name, or whose own block it is
    receiver: str  # mailbox provider, or the domain of the host that said it
    times: int
    text: str  # one of them; at most 200 characters, no token with an @


class JobBehind(Struct, frozen=True, gc=False, kw_only=True):
    """A job whose mail went wrong, before the address was listed."""

    job: str
    complaints: int
    blocks: int
    unknown: int  # recipients that do not exist
    sent: int  # messages whose fate is known
    shared: bool = False  # another tenant sends under the same name on the node


class Refused(Struct, frozen=True, gc=False):
    """What was refused or put off since a tenant's rollout on the node, while that is watched."""

    version: int  # of the tenant's file there
    counts: Counts


class Reply(Struct, frozen=True, gc=False):
    """What a refusal means, as far as its text tells."""

    cause: Cause
    kind: Kind | None = None  # None: it speaks of no list
    by: str = ""


Hours = dict[datetime, dict[IpAddr, dict[str, Counts]]]  # the last by mailbox provider
JobCounts = dict[IpAddr, dict[str, Counts]]
Causes = dict[IpAddr, dict[str, dict[Cause, int]]]


class Source(Struct, frozen=True, gc=False, kw_only=True):
    """Where a node's accounting files lie once PowerMTA has moved them."""

    directory: str = ""  # "" where nothing is read
    local: bool = False  # on this machine; else on the node
    own: bool = False  # of the engine's own <acct-file>: what was counted is removed in time
    http: bool = False  # PowerMTA posts it, and no files are read
