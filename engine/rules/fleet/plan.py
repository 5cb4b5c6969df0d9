"""What would be done to make a fleet what its file says: steps as data, and what cannot be done."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from msgspec import UNSET

from engine.ids import IpAddr
from engine.rules.fleet.declared import Finding, Fleet

Does = Literal["create", "change", "remove"]
What = Literal["tenant", "node", "domain", "ip", "chat"]
KINDS: Mapping[What, str] = {
    "tenant": "tenants",
    "node": "nodes",
    "domain": "domains",
    "ip": "ips",
    "chat": "chats",
}


class Change(NamedTuple):
    field: str
    was: Any  # None: nothing
    wanted: Any


class Request(NamedTuple):
    """To the API, under /api/v2."""

    method: str
    path: tuple[str, ...]
    body: Mapping[str, Any] | None = None
    query: Mapping[str, str] = {}

    def key(self, position: int) -> str:
        """Its Idempotency-Key in a plan made as of that position: the same plan has the same."""
        text = json.dumps([position, *self], sort_keys=True, ensure_ascii=False)
        return f"fleet-{hashlib.sha256(text.encode()).hexdigest()[:32]}"


class Step(NamedTuple):
    does: Does
    what: What
    name: str
    tenant: str  # "" = the platform's
    changes: tuple[Change, ...]
    requests: tuple[Request, ...]


class Kept(NamedTuple):
    """It stands, the file does not name it, and nothing happens to it."""

    what: What
    name: str


class Plan(NamedTuple):
    position: int  # of the log, as of which the fleet was looked at
    steps: tuple[Step, ...]  # in the order in which they are taken
    kept: tuple[Kept, ...]
    refused: tuple[Finding, ...]  # what the file says and cannot be had; then no step is taken


class Place(NamedTuple):
    """Where an address stands, as far as that decides what may be changed of it."""

    phase: str
    reason: str = ""  # of STANDBY
    leaving: bool = False  # its removal was asked for
    hostname: str = ""  # that it has, given or not
    server_gone: bool = False  # MailWizz has its delivery server no more


class Stands(NamedTuple):
    """A fleet as it stands, with nothing unsaid."""

    position: int
    fleet: Fleet
    places: Mapping[IpAddr, Place]
    zones: tuple[str, ...]  # the block lists whose actions can be chosen
    configured: tuple[str, ...] | None = ()  # chats of the configuration; None: it names no bot


def given(one: Any, *names: str) -> dict[str, Any]:
    """What was said of these."""
    found = ((name, getattr(one, name)) for name in names)
    return {name: value for name, value in found if value is not None}


def changes(wanted: Any, present: Any, *names: str) -> Iterator[Change]:
    """Of what was said, where it differs from what stands."""
    for name, value in given(wanted, *names).items():
        was = getattr(present, name) if present is not None else UNSET
        if was != value:
            yield Change(name, None if was is UNSET else was, value)
