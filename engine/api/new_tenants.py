"""New tenants: each is made with the right to act for it and a first key, in one append."""

import zoneinfo
from collections.abc import Sequence

from engine.api import as_of, problems, tenants, writing
from engine.api.call import Answer, Body, Call, Word
from engine.api.decode import checked
from engine.api.keys import BITS, NewKey, make_key
from engine.api.meant import meant
from engine.api.problems import Problem
from engine.api.tenants import TenantShown
from engine.commands.authority import SetAuthority
from engine.commands.key import IssueKey
from engine.commands.tenant import CreateTenant
from engine.errors import KeyReused, Rejected
from engine.ids import CommandId, InstanceId, KeyId, Position, TenantId, parse_hostname, parse_slug
from engine.projections.tenants import TENANTS, Tenant
from engine.rules.redaction import one_line
from engine.runtime.command_handler import Asked
from engine.values.authority import Mode, over_tenant
from engine.values.scope import Scope

FIRST_KEY: tuple[Scope, ...] = ("read", "operate", "deploy")
KEEP_IT = "keep it now: it is shown once"
SHOWN_ALREADY = (
    "it was shown in the first answer to this request, and is kept nowhere;"
    " if it is lost, POST /api/v2/keys makes another"
)
LIST_MAX = 100  # tenants of one request


class NewTenant(Body, frozen=True, kw_only=True):
    slug: Word
    name: Word
    brand_domain: Word
    sending_domain_base: Word
    day_tz: Word = "UTC"
    authority: Mode = "act"
    mailwizz: InstanceId | None = None  # None: as the configuration says
    quota: tenants.Quota | None = None  # messages a day; null: unlimited


class TenantMade(TenantShown, frozen=True, kw_only=True):
    key_id: KeyId
    key: str | None  # None: shown before
    key_note: str


async def create(call: Call, body: NewTenant | list[NewTenant]) -> Answer:
    """A list is answered by a list; all of it is done, or nothing."""
    several = isinstance(body, list)
    wanted = body if isinstance(body, list) else [body]
    if not 0 < len(wanted) <= LIST_MAX:
        raise Problem("invalid", f"a list holds 1 to {LIST_MAX} tenants", field="$")
    commands = _commands(call, wanted, several)
    try:
        keys, position = await _once(call, commands, [one.authority for one in wanted])
    except Rejected as refused:
        raise _taken(refused, several) from refused
    await writing.seen(call, position)
    made = [_made(call, one, key) for one, key in zip(commands, keys, strict=True)]
    where = None if several else f"/api/v2/tenants/{commands[0].slug}"
    return Answer(made if several else made[0], 201, position, where)


def _commands(call: Call, wanted: Sequence[NewTenant], several: bool) -> list[CreateTenant]:
    """Raises Problem that says what is wrong with each of them."""
    made: list[CreateTenant] = []
    wrong: list[Problem] = []
    for index, one in enumerate(wanted):
        try:
            command = _create(call, one, index if several else None)
        except Problem as problem:
            wrong.append(problem)
            continue
        if any(command.slug == other.slug for other in made):
            why = f"{command.slug!r} stands in this list twice"
            wrong.append(Problem("invalid", why, field=f"$[{index}].slug", index=index))
        made.append(command)
    if wrong:
        raise problems.together(wrong)
    return made


def _create(call: Call, body: NewTenant, index: int | None) -> CreateTenant:
    at = "$." if index is None else f"$[{index}]."
    slug = TenantId(checked(f"{at}slug", parse_slug, body.slug, index=index))
    brand, base = body.brand_domain, body.sending_domain_base
    return CreateTenant(
        slug=slug,
        name=checked(f"{at}name", one_line, body.name, index=index),
        brand_domain=checked(f"{at}brand_domain", parse_hostname, brand, index=index),
        sending_domain_base=checked(f"{at}sending_domain_base", parse_hostname, base, index=index),
        day_tz=checked(f"{at}day_tz", parse_tz, body.day_tz, index=index),
        mailwizz=tenants.instance(call, slug, body.mailwizz, f"{at}mailwizz", index),
        quota=body.quota,
    )


def parse_tz(text: str) -> str:
    """The IANA name of a time zone; raises ValueError."""
    known = zoneinfo.available_timezones()
    if text not in known:
        near = meant(text, sorted(known))
        hint = near if near.startswith("; did") else "; they look like Europe/Paris"
        raise ValueError(f"{text!r} is no IANA time zone{hint}")
    return text


async def _once(
    call: Call, commands: Sequence[CreateTenant], modes: Sequence[Mode]
) -> tuple[list[NewKey], Position]:
    """A repeated request is another one by its new keys; it is asked anew with those of the
    first, which answers it, if the rest of it is the same.
    """
    request = writing.request_id(call, None)
    call = call._replace(asked="")  # else it were the same, and its new keys would be shown
    keys = [make_key(call.deps.token(BITS)) for _ in commands]
    try:
        return keys, await writing.ask(call, _asked(commands, modes, keys), None, request)
    except KeyReused:
        keys = await _given_before(call, request)
        if len(keys) != len(commands):
            raise
    return keys, await writing.ask(call, _asked(commands, modes, keys), None, request)


async def _given_before(call: Call, request: CommandId) -> list[NewKey]:
    before = await writing.asked_before(call, request)
    return [NewKey(one.key, "", one.digest) for one in before if isinstance(one, IssueKey)]


def _asked(
    commands: Sequence[CreateTenant], modes: Sequence[Mode], keys: Sequence[NewKey]
) -> list[Asked]:
    return [
        one
        for command, mode, key in zip(commands, modes, keys, strict=True)
        for one in _of_one(command, mode, key)
    ]


def _of_one(command: CreateTenant, mode: Mode, key: NewKey) -> tuple[Asked, ...]:
    slug = command.slug
    authority = SetAuthority(over=over_tenant(slug), mode=mode, why="as asked when it was created")
    issue = IssueKey(key=key.id, digest=key.digest, scopes=FIRST_KEY, owner=slug)
    return Asked(command, slug), Asked(authority, None), Asked(issue, slug)


def _taken(refused: Rejected, several: bool) -> Exception:
    if refused.code != "taken":
        return refused
    index = (refused.index or 0) // 3 if several else None  # three commands for each
    field = "$.slug" if index is None else f"$[{index}].slug"
    why = f"{refused.reason}, and nothing of this request was done; choose another"
    return Problem("taken", why, field=field, index=index)


def _made(call: Call, command: CreateTenant, key: NewKey) -> TenantMade:
    shown = tenants.present(_tenant(call, command), as_of.live(call))
    return TenantMade(
        **{name: getattr(shown, name) for name in shown.__struct_fields__},
        key_id=key.id,
        key=key.text or None,
        key_note=KEEP_IT if key.text else SHOWN_ALREADY,
    )


def _tenant(call: Call, made: CreateTenant) -> Tenant:
    """As it was asked for while the view lags: its key must be shown now."""
    known = call.deps.views.get(TENANTS, made.slug)
    asked = {name: getattr(made, name) for name in made.__struct_fields__}
    return known if known.slug else Tenant(**asked)
