"""An existing configuration: what is understood of it, and what would become the fleet's.

Secrets leave the text before anything else reads it; no answer, and no finding, holds one.
"""

import asyncio
import posixpath
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from engine.api import auth, powermta, powermta_choices, powermta_files, present_powermta
from engine.api.call import Answer, Call, OfTenant
from engine.api.powermta_choices import VirtualMta
from engine.api.powermta_plan import target_of
from engine.api.present_import import (
    Imported,
    NotProposed,
    Proposal,
    pools_of,
    understood,
    where,
)
from engine.api.problems import Problem
from engine.commands.tenant import SetOverlay
from engine.ids import IpAddr, NodeId, TenantId
from engine.ports import NodeRefused, NodeSilent
from engine.projections.nodes import NODES
from engine.projections.rollouts import ROLLOUTS
from engine.projections.tenants import TENANTS
from engine.rules.pmta_config import imported, proposal
from engine.rules.pmta_config.finding import Target
from engine.rules.pmta_config.hidden import hidden
from engine.rules.pmta_config.load import Config, load, of_text
from engine.rules.pmta_config.proposal import Entry, NotThis
from engine.rules.pmta_config.validate import validate
from engine.rules.pmta_config.wildcards import matching
from engine.values.sending_domain import DEFAULT_SELECTOR

NODE_S = 60  # real seconds, for all files of a node
FILES_MAX = 200
FILE = "config"  # what a text without a name is called


class Import(OfTenant, frozen=True, kw_only=True):
    """One of ``text``, ``files`` and ``node``."""

    text: str | None = None
    files: Mapping[str, str] | None = None  # by path, as they include each other
    main: str = ""  # of ``files``; "" = the first
    node: NodeId | None = None  # its live configuration; an admin's affair
    apply: bool = False  # choose for the tenant's addresses what is proposed: all of it, or none


class _Given(NamedTuple):
    config: Config
    target: Target
    whole: str  # the main file, where all that it includes is at hand; "" = it is not


async def read(call: Call, body: Import) -> Answer:
    tenant = auth.whose(call.deps.views, call.caller, body.tenant)
    given = await _given(call, body)
    found = imported.read(given.config.nodes)
    entries, not_proposed = _entries(found)
    rows = powermta_choices.addresses(call, tenant)
    judged = validate(given.config, target=given.target, mode="imported", main=given.whole)
    proposals = [_proposal(vmta, one, one.ip in rows) for vmta, one in entries]
    ours = [(vmta, one) for vmta, one in entries if one.ip in rows]
    applied = await _applied(call, tenant, [one for _, one in ours]) if body.apply else None
    shown = Imported(
        **understood(found),
        proposals=proposals,
        not_proposed=not_proposed,
        findings=present_powermta.findings(judged),
        applied=applied is not None,
        rollouts=applied.location if applied else None,
    )
    if applied is None:
        return Answer(shown)
    return Answer(shown, applied.status, applied.position, applied.location)


async def _given(call: Call, body: Import) -> _Given:
    """Raises Problem."""
    if [body.text, body.files, body.node].count(None) != 2:
        raise Problem("invalid", "give one of `text`, `files` and `node`")
    if body.text is not None:
        return _Given(of_text(hidden(body.text), FILE, tolerant=True), "5.0", "")
    if body.files is not None:
        if not 0 < len(body.files) <= FILES_MAX:
            raise Problem("invalid", f"give 1 to {FILES_MAX} files", field="$.files")
        main = body.main or next(iter(body.files))
        if main not in body.files:
            raise Problem("invalid", f"there is no {main!r} among the files", field="$.main")
        return _Given(_loaded(main, body.files), "5.0", main)
    node = NodeId(body.node or "")
    texts = await _live(call, node)
    main = next(iter(texts))
    return _Given(_loaded(main, texts), target_of(call, node), main)


def _loaded(main: str, texts: Mapping[str, str]) -> Config:
    clean = {posixpath.normpath(path): hidden(text) for path, text in texts.items()}

    def names(folder: str) -> Sequence[str]:
        beneath = posixpath.join(folder, "")
        inside = (path.removeprefix(beneath) for path in clean if path.startswith(beneath))
        return list(dict.fromkeys(path.partition("/")[0] for path in inside))

    return load(
        posixpath.normpath(main),
        clean.get,
        lambda pattern: matching(pattern, names),
        tolerant=True,
    )


async def _live(call: Call, node: NodeId) -> Mapping[str, str]:
    auth.permit(call.caller, "admin")
    if call.caller.tenant is not None:
        raise Problem("forbidden", "a node's configuration is the platform's affair")
    if call.deps.views.get(NODES, node).registered is None:
        raise Problem("invalid", f"there is no node {node!r}", field="$.node")
    try:
        async with asyncio.timeout(NODE_S):
            return await call.deps.pmta.configuration(node)
    except NodeRefused as no:
        raise Problem("refused", f"{node} did not show its configuration: {no}") from no
    except (NodeSilent, TimeoutError) as silence:
        why = f"{node} did not show its configuration; nothing was changed"
        raise Problem("node-silent", why, headers={"Retry-After": "60"}) from silence


Entries = list[tuple[imported.VmtaRead, Entry]]


def _entries(found: imported.Read) -> tuple[Entries, list[NotProposed]]:
    """Two VMTAs with one address: the first is proposed."""
    entries: Entries = []
    left: list[NotProposed] = []
    taken: dict[IpAddr, str] = {}
    for vmta in found.vmtas:
        try:
            one = proposal.entry(vmta, pools_of(vmta.name, found), taken)
        except NotThis as no:
            left.append(NotProposed(vmta=vmta.name, where=where(vmta.at), why=str(no)))
            continue
        taken[one.ip] = vmta.name
        entries.append((vmta, one))
    return entries, left


def _proposal(vmta: imported.VmtaRead, one: Entry, registered: bool) -> Proposal:
    remark = "; ".join(one.remarks)
    if not registered:
        body = {"address": one.ip, "purpose": one.purpose, "hostname": one.hostname}
        return Proposal(vmta=vmta.name, command="POST /api/v2/ips", body=body, remark=remark)
    chosen: dict[str, Any] = {
        "name": one.name,
        "ip": one.ip,
        "hostname": one.hostname,
        "quota": one.quota,
        **_key(one),
        **({"limits": one.limits} if one.limits else {}),
    }
    command = f"PUT {powermta.PATH}/config"
    return Proposal(vmta=vmta.name, command=command, body={"virtual_mtas": [chosen]}, remark=remark)


def _key(one: Entry) -> Mapping[str, str]:
    key = one.key
    if key is None:
        return {}
    return {"dkim_key": key.path, "dkim_selector": key.selector, "dkim_domain": key.domain}


async def _applied(call: Call, tenant: TenantId, entries: Sequence[Entry]) -> Answer:
    """The choices of the file's addresses are replaced; what else was chosen stays."""
    if not entries:
        why = (
            f"none of its VMTAs has an address of {tenant}; register them first: `proposals` of the"
            " same request without `apply` names the commands"
        )
        raise Problem("invalid", why, field="$.apply")
    given = [
        VirtualMta(
            name=one.name,
            ip=one.ip,
            hostname=one.hostname,
            quota=one.quota,
            limits=one.limits,
            dkim_key=one.key.path if one.key else "",
            dkim_selector=one.key.selector if one.key else DEFAULT_SELECTOR,
            dkim_domain=one.key.domain if one.key else "",
        )
        for one in entries
    ]
    rows = powermta_choices.addresses(call, tenant)
    choices = powermta_choices.read(call, tenant, given, rows)
    await powermta_choices.keys_exist(call, tenant, choices, {ip: rows[ip].node for ip in choices})
    async with call.deps.turns.of(tenant):
        now = call.deps.views.get(TENANTS, tenant).overlay
        _refuse_taken_names(choices, now.virtual_mtas)
        every = now.virtual_mtas | choices
        nodes = {ip: rows[ip].node for ip in every if ip in rows}
        hostnames = [nodes[ip] for ip, one in choices.items() if one.hostname]
        files = {one.node for one in call.deps.views.of(ROLLOUTS).values() if one.tenant == tenant}
        command = SetOverlay(
            slug=tenant,
            virtual_mtas=every,
            nodes=nodes,
            ready=powermta_files.ready(call, tenant, files, hostnames),
        )
        return await powermta.carried_out(call, command)


def _refuse_taken_names(choices: powermta_choices.Choices, now: Mapping[IpAddr, Any]) -> None:
    names = {one.name: ip for ip, one in now.items() if one.name and ip not in choices}
    for ip, one in choices.items():
        if one.name in names:
            why = f"the name {one.name} for {ip} is {names[one.name]}'s; nothing was changed"
            raise Problem("invalid", why, field="$.apply")
