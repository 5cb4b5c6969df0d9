"""Any command that people may give, by its tag.

It does what its path does, with the same rights and checks: what a command must know of views is
filled in there, and nobody can say it for the engine.  The fields are those of the path's body, and
what the path names by its place.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, get_args

import msgspec
from msgspec import Struct

from engine.api import auth, decode, writing
from engine.api.call import Answer, Call, Handler
from engine.api.meant import meant
from engine.api.problems import Problem
from engine.api.route import V2, Route
from engine.commands import Command

Given = dict[str, Any]  # {"tag": …, …}

BY_TAG: Mapping[str, str] = {
    "alert.acknowledge": "POST /alerts/acknowledge",
    "alert.silence": "POST /alerts/silence",
    "authority.set": "PUT /authority/{over}",
    "chat.remove": "DELETE /chats/{chat}",
    "chat.route": "PUT /chats/{chat}",
    "domain.ask_key": "POST /domains/{domain}/dkim",
    "domain.change": "PATCH /domains/{domain}",
    "domain.check": "POST /domains/{domain}/check",
    "domain.drop_key": "DELETE /domains/{domain}/dkim/{selector}",
    "domain.register": "POST /domains",
    "domain.remove": "DELETE /domains/{domain}",
    "host.confirm": "POST /powermta/nodes/{node}/confirm",
    "host.register": "POST /nodes",
    "host.show": "POST /powermta/nodes",
    "ip.acknowledge_listing": "POST /ips/{id}/blacklists/{zone}/acknowledge",
    "ip.check_lists": "POST /blacklists/check",
    "ip.end_acknowledgement": "DELETE /ips/{id}/blacklists/{zone}/acknowledge",
    "ip.hold_warmup": "POST /ips/{id}/warmup/hold",
    "ip.lift_suspicion": "POST /blacklists/zones/{zone}/trust",
    "ip.pause": "POST /ips/{id}/pause",
    "ip.quarantine": "POST /ips/{id}/quarantine",
    "ip.record_remedy": "POST /ips/{id}/remedy",
    "ip.register": "POST /ips",
    "ip.release": "POST /ips/{id}/release",
    "ip.release_stop": "POST /ips/{id}/release",
    "ip.remove": "DELETE /ips/{id}",
    "ip.request_warmup": "POST /ips/{id}/warmup",
    "ip.resume": "POST /ips/{id}/resume",
    "ip.resume_warmup": "POST /ips/{id}/warmup/resume",
    "ip.retire": "POST /ips/{id}/retire",
    "ip.skip_stage": "POST /ips/{id}/warmup/skip",
    "ip.step_back_stage": "POST /ips/{id}/warmup/step-back",
    "key.end": "POST /keys/{id}/rotate",
    "key.issue": "POST /keys",
    "key.revoke": "POST /keys/{id}/revoke",
    "rollout.approve": "POST /powermta/nodes/{node}/approve",
    "rollout.end_conflict": "POST /powermta/nodes/{node}/conflict",
    "server.claim": "POST /ips/{id}/server",
    "tenant.change": "PATCH /tenants/{slug}",
    "tenant.create": "POST /tenants",
    "tenant.end_review": "POST /tenants/{slug}/review/end",
    "tenant.pause_job": "POST /jobs/{job}/pause",
    "tenant.restore_overlay": "POST /powermta/rollback",
    "tenant.resume": "POST /tenants/{slug}/resume",
    "tenant.resume_job": "POST /jobs/{job}/resume",
    "tenant.set_capacity": "PUT /tenants/{slug}/capacity",
    "tenant.set_overlay": "PUT /powermta/config",
    "tenant.set_zone_actions": "PUT /tenants/{slug}/zone-actions",
    "tenant.suspend": "POST /tenants/{slug}/suspend",
}
TAGS = tuple(sorted(str(kind.__struct_config__.tag) for kind in get_args(Command)))
_PLACE = re.compile(r"{(\w+)}")


class Way(NamedTuple):
    """The path that does what a command asks for."""

    route: Route
    places: Mapping[str, str]  # of the path -> the field that says it

    @property
    def takes(self) -> type[Struct]:
        """One, where the path takes a list too."""
        one = self.route.takes
        return one if isinstance(one, type) else get_args(one)[0]


def ways(routes: Sequence[Route]) -> Mapping[str, Way]:
    known = {f"{one.method} {one.path.removeprefix(V2)}": one for one in routes}
    return {tag: Way(known[path], _places(path)) for tag, path in BY_TAG.items()}


def _places(path: str) -> dict[str, str]:
    """An id is called after what it is of."""
    of_id = "key" if "/keys/" in path else "ip"
    return {name: of_id if name == "id" else name for name in _PLACE.findall(path)}


def handler(routes: Callable[[], Sequence[Route]]) -> Handler:
    async def give(call: Call, given: Given) -> Answer:
        fields = dict(given)
        way = ways(routes())[_tag(fields.pop("tag", None))]
        if way.route.scope is not None:
            auth.permit(call.caller, way.route.scope)
        if call.since is not None and not way.route.changes_one:
            why = "this command changes nothing that was read before; leave If-Match out"
            raise Problem("bad-request", why, field="If-Match")
        path = {place: _place(fields, name) for place, name in way.places.items()}
        body = decode.body(msgspec.json.encode(fields), way.takes)
        asked = writing.digest(call.idempotency_key, way.route, path, body)
        return await way.route.handler(call._replace(path=path, asked=asked), body)

    return give


def _tag(tag: Any) -> str:
    """Raises Problem for what nobody knows, and for what only effects give."""
    if not isinstance(tag, str):
        why = "say which command by its `tag`, such as ip.retire"
        raise Problem("invalid", why, field="$.tag")
    if tag in BY_TAG:
        return tag
    if tag in TAGS:
        family = tag.partition(".")[0]
        own = [one for one in BY_TAG if one.startswith(f"{family}.")]
        said = f"; of this family people give {', '.join(own)}" if own else ""
        why = f"`{tag}` tells what the engine did or saw, and only the engine gives it{said}"
        raise Problem("effects-only", why, field="$.tag")
    raise Problem("invalid", f"there is no command `{tag}`{meant(tag, [*BY_TAG])}", field="$.tag")


def _place(fields: Given, name: str) -> str:
    value = fields.pop(name, None)
    if not isinstance(value, str) or not value:
        raise Problem("invalid", f"`{name}` is missing, or is no text", field=f"$.{name}")
    return value
