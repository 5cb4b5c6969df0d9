"""PowerMTA's configuration as the API shows it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from engine.api.present_ip import cap, output
from engine.ids import IpAddr, NodeId, TenantId
from engine.projections.rollouts import Rollout
from engine.projections.tenants import Overlay
from engine.rules import quota
from engine.rules.pmta_config import passwords, tenant_file
from engine.rules.pmta_config.diff import Change
from engine.rules.pmta_config.finding import Finding
from engine.values.login import Login
from engine.values.overlay import Chosen
from engine.values.patterns import Action
from engine.values.vmta import Vmta


class ColdShown(Struct, frozen=True, kw_only=True):
    ip: IpAddr
    counts: dict[str, int]  # messages a day that go over, as they were given


class PatternShown(Struct, frozen=True, kw_only=True):
    reply: str
    action: Action


class PatternListShown(Struct, frozen=True, kw_only=True):
    patterns: list[PatternShown]
    minutes: int


class SmtpUserShown(Struct, frozen=True, kw_only=True):
    """Who hands mail to the address, and to no other one."""

    login: str
    rendered: bool
    secret: str  # the file in secrets_dir with its password
    why: str  # it is not rendered, or the newest password is not the one in use


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
    limits: dict[str, dict[str, str]]  # of providers
    cold: ColdShown | None
    patterns: dict[str, str]  # names of lists, by provider's domains
    smtp_user: SmtpUserShown


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
    pattern_lists: dict[str, PatternListShown]
    drained: tuple[IpAddr, ...]
    canary: NodeId | None  # the node whose file goes first
    waits: tuple[NodeId, ...]  # nodes whose files go once that one has stood its watch
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
    smtp_users: list[SmtpUserShown]


def virtual_mtas(
    tenant: TenantId,
    of: Overlay,
    wanted: Mapping[IpAddr, tuple[NodeId, Vmta]],
    logins: Mapping[IpAddr, Login],
) -> list[VirtualMtaShown]:
    return [
        _virtual_mta(tenant, ip, one, logins, *wanted.get(ip, (None, None)))
        for ip, one in sorted(of.virtual_mtas.items())
    ]


def _virtual_mta(
    tenant: TenantId,
    ip: IpAddr,
    one: Chosen,
    logins: Mapping[IpAddr, Login],
    node: NodeId | None,
    vmta: Vmta | None,
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
        limits=one.limits,
        cold=ColdShown(ip=one.cold.ip, counts=one.cold.counts) if one.cold else None,
        patterns={pattern: of.name for pattern, of in one.patterns.items()},
        smtp_user=smtp_user(tenant, ip, logins, vmta),
    )


def pattern_lists(of: Overlay) -> dict[str, PatternListShown]:
    lists = {one.name: one for of_ip in of.virtual_mtas.values() for one in of_ip.patterns.values()}
    return {
        name: PatternListShown(
            patterns=[PatternShown(reply=each.reply, action=each.action) for each in one.patterns],
            minutes=one.minutes,
        )
        for name, one in sorted(lists.items())
    }


NOT_LOOKED = Login("", "no password was looked for yet; without a secrets_dir none ever is")


def smtp_user(
    tenant: TenantId, ip: IpAddr, logins: Mapping[IpAddr, Login], vmta: Vmta | None
) -> SmtpUserShown:
    """``vmta``: as it is wanted."""
    return SmtpUserShown(
        login=passwords.login(tenant, ip),
        rendered=bool(vmta and vmta.login and vmta.hostname),
        secret=vmta.login if vmta else "",
        why=logins.get(ip, NOT_LOOKED).why,
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
        smtp_users=[
            smtp_user(view.tenant, ip, view.logins, one) for ip, one in sorted(view.wanted.items())
        ],
    )


Watched = Literal["none", "watched", "stood", "breached", "replaced"]


class VersionShown(Struct, frozen=True, kw_only=True):
    node: NodeId
    tenant: TenantId | None  # None: of the node's own file
    version: int  # from 1, of this file
    at: datetime  # it was done
    actor: str  # who chose what is new in it; else "engine"
    digest: str
    overlay: int  # version of what was chosen
    commit: str  # git's name of it; "" = not there yet
    watch: Watched  # after it was done; replaced: by the next version, before its time was over
    canary_for: tuple[NodeId, ...]  # nodes that waited for it
    changes: list[ChangeShown]  # against the version before
