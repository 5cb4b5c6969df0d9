"""Sending domains: registered, changed field by field, and removed where the file says so."""

from collections.abc import Iterator

from engine.rules.fleet.declared import Domain, Finding
from engine.rules.fleet.plan import Request, Step, changes, given

_ALL = ("selectors", "dkim_keys", "mail_from", "helo", "purposes")


def steps(
    path: tuple[str | int, ...], wanted: Domain, present: Domain | None
) -> Iterator[Step | Finding]:
    if present is None:
        if not wanted.removed:
            yield _new(wanted)
    elif present.tenant != wanted.tenant:
        why = f"it is {present.tenant}'s; it goes to another tenant once it was removed there"
        yield Finding((*path, "tenant"), why)
    elif wanted.removed:
        yield removed(present)
    elif found := tuple(changes(wanted, present, *_ALL)):
        body = {"tenant": wanted.tenant, **given(wanted, *(one.field for one in found))}
        request = Request("PATCH", ("domains", wanted.domain), body)
        yield Step("change", "domain", wanted.domain, wanted.tenant, found, (request,))


def removed(present: Domain) -> Step:
    request = Request("DELETE", ("domains", present.domain), query={"tenant": present.tenant})
    return Step("remove", "domain", present.domain, present.tenant, (), (request,))


def _new(wanted: Domain) -> Step:
    found = tuple(changes(wanted, None, *_ALL))
    body = {"domain": wanted.domain, "tenant": wanted.tenant, **given(wanted, *_ALL)}
    request = Request("POST", ("domains",), body)
    return Step("create", "domain", wanted.domain, wanted.tenant, found, (request,))
