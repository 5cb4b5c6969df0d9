"""PowerMTA's configuration as the API shows it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from engine.api.present_ip import cap, output
from engine.ids import IpAddr, NodeId, TenantId
from engine.projections.rollouts import Rollout
from engine.projections.tenants import Overlay
from engine.rules import quota
from engine.rules.pmta_config import tenant_file
from engine.rules.pmta_config.diff import Change
from engine.rules.pmta_config.finding import Finding
from engine.values.overlay import Chosen
from engine.values.vmta import Vmta


class VirtualMtaShown(Struct, frozen=True, kw_only=True):
    name: str  # as people gave it; "" = nobody did
    rendered: str  # what injectors may say for it, as in X-virtual-MTA
    vmta: str  # PowerMTA's own name of it, in queues and accounting
    ip: IpAddr
    node: NodeId | None
    hostname: str
    quota: str  # as it was given
    output: str  # what holds: the lower of it and the engine's cap
    cap: int | None  # messages a day
    intake: str
    dkim_key: str
    dkim_selector: str
    dkim_domain: str


class ChangeShown(Struct, frozen=True, kw_only=True):
    where: str
    what: str


class FindingShown(Struct, frozen=True, kw_only=True):
    rule: str
    severity: str
    where: str  # file and line, or the field of the request
    message: str
    fix: str


class FileShown(Struct, frozen=True, kw_only=True):
    """What a change makes of one node's file."""

    node: NodeId
    changes: list[ChangeShown]
    text: str


class ConfigSet(Struct, frozen=True, kw_only=True):
    tenant: TenantId
    version: int  # of what is chosen
    dry_run: bool
    unchanged: bool
    virtual_mtas: list[VirtualMtaShown]
    drained: tuple[IpAddr, ...]
    files: list[FileShown]
    findings: list[FindingShown]
    rollouts: str  # where to follow


class ConfigShown(Struct, frozen=True, kw_only=True):
    """One tenant's file on one node."""

    node: NodeId
    tenant: TenantId
    version: int  # how many there were
    overlay: int  # version of what is chosen
    state: str
    text: str  # as the node was told
    digest: str  # of the file that lies there, as far as the log knows
    changes: list[ChangeShown]  # that are wanted, and not told yet


def virtual_mtas(
    tenant: TenantId, of: Overlay, wanted: Mapping[IpAddr, tuple[NodeId, Vmta]]
) -> list[VirtualMtaShown]:
    return [
        _virtual_mta(tenant, ip, one, *wanted.get(ip, (None, None)))
        for ip, one in sorted(of.virtual_mtas.items())
    ]


def _virtual_mta(
    tenant: TenantId, ip: IpAddr, one: Chosen, node: NodeId | None, vmta: Vmta | None
) -> VirtualMtaShown:
    own = tenant_file.vmta(tenant, ip)
    return VirtualMtaShown(
        name=one.name,
        rendered=f"{tenant}--{one.name}" if one.name else own,
        vmta=own,
        ip=ip,
        node=node,
        hostname=vmta.hostname if vmta else one.hostname,
        quota=quota.written(one.quota),
        output=output(vmta.levers) if vmta else "",
        cap=cap(vmta.levers) if vmta else None,
        intake=vmta.levers.intake if vmta else "",
        dkim_key=one.key.path if one.key else "",
        dkim_selector=one.key.selector if one.key else "",
        dkim_domain=one.key.domain if one.key else "",
    )


def changes(of: Iterable[Change]) -> list[ChangeShown]:
    return [ChangeShown(where=one.where, what=one.text) for one in of]


def findings(of: Sequence[Finding]) -> list[FindingShown]:
    return [
        FindingShown(
            rule=one.rule,
            severity=one.severity,
            where=f"{one.at.file}:{one.at.line}",
            message=one.message,
            fix=one.fix,
        )
        for one in of
    ]


def config(view: Rollout, wanted: list[Change], text: str) -> ConfigShown:
    return ConfigShown(
        node=view.node,
        tenant=view.tenant,
        version=view.version,
        overlay=view.overlay,
        state=view.state,
        text=text,
        digest=view.digest,
        changes=changes(wanted),
    )


class VersionShown(Struct, frozen=True, kw_only=True):
    node: NodeId
    tenant: TenantId
    version: int  # from 1, of this file
    at: datetime  # it was done
    actor: str  # who chose what is new in it; else "engine"
    digest: str
    overlay: int  # version of what was chosen
    commit: str  # git's name of it; "" = not there yet
    changes: list[ChangeShown]  # against the version before
