"""A fleet as people declare it.  The fleet as it stands has the same shape, with nothing unsaid.

What is None was not said: it stays as it is, and of something new it is the default.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from msgspec import Struct

from engine.ids import IpAddr, NodeId, TenantId
from engine.values.alert import Severity
from engine.values.authority import Mode
from engine.values.phase import WarmupMode
from engine.values.plan import Plan
from engine.values.verdict import Action

Quota = int | Literal["unlimited"]  # messages a day


class Tenant(Struct, frozen=True, kw_only=True):
    slug: TenantId
    name: str | None = None
    brand_domain: str | None = None
    sending_domain_base: str | None = None
    day_tz: str | None = None
    mailwizz: str | None = None
    quota: Quota | None = None
    authority: Mode | None = None
    list_actions: Mapping[str, Action] | None = None  # all that differs from the catalogue


class Node(Struct, frozen=True, kw_only=True):
    name: NodeId
    host: str | None = None
    host_key: str | None = None
    port: int | None = None
    user: str | None = None
    config_dir: str | None = None
    pmta: str | None = None
    authority: Mode | None = None


class Domain(Struct, frozen=True, kw_only=True):
    domain: str
    tenant: TenantId
    selectors: tuple[str, ...] | None = None
    dkim_keys: Mapping[str, str] | None = None  # selector -> path of its private key on the nodes
    mail_from: str | None = None
    helo: str | None = None
    purposes: tuple[str, ...] | None = None
    removed: bool = False


class Ip(Struct, frozen=True, kw_only=True):
    address: IpAddr
    tenant: TenantId
    purpose: str | None = None
    node: NodeId | None = None
    hostname: str | None = None  # "" = by PTR
    warmup: WarmupMode | None = None
    plan: Plan | None = None
    server_id: int | None = None  # MailWizz's delivery server
    removed: bool = False


class Chat(Struct, frozen=True, kw_only=True):
    chat: str
    tenant: TenantId | None = None
    platform: bool | None = None  # True: it is the platform's, and hears of every tenant
    severity: Severity | None = None
    quiet: str | None = None  # "22:00-07:00"; "" = it rings at any hour
    quiet_tz: str | None = None
    removed: bool = False

    @property
    def name(self) -> str:
        """One chat may hear of several tenants."""
        return f"{self.tenant}/{self.chat}" if self.tenant else self.chat


class Fleet(NamedTuple):
    tenants: tuple[Tenant, ...] = ()
    nodes: tuple[Node, ...] = ()
    domains: tuple[Domain, ...] = ()
    ips: tuple[Ip, ...] = ()
    chats: tuple[Chat, ...] = ()


class Finding(NamedTuple):
    """Something that is wrong with what was declared."""

    path: tuple[str | int, ...]  # in the file, such as ("ips", 1, "tenant")
    why: str
