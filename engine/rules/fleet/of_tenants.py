"""Tenants: made, and changed field by field.  None is ever removed."""

from collections.abc import Iterator
from typing import Any

from engine.rules.fleet.declared import Finding, Quota, Tenant
from engine.rules.fleet.plan import Change, Request, Stands, Step, changes, given
from engine.rules.meant import meant

WHY = "as the fleet file says"
_NEEDS = ("name", "brand_domain", "sending_domain_base")
_PATCHED = (*_NEEDS, "mailwizz", "quota")
_ALL = (*_NEEDS, "day_tz", "mailwizz", "quota", "authority", "list_actions")
Path = tuple[str | int, ...]


def steps(
    path: Path, wanted: Tenant, present: Tenant | None, stands: Stands
) -> Iterator[Step | Finding]:
    for zone in wanted.list_actions or {}:
        if zone not in stands.zones:
            near = meant(zone, stands.zones)
            yield Finding((*path, "list_actions", zone), f"no block list {zone!r} is asked{near}")
    if present is None:
        yield from _new(path, wanted)
    else:
        yield from _changed(path, wanted, present)


def lowers(step: Step) -> bool:
    """A lower quota waits until addresses were removed."""
    return any(
        one.field == "quota" and one.was is not None and _a_day(one.wanted) < _a_day(one.was)
        for one in step.changes
    )


def _a_day(quota: Quota) -> float:
    return float("inf") if quota == "unlimited" else quota


def _new(path: Path, wanted: Tenant) -> Iterator[Step | Finding]:
    missing = [name for name in _NEEDS if getattr(wanted, name) is None]
    if missing:
        yield Finding(path, f"there is no such tenant yet; a new one needs {', '.join(missing)}")
        return
    body = {"slug": wanted.slug, **_body(given(wanted, *_PATCHED, "day_tz", "authority"))}
    if body.get("quota", 0) is None:
        del body["quota"]
    requests = [Request("POST", ("tenants",), body)]
    if wanted.list_actions:
        requests.append(_actions(wanted))
    found = changes(wanted, None, *_ALL)
    yield Step("create", "tenant", wanted.slug, "", tuple(found), tuple(requests))


def _changed(path: Path, wanted: Tenant, present: Tenant) -> Iterator[Step | Finding]:
    found = tuple(changes(wanted, present, *_ALL))
    fields = {one.field for one in found}
    if "day_tz" in fields:
        yield Finding(
            (*path, "day_tz"),
            f"the time zone of a tenant stays as it was created with, {present.day_tz}: its days"
            " are counted by it",
        )
        return
    if found:
        requests = tuple(_requests(wanted, found))
        yield Step("change", "tenant", wanted.slug, "", found, requests)


def _requests(wanted: Tenant, found: tuple[Change, ...]) -> Iterator[Request]:
    fields = {one.field: one.wanted for one in found}
    if patched := {name: fields[name] for name in _PATCHED if name in fields}:
        yield Request("PATCH", ("tenants", wanted.slug), _body(patched))
    if "list_actions" in fields:
        yield _actions(wanted)
    if "authority" in fields:
        over = f"tenant-{wanted.slug}"
        yield Request("PUT", ("authority", over), {"mode": wanted.authority, "why": WHY})


def _actions(wanted: Tenant) -> Request:
    body = {"actions": dict(wanted.list_actions or {})}
    return Request("PUT", ("tenants", wanted.slug, "zone-actions"), body)


def _body(fields: dict[str, Any]) -> dict[str, Any]:
    """To the API an unlimited quota is null."""
    unlimited = fields.get("quota") == "unlimited"
    return {**fields, "quota": None} if unlimited else fields
