"""The format: what each table of a fleet file may hold.

What is left out stays as it is; of something new it is the default.  ``simulate`` reads the same
file, and needs less of it: ``volume`` and the shares are its own.
"""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from engine.values.alert import Severity
from engine.values.authority import Mode
from engine.values.capacity import Rotation
from engine.values.phase import WarmupMode
from engine.values.plan import DayRule, Interpolation
from engine.values.verdict import Action

START = date(2026, 1, 5)  # a Monday, so that weeks of the simulation are weeks of the calendar
Share = Annotated[float, Meta(ge=0, le=1)]
Name = Annotated[str, Meta(min_length=1, max_length=255)]
Quota = Annotated[int, Meta(ge=1, le=1_000_000_000)]  # messages a day


class Table(Struct, frozen=True, kw_only=True):
    """One table of the file."""


class TrafficTable(Table, frozen=True, kw_only=True):
    """The defaults are those of a sender in good standing, and our own judgement."""

    volume: str | int = "20000/day"
    bounce: Share = 0.005
    block: Share = 0.002
    complaint: Share = 0.0002
    deferral: Share = 0.03
    providers: dict[str, Annotated[float, Meta(gt=0)]] | None = None  # by weight


class TenantTable(Table, frozen=True, kw_only=True):
    slug: Name
    name: Name | None = None
    brand_domain: Name | None = None
    sending_domain_base: Name | None = None
    day_tz: str | None = None
    mailwizz: Name | None = None
    quota: Quota | Literal["unlimited"] | None = None
    authority: Mode | None = None
    list_actions: dict[str, Action] | None = None  # all that differs from the catalogue
    rotation: Rotation = "off"  # of ``simulate``; a tenant's is set by PUT …/capacity


class NodeTable(Table, frozen=True, kw_only=True):
    name: Name
    host: Name | None = None
    host_key: Name | None = None
    port: Annotated[int, Meta(ge=1, le=65_535)] | None = None
    user: Name | None = None
    config_dir: Name | None = None
    pmta: Name | None = None
    authority: Mode | None = None


class DomainTable(Table, frozen=True, kw_only=True):
    domain: Name
    tenant: str
    selectors: Annotated[list[Name], Meta(min_length=1, max_length=20)] | None = None
    dkim_keys: Annotated[dict[str, Name], Meta(max_length=20)] | None = None
    mail_from: str | None = None
    helo: str | None = None
    purposes: Annotated[list[Name], Meta(max_length=20)] | None = None
    removed: bool = False


class IpTable(Table, frozen=True, kw_only=True):
    address: Name
    tenant: str
    purpose: str | None = None
    node: str | None = None
    hostname: str | None = None
    warmup: WarmupMode | None = None
    ladder: str | None = None
    caps: list[int] | None = None  # a table of its own, in place of a ladder by name
    stage_days: int | None = None  # of such a table
    active_per_day: int | None = None
    interpolation: Interpolation | None = None
    day_rule: DayRule | None = None
    server_id: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None  # of MailWizz
    removed: bool = False
    volume: str | int | None = None  # what is None is as in [traffic]
    bounce: Share | None = None
    block: Share | None = None
    complaint: Share | None = None
    deferral: Share | None = None


class ChatTable(Table, frozen=True, kw_only=True):
    chat: Name | int  # Telegram's number
    tenant: str | None = None
    platform: bool = False
    severity: Severity | None = None
    quiet: str | None = None
    quiet_tz: Name | None = None
    removed: bool = False


class FleetTable(Table, frozen=True, kw_only=True):
    tenants: list[TenantTable] = []
    nodes: list[NodeTable] = []
    domains: list[DomainTable] = []
    ips: list[IpTable] = []
    chats: list[ChatTable] = []
    start: date = START
    traffic: TrafficTable = TrafficTable()
