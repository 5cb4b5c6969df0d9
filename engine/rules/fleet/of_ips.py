"""Sending addresses: registered, given another ladder while they may have one, and removed."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from engine.ids import NodeId
from engine.rules.fleet import ladder_said
from engine.rules.fleet.declared import Finding, Ip
from engine.rules.fleet.plan import Change, Place, Request, Step, changes, given
from engine.rules.meant import meant

PURPOSE = "marketing"  # of one that says none
WHY_REMOVED = "removed in the fleet file"
_FIXED = ("purpose", "node", "hostname", "warmup")  # at registration, for as long as it is here
_OPEN = ("new", "listed", "monitoring")  # reasons of STANDBY in which a ladder may be given
Path = tuple[str | int, ...]


def new(path: Path, wanted: Ip, nodes: Sequence[NodeId]) -> Iterator[Step | Finding]:
    """``nodes``: all that there are, once those of the file are made."""
    findings = [*_node(path, wanted, nodes), *_manual(path, wanted)]
    if findings:
        yield from findings
        return
    body = {
        "address": wanted.address,
        "tenant": wanted.tenant,
        "purpose": wanted.purpose or PURPOSE,
        **given(wanted, "node", "warmup", "server_id"),
    }
    if wanted.hostname:
        body["hostname"] = wanted.hostname
    if wanted.plan:
        body |= ladder_said.said(wanted.plan)
    found = tuple(changes(wanted, None, *_FIXED, "plan", "server_id"))
    request = Request("POST", ("ips",), body)
    yield Step("create", "ip", wanted.address, wanted.tenant, found, (request,))


def _node(path: Path, wanted: Ip, nodes: Sequence[NodeId]) -> Iterator[Finding]:
    if wanted.node is None and len(nodes) != 1:
        have = f"there are several nodes; say which: {', '.join(nodes)}"
        yield Finding(path, have if nodes else "there is no node yet; add it as [[nodes]]")
    elif wanted.node is not None and wanted.node not in nodes:
        yield Finding(
            (*path, "node"), f"there is no node {wanted.node!r}{meant(wanted.node, nodes)}"
        )


def _manual(path: Path, wanted: Ip) -> Iterator[Finding]:
    if wanted.warmup == "manual" and wanted.plan is not None:
        why = (
            "with warmup = 'manual' an address gets its ladder when somebody starts it: POST"
            f" /api/v2/ips/{wanted.address}/warmup; leave the ladder out here"
        )
        yield Finding((*path, "warmup"), why)


def known(path: Path, wanted: Ip, present: Ip, place: Place) -> Iterator[Step | Finding]:
    if present.tenant != wanted.tenant:
        why = f"it is {present.tenant}'s; it goes to another tenant once it was removed there"
        yield Finding((*path, "tenant"), why)
    elif wanted.removed:
        if not place.leaving:
            yield removed(present)
    elif place.leaving:
        why = "its removal was asked for and is under way; once it is gone, apply the file again"
        yield Finding(path, why)
    else:
        yield from _fixed(path, wanted, present, place)
        yield from _ladder(path, wanted, present, place)
        yield from _server(path, wanted, present, place)


def removed(present: Ip) -> Step:
    body = {"tenant": present.tenant, "reason": WHY_REMOVED}
    request = Request("DELETE", ("ips", present.address), body)
    return Step("remove", "ip", present.address, present.tenant, (), (request,))


def _fixed(path: Path, wanted: Ip, present: Ip, place: Place) -> Iterator[Finding]:
    for one in changes(wanted, present, *_FIXED):
        if one.field == "hostname" and one.wanted in ("", place.hostname):
            continue
        why = (
            f"it was registered with {one.was or 'none'!r}, and that stays; to change it, remove"
            " the address and register it anew"
        )
        yield Finding((*path, one.field), why)


def _ladder(path: Path, wanted: Ip, present: Ip, place: Place) -> Iterator[Step | Finding]:
    if wanted.plan is None or present.plan is None:
        return
    if ladder_said.same(wanted.plan, present.plan):
        return
    if manual := [*_manual(path, replace(wanted, warmup=present.warmup))]:
        yield from manual
    elif place.phase != "STANDBY" or place.reason not in _OPEN:
        where = f"{place.phase} ({place.reason})" if place.reason else place.phase
        why = (
            f"it is {where}, and a ladder is given while an address waits to warm up; leave it out"
        )
        yield Finding((*path, "ladder"), why)
    else:
        body = {"tenant": wanted.tenant, **ladder_said.said(wanted.plan)}
        request = Request("POST", ("ips", wanted.address, "warmup"), body)
        change = Change("plan", present.plan, wanted.plan)
        yield Step("change", "ip", wanted.address, wanted.tenant, (change,), (request,))


def _server(path: Path, wanted: Ip, present: Ip, place: Place) -> Iterator[Step | Finding]:
    for change in changes(wanted, present, "server_id"):
        if change.was is None or place.server_gone:
            body = {"tenant": wanted.tenant, "server_id": change.wanted}
            request = Request("POST", ("ips", wanted.address, "server"), body)
            yield Step("change", "ip", wanted.address, wanted.tenant, (change,), (request,))
        else:
            why = f"it has server {change.was}, and keeps it until it is removed"
            yield Finding((*path, "server_id"), why)
