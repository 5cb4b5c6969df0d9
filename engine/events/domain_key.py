"""DKIM keys of a sending domain, from making to taking away.  The private part is in no event."""

from engine.events.base import Fact
from engine.ids import NodeId
from engine.values.dkim_key import Algorithm, Standing


class KeyAsked(Fact, frozen=True, kw_only=True, tag="domain.key_asked"):
    domain: str
    selector: str
    algorithm: Algorithm
    nodes: tuple[NodeId, ...]  # that send for the domain


class KeyLaid(Fact, frozen=True, kw_only=True, tag="domain.key_laid"):
    """It was made, and lies on every node; nobody signs with it yet."""

    domain: str
    selector: str
    record: str  # the TXT record to publish, with the public part
    paths: dict[NodeId, str]


class KeyNotLaid(Fact, frozen=True, kw_only=True, tag="domain.key_not_laid"):
    domain: str
    selector: str
    attempt: int
    why: str


class KeyPlaced(Fact, frozen=True, kw_only=True, tag="domain.key_placed"):
    """It lies on one node more, which sends for the domain since it was laid."""

    domain: str
    selector: str
    algorithm: Algorithm
    node: NodeId
    path: str
    purposes: tuple[str, ...]  # the pools that send for the domain; (): all
    signs: bool  # mail may be signed with it, and none is newer


class KeyNotPlaced(Fact, frozen=True, kw_only=True, tag="domain.key_not_placed"):
    domain: str
    selector: str
    node: NodeId
    attempt: int
    why: str


class KeyLooked(Fact, frozen=True, kw_only=True, tag="domain.key_looked"):
    """What the DNS says below the selector."""

    domain: str
    selector: str
    look: int  # from 1
    standing: Standing
    why: str = ""
    signs: bool = False  # mail is signed with it


class KeyPublished(Fact, frozen=True, kw_only=True, tag="domain.key_published"):
    """Its record was seen, and so it may sign."""

    domain: str
    selector: str
    algorithm: Algorithm
    paths: dict[NodeId, str]
    purposes: tuple[str, ...]  # the pools that send for the domain; (): all


class KeyUsed(Fact, frozen=True, kw_only=True, tag="domain.key_used"):
    """Every node that signs for the domain was told of it."""

    domain: str
    selector: str
    supersedes: tuple[str, ...]  # selectors of those that signed before


class KeyRevoked(Fact, frozen=True, kw_only=True, tag="domain.key_revoked"):
    """What it signed was delivered or given up; its record is to say so."""

    domain: str
    selector: str


class KeyDropped(Fact, frozen=True, kw_only=True, tag="domain.key_dropped"):
    """A person wants it no more, or the domain is gone."""

    domain: str
    selector: str
    nodes: tuple[NodeId, ...]


class KeyRemoved(Fact, frozen=True, kw_only=True, tag="domain.key_removed"):
    """Its private part lies on no node any more; the selector is never used again."""

    domain: str
    selector: str


class KeyNotRemoved(Fact, frozen=True, kw_only=True, tag="domain.key_not_removed"):
    domain: str
    selector: str
    attempt: int
    why: str


DomainKeyEvent = (
    KeyAsked
    | KeyLaid
    | KeyNotLaid
    | KeyPlaced
    | KeyNotPlaced
    | KeyLooked
    | KeyPublished
    | KeyUsed
    | KeyRevoked
    | KeyDropped
    | KeyRemoved
    | KeyNotRemoved
)
