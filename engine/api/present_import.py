"""What an existing configuration says, as the API shows it, and what it proposes."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from engine.api.present_powermta import FindingShown
from engine.ids import IpAddr
from engine.rules.pmta_config.imported import Read, VmtaRead
from engine.rules.pmta_config.tree import Place


class VmtaUnderstood(Struct, frozen=True, kw_only=True):
    name: str
    where: str
    addresses: dict[IpAddr, str]  # and the host name that each says
    rate: str  # messages, "" = none
    keys: list[str]  # selector, domain and path
    limits: dict[str, dict[str, str]]  # by pattern of domains
    cold: tuple[str, ...]  # VMTAs that take the first messages of a day
    pools: list[str]
    kept: tuple[str, ...]  # what else it says


class PoolUnderstood(Struct, frozen=True, kw_only=True):
    name: str
    where: str
    members: tuple[str, ...]


class UserUnderstood(Struct, frozen=True, kw_only=True):
    login: str
    where: str
    source: str
    vmta: str  # VMTA or pool to which it leads; "" = it is free to choose
    password: str  # what stands for it


class SourceUnderstood(Struct, frozen=True, kw_only=True):
    name: str
    where: str
    settings: dict[str, str]


class KeptShown(Struct, frozen=True, kw_only=True):
    where: str
    text: str


class Proposal(Struct, frozen=True, kw_only=True):
    """One command that would make it the fleet's."""

    vmta: str
    command: str  # "POST /api/v2/ips"
    body: dict[str, Any]
    remark: str  # what is not as it was in the file


class NotProposed(Struct, frozen=True, kw_only=True):
    vmta: str
    where: str
    why: str


class Imported(Struct, frozen=True, kw_only=True):
    """Nothing of it is a secret: ``{secret:name}`` stands for each, and comments are left out."""

    virtual_mtas: list[VmtaUnderstood]
    pools: list[PoolUnderstood]
    smtp_users: list[UserUnderstood]
    sources: list[SourceUnderstood]
    kept: list[KeptShown]  # not understood, and left as it is
    proposals: list[Proposal]
    not_proposed: list[NotProposed]
    findings: list[FindingShown]
    applied: bool
    rollouts: str | None  # where to follow what was applied


def understood(found: Read) -> Mapping[str, Any]:
    """The fields of ``Imported`` that say what was read."""
    return {
        "virtual_mtas": [_vmta(one, found) for one in found.vmtas],
        "pools": [
            PoolUnderstood(name=one.name, where=where(one.at), members=one.members)
            for one in found.pools
        ],
        "smtp_users": [
            UserUnderstood(
                login=one.login,
                where=where(one.at),
                source=one.source,
                vmta=one.vmta,
                password=one.secret,
            )
            for one in found.users
        ],
        "sources": [
            SourceUnderstood(name=one.name, where=where(one.at), settings=one.settings)
            for one in found.sources
        ],
        "kept": [KeptShown(where=where(one.at), text=one.text) for one in found.kept],
    }


def _vmta(one: VmtaRead, found: Read) -> VmtaUnderstood:
    return VmtaUnderstood(
        name=one.name,
        where=where(one.at),
        addresses=dict(one.hosts),
        rate=one.rate,
        keys=[f"{key.selector},{key.domain},{key.path}" for key in one.keys],
        limits=one.limits,
        cold=one.cold,
        pools=pools_of(one.name, found),
        kept=one.kept,
    )


def pools_of(vmta: str, found: Read) -> list[str]:
    return [pool.name for pool in found.pools if vmta in pool.members]


def where(at: Place) -> str:
    return f"{at.file}:{at.line}"
