"""API keys: made, listed, exchanged and revoked by the platform."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from msgspec import Meta, Struct

from engine.api import auth, reading, writing
from engine.api.call import Answer, Body, Call, OfTenant, Page, Text
from engine.api.decode import checked, words
from engine.api.keys import BITS, make_key
from engine.api.keys import NewKey as MadeKey
from engine.api.new_tenants import FIRST_KEY, KEEP_IT
from engine.api.problems import Problem
from engine.api.source import parse_network
from engine.commands.key import EndKey, IssueKey, RevokeKey
from engine.errors import Rejected
from engine.ids import KeyId, TenantId
from engine.projections.keys import KEYS, Key
from engine.runtime.command_handler import Asked
from engine.values.scope import Scope

NETWORKS_MAX = 50
OVERLAP_MAX = 24 * 30  # hours


class NewKey(OfTenant, frozen=True, kw_only=True):
    scopes: tuple[Scope, ...] = FIRST_KEY
    expires_at: datetime | None = None  # with its zone; null: never
    networks: Annotated[tuple[str, ...], Meta(max_length=NETWORKS_MAX)] = ()  # (): from anywhere


class Rotation(Body, frozen=True, kw_only=True):
    """Another key in the place of one: of the same owner, with the same rights, for as long."""

    overlap_hours: Annotated[int, Meta(ge=0, le=OVERLAP_MAX)] = 24  # that the old one stays good
    expires_at: datetime | None = None  # of the new one; null: never


class Revocation(Body, frozen=True, kw_only=True):
    why: Text


class KeyShown(Struct, frozen=True, kw_only=True):
    id: KeyId
    tenant: TenantId | None
    scopes: tuple[Scope, ...]
    revoked: bool
    issued_at: datetime | None
    expires_at: datetime | None  # null: never
    networks: tuple[str, ...]  # where it may be used; []: anywhere
    successor: KeyId | None  # takes its place
    last_used_at: datetime | None  # to the minute; null: never yet


class KeyMade(KeyShown, frozen=True, kw_only=True):
    key: str
    key_note: str


async def issue(call: Call, body: NewKey) -> Answer:
    """Not by Idempotency-Key: a lost answer is a lost key, which is revoked."""
    sends = body.scopes == ("accounting",) and body.tenant is None
    tenant = None if sends else auth.whose(call.deps.views, call.caller, body.tenant)
    if not body.scopes or (not sends and {"admin", "accounting"} & {*body.scopes}):
        why = (
            "a tenant's key has one or more of read, operate and deploy; one that sends accounting"
        )
        why += " is the platform's, and does nothing else"
        raise Problem("invalid", why, field="$.scopes")
    for n, scope in enumerate(body.scopes):
        if scope in body.scopes[:n]:
            raise Problem("invalid", f"`{scope}` is named twice", field=f"$.scopes[{n}]")
    key = _new(call)
    command = IssueKey(
        key=key.id,
        digest=key.digest,
        scopes=body.scopes,
        owner=tenant,
        expires_at=_expiry(call, body.expires_at),
        networks=tuple(checked("$.networks", parse_network, one) for one in body.networks),
    )
    return await _made(call, key, command, [])


def _new(call: Call) -> MadeKey:
    """Raises Problem for what is to be done once by an Idempotency-Key."""
    if call.idempotency_key is not None:
        why = "a key is shown once, so this cannot be repeated; leave Idempotency-Key out"
        raise Problem("bad-request", why)
    return make_key(call.deps.token(BITS))


def _expiry(call: Call, at: datetime | None) -> datetime | None:
    if at is None:
        return None
    if at.tzinfo is None:
        raise Problem("invalid", "say the zone too: 2027-01-01T00:00Z", field="$.expires_at")
    if at <= call.deps.clock.now():
        raise Problem("invalid", "it is past already", field="$.expires_at")
    return at.astimezone(UTC)


async def _made(call: Call, key: MadeKey, command: IssueKey, before: list[Asked]) -> Answer:
    tenant = command.owner
    position = await writing.ask(call, [*before, Asked(command, tenant)], tenant)
    await writing.seen(call, position)
    view = Key(
        key=key.id,
        scopes=command.scopes,
        owner=tenant,
        issued_at=call.deps.clock.now(),
        expires_at=command.expires_at,
        networks=command.networks,
    )
    shown = present(call, view)
    fields = {name: getattr(shown, name) for name in shown.__struct_fields__}
    return Answer(KeyMade(**fields, key=key.text, key_note=KEEP_IT), 201, position)


async def rotate(call: Call, body: Rotation) -> Answer:
    """Both are good for a while, so that nobody is without one; all or nothing."""
    known = _known(call)
    now = call.deps.clock.now()
    if known.revoked or known.expired(now) or known.successor is not None:
        why = f"the key {known.key} is not good any more, or was rotated before; issue a new one"
        raise Problem("refused", why)
    key = _new(call)
    issue = IssueKey(
        key=key.id,
        digest=key.digest,
        scopes=known.scopes,
        owner=known.owner,
        expires_at=_expiry(call, body.expires_at),
        networks=known.networks,
    )
    until = now + timedelta(hours=body.overlap_hours)
    end = EndKey(key=known.key, at=until, successor=key.id)
    return await _made(call, key, issue, [Asked(end, known.owner)])


def _known(call: Call) -> Key:
    name = KeyId(call.path["id"])
    known = call.deps.views.get(KEYS, name)
    if not known.digest:
        why = f"there is no key {name!r}; GET /api/v2/keys lists them"
        raise Problem("not-found", why)
    return known


async def revoke(call: Call, body: Revocation) -> Answer:
    name = KeyId(call.path["id"])
    known = call.deps.views.get(KEYS, name)
    command = RevokeKey(key=name, why=words("$.why", body.why))
    try:
        position = await writing.ask(call, [Asked(command, known.owner)], known.owner)
    except Rejected as refused:
        why = f"there is no key {name!r}; GET /api/v2/keys lists them"
        raise Problem("not-found", why) from refused
    await writing.seen(call, position)
    return Answer(present(call, call.deps.views.get(KEYS, name)), 200, position)


async def listed(call: Call, query: Page) -> Answer:
    wanted = auth.reads_as(call.deps.views, call.caller, query.tenant)
    # a platform view, which no tenant reads
    everybody = Page(after=query.after, limit=query.limit, as_of=query.as_of)
    return await reading.page(
        call,
        everybody,
        KEYS,
        lambda one: present(call, one) if wanted in (None, one.owner) else None,
    )


def present(call: Call, key: Key) -> KeyShown:
    return KeyShown(
        id=key.key,
        tenant=key.owner,
        scopes=key.scopes,
        revoked=key.revoked,
        issued_at=key.issued_at,
        expires_at=key.expires_at,
        networks=key.networks,
        successor=key.successor,
        last_used_at=call.deps.key_uses.last(key.key),
    )
