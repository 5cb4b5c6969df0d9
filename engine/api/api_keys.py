"""API keys: made, listed and revoked by the platform."""

from msgspec import Struct

from engine.api import auth, reading, writing
from engine.api.call import Answer, Body, Call, OfTenant, Page, Text
from engine.api.decode import words
from engine.api.keys import BITS, make_key
from engine.api.new_tenants import FIRST_KEY, KEEP_IT
from engine.api.problems import Problem
from engine.commands.key import IssueKey, RevokeKey
from engine.errors import Rejected
from engine.ids import KeyId, TenantId
from engine.projections.keys import KEYS, Key
from engine.runtime.command_handler import Asked
from engine.values.scope import Scope


class NewKey(OfTenant, frozen=True, kw_only=True):
    scopes: tuple[Scope, ...] = FIRST_KEY


class Revocation(Body, frozen=True, kw_only=True):
    why: Text


class KeyShown(Struct, frozen=True, kw_only=True):
    id: KeyId
    tenant: TenantId | None
    scopes: tuple[Scope, ...]
    revoked: bool


class KeyMade(KeyShown, frozen=True, kw_only=True):
    key: str
    key_note: str


async def issue(call: Call, body: NewKey) -> Answer:
    """Not by Idempotency-Key: a lost answer is a lost key, which is revoked."""
    tenant = auth.whose(call.deps.views, call.caller, body.tenant)
    if not body.scopes or "admin" in body.scopes:
        why = "a tenant's key has one or more of read, operate and deploy"
        raise Problem("invalid", why, field="$.scopes")
    if call.idempotency_key is not None:
        why = "a key is shown once, so this cannot be repeated; leave Idempotency-Key out"
        raise Problem("bad-request", why)
    key = make_key(call.deps.token(BITS))
    command = IssueKey(key=key.id, digest=key.digest, scopes=body.scopes, owner=tenant)
    position = await writing.ask(call, [Asked(command, tenant)], tenant)
    await writing.seen(call, position)
    made = KeyMade(
        id=key.id,
        tenant=tenant,
        scopes=body.scopes,
        revoked=False,
        key=key.text,
        key_note=KEEP_IT,
    )
    return Answer(made, 201, position)


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
    return Answer(present(call.deps.views.get(KEYS, name)), 200, position)


async def listed(call: Call, query: Page) -> Answer:
    wanted = query.tenant
    # a platform view, which no tenant reads
    everybody = Page(after=query.after, limit=query.limit, as_of=query.as_of)
    return await reading.page(
        call, everybody, KEYS, lambda one: present(one) if wanted in (None, one.owner) else None
    )


def present(key: Key) -> KeyShown:
    return KeyShown(id=key.key, tenant=key.owner, scopes=key.scopes, revoked=key.revoked)
