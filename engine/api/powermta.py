"""PowerMTA's configuration as data: what a tenant chooses, and what each node is told of it."""

from collections.abc import Mapping

from msgspec.structs import replace

from engine.api import (
    auth,
    powermta_choices,
    powermta_files,
    powermta_patterns,
    powermta_users,
    present_powermta,
    reading,
    writing,
)
from engine.api.call import Answer, Call, DryRun, Page
from engine.api.powermta_choices import VirtualMta
from engine.api.powermta_patterns import NewPatternList
from engine.api.powermta_plan import FilePlan, Plan, changes, plan
from engine.api.present_powermta import ConfigShown, FindingShown
from engine.api.problems import Problem
from engine.commands.tenant import RestoreOverlay, SetOverlay
from engine.errors import Rejected
from engine.ids import IpAddr, NodeId, Position, TenantId
from engine.projections.ips import IPS
from engine.projections.rollouts import ROLLOUTS, Rollout
from engine.projections.tenants import TENANTS, Overlay
from engine.rules.pmta_config import tenant_file
from engine.runtime.command_handler import Asked
from engine.values.vmta import Vmta

PATH = "/api/v2/powermta"
VMTAS_MAX = 500  # of one request


class NewConfig(DryRun, frozen=True, kw_only=True):
    """All of the tenant's VirtualMTAs that people drive; one that is left out drains."""

    virtual_mtas: tuple[VirtualMta, ...]
    pattern_lists: Mapping[str, NewPatternList] = {}  # by name; VirtualMTAs say which they use
    confirm: bool = False  # however much of a file it takes away; needs the scope ``deploy``


class FilePage(Page, frozen=True, kw_only=True):
    node: str | None = None


async def put(call: Call, body: NewConfig) -> Answer:
    tenant = auth.whose(call.deps.views, call.caller, body.tenant)
    if body.confirm:
        auth.permit(call.caller, "deploy")
    if len(body.virtual_mtas) > VMTAS_MAX:
        why = f"a request holds at most {VMTAS_MAX} VirtualMTAs"
        raise Problem("invalid", why, field="$.virtual_mtas")
    looked = _command(call, tenant, body)
    await powermta_choices.keys_exist(call, tenant, looked.virtual_mtas, looked.nodes)
    async with call.deps.turns.of(tenant):
        command = _command(call, tenant, body)  # again: a look takes its time
        return await carried_out(call, command, dry_run=body.dry_run)


def _command(call: Call, tenant: TenantId, body: NewConfig) -> SetOverlay:
    """Raises Problem that names the field."""
    rows = powermta_choices.addresses(call, tenant)
    lists = powermta_patterns.read(body.pattern_lists)
    choices = powermta_choices.read(call, tenant, body.virtual_mtas, rows, lists)
    powermta_patterns.refuse_unused(lists, choices.values())
    nodes = {ip: rows[ip].node for ip in choices}
    given = [nodes[ip] for ip, one in choices.items() if one.hostname]
    files = call.deps.views.of(ROLLOUTS).values()
    known = {*nodes.values(), *(one.node for one in files if one.tenant == tenant)}
    return SetOverlay(
        slug=tenant,
        virtual_mtas=choices,
        nodes=nodes,
        ready=powermta_files.ready(call, tenant, known, given),
        confirmed=body.confirm,
    )


async def carried_out(
    call: Call, command: SetOverlay | RestoreOverlay, *, dry_run: bool = False
) -> Answer:
    """202 with where to follow it; a dry run, and what is so or was asked already, are 200."""
    tenant = command.slug
    request = writing.request_id(call, tenant)
    before = call.idempotency_key and not dry_run and await writing.asked_before(call, request)
    if before and isinstance(command, SetOverlay) and isinstance(before[0], SetOverlay):
        command = replace(command, ready=before[0].ready)  # it is the same request all the same
    planned = Plan(None, []) if before else await plan(call, command)
    for one in planned.files:
        if one.wrong:
            raise Problem("invalid", f"the file for {one.node} would be wrong: {one.wrong}")
    if dry_run:
        return Answer(_answered(call, tenant, planned, None))
    try:
        position = await writing.ask(call, [Asked(command, tenant)], tenant, request)
    except Rejected as refused:
        raise Problem("refused", refused.reason, field="$.virtual_mtas") from refused
    await writing.seen(call, position)
    shown = _answered(call, tenant, planned, position)
    if planned.event is None:
        return Answer(shown, 200, position)
    return Answer(shown, 202, position, shown.rollouts)


def _answered(
    call: Call, tenant: TenantId, planned: Plan, position: Position | None
) -> present_powermta.ConfigSet:
    event, known = planned.event, call.deps.views.get(TENANTS, tenant).overlay
    of = Overlay(event.version, event.virtual_mtas, event.drained) if event else known
    seen = None if position is None else reading.token(call.deps, call.caller, position)
    at_least = "" if seen is None else f"&at_least={seen}"
    wanted = _wanted(call, tenant, planned.files)
    logins = powermta_users.logins(call, tenant)
    return present_powermta.ConfigSet(
        tenant=tenant,
        version=of.version,
        dry_run=position is None,
        unchanged=event is None,
        virtual_mtas=present_powermta.virtual_mtas(tenant, of, wanted, logins),
        pattern_lists=present_powermta.pattern_lists(of),
        drained=of.drained,
        canary=event.canary or None if event else None,
        waits=event.waits if event else (),
        files=[
            present_powermta.FileShown(
                node=one.node, changes=present_powermta.changes(one.changes), text=one.text
            )
            for one in planned.files
        ],
        findings=[
            *(found for one in planned.files for found in present_powermta.findings(one.findings)),
            *_large(planned),
            *_remarks(call, tenant, of),
            *powermta_users.remarks(tenant, of, logins),
        ],
        rollouts=f"/api/v2/rollouts?tenant={tenant}{at_least}",
    )


def _wanted(
    call: Call, tenant: TenantId, files: list[FilePlan]
) -> dict[IpAddr, tuple[NodeId, Vmta]]:
    views = [one for one in call.deps.views.of(ROLLOUTS).values() if one.tenant == tenant]
    known = {ip: (view.node, vmta) for view in views for ip, vmta in view.wanted.items()}
    return known | {ip: (one.node, vmta) for one in files for ip, vmta in one.wanted.items()}


def _large(planned: Plan) -> list[FindingShown]:
    return [
        FindingShown(
            rule="too_large",
            severity="warning",
            where=one.node,
            message=f"On {one.node} {one.large}, so it waits to be approved.",
            fix="If it is meant, send it again with confirm.",
        )
        for one in planned.files
        if one.large
    ]


def _remarks(call: Call, tenant: TenantId, of: Overlay) -> list[FindingShown]:
    """A host name that an address does not point back to costs delivery wherever it says it."""
    found = []
    for n, (ip, one) in enumerate(of.virtual_mtas.items()):
        confirmed = call.deps.views.get(IPS, f"{tenant}/{ip}").ptr.confirmed
        if one.hostname and confirmed is not None and one.hostname not in confirmed:
            names = ", ".join(confirmed) or "no name that points back to it"
            found.append(
                FindingShown(
                    rule="fcrdns",
                    severity="warning",
                    where=f"$.virtual_mtas[{n}].hostname",
                    message=f"{ip} will say {one.hostname}, and its reverse DNS is {names}.",
                    fix=f"Let the PTR of {ip} say {one.hostname}, and that name point to {ip}.",
                )
            )
    return found


async def show(call: Call, query: FilePage) -> Answer:
    return await reading.page(call, query, ROLLOUTS, _shown, {"node": query.node})


def _shown(view: Rollout) -> ConfigShown | None:
    if not view.node:
        return None
    told = tenant_file.made(view.tenant, view.told).text
    wanted = tenant_file.made(view.tenant, view.wanted).text
    return present_powermta.config(view, changes(told, wanted) if view.due else [], told)
