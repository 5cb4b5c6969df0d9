"""The tables of the configuration, and what each key may hold."""

from datetime import timedelta
from typing import Annotated, Literal

from msgspec import Meta, Struct

from engine.bot.access import Role
from engine.ids import EngineId, InstanceId, NodeId, TenantId, parse_slug
from engine.rules import dnsbl_catalogue
from engine.rules.nameserver import parse_nameserver
from engine.values.alert import Severity
from engine.values.authority import Mode
from engine.values.node_file import NodeOwn, OwnAccounting
from engine.values.traffic import Source
from engine.values.tuning import KEY_DIRS, Tuning

Durability = Literal["local", "synchronous", "managed"]
Port = Annotated[int, Meta(ge=1, le=65535)]


class _Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of the file."""


class Database(_Table, frozen=True, kw_only=True):
    dsn: str = ""  # "" and no dsn_file: an embedded Postgres in data_dir
    dsn_file: str = ""
    migrate_dsn: str = ""  # of the login that may change tables; "" and no file: dsn's may
    migrate_dsn_file: str = ""
    durability: Durability = "local"


class Api(_Table, frozen=True, kw_only=True):
    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] = 8025  # 0: any that is free
    proxies: tuple[str, ...] = ()  # addresses or networks of proxies that bring TLS to us
    connections: Annotated[int, Meta(ge=1)] = 500  # open at a time
    requests_per_minute: Annotated[int, Meta(ge=0)] = 3_000  # of one key; 0: any number
    refused_per_minute: Annotated[int, Meta(ge=0)] = 60  # of one address, without a good key


class Dns(_Table, frozen=True, kw_only=True):
    nameservers: tuple[str, ...] = ()  # "address" or "address:port"; (): the system's

    def __post_init__(self) -> None:
        for one in self.nameservers:
            parse_nameserver(one)


class Ssh(_Table, frozen=True, kw_only=True):
    key_file: str = ""


class Accounting(_Table, frozen=True, kw_only=True):
    directory: str = ""  # into which PowerMTA moves finished files
    http: bool = False  # PowerMTA posts its records to us; no files are read
    local: bool = False  # on this machine; else on the node, over SFTP
    own: bool = False  # an <acct-file> that the engine writes; what was counted goes after 3 days
    file: str = ""  # what PowerMTA writes it as; "" = beside the directory

    def __post_init__(self) -> None:
        """One way for each node, for what comes by two would be counted twice."""
        if self.http and (self.directory or self.local or self.own or self.file):
            raise ValueError("http = true reads no files: leave directory, local, own and file out")
        if not self.http and not self.directory:
            raise ValueError("name the directory into which finished files are moved, or http")


class Node(_Table, frozen=True, kw_only=True):
    host: str
    host_key: str
    port: Port = 22
    user: str = "email-engine"
    config_dir: str = "/etc/pmta"
    pmta: str = "/usr/sbin/pmta"
    authority: Mode = "act"
    accounting: Accounting | None = None
    key_dirs: tuple[str, ...] = KEY_DIRS  # in which tenants may name keys of DKIM


def node_file(node: Node, engine: EngineId) -> NodeOwn:
    """What the table asks for in the engine's own file there."""
    one = node.accounting
    if one is None or not one.own:
        return NodeOwn()
    directory = one.directory.rstrip("/")
    file = one.file or f"{directory.rpartition('/')[0]}/ee-{engine}.csv"
    return NodeOwn(OwnAccounting(file=file, move_to=directory))


class MailwizzApiTable(_Table, frozen=True, kw_only=True):
    base: str  # "https://host/api", or ".../api/index.php" without clean addresses
    key_file: str  # of 2.x; of 1.x the public key
    private_key_file: str = ""  # of 1.x, where requests are signed
    tenant: TenantId  # the customer whose key it is, so whose campaigns it shows


class MailwizzTable(_Table, frozen=True, kw_only=True):
    host: str = "127.0.0.1"
    port: Port = 3306
    socket: str = ""
    user: str
    password_file: str
    database: str
    prefix: str = "mw_"
    tenants: tuple[TenantId, ...] = ()  # who may name it; (): everybody
    api: MailwizzApiTable | None = None  # campaigns are read there


class Chat(_Table, frozen=True, kw_only=True):
    chat: str  # its number
    tenants: tuple[TenantId, ...] = ()  # whose alerts it gets; (): everybody's
    platform: bool = False  # nodes, zones and the engine itself too
    severity: Severity = "info"  # this and what is more urgent
    quiet: str = ""  # "22:00-07:00": what is not critical comes without a sound
    quiet_tz: str = "UTC"


class Alerts(_Table, frozen=True, kw_only=True):
    repeat_hours: Annotated[int, Meta(ge=0, le=168)] = 4  # until acknowledged; 0: told once
    storm_messages: Annotated[int, Meta(ge=2, le=50)] = 20  # to one chat; more become one
    storm_minutes: Annotated[int, Meta(ge=1, le=60)] = 10  # within which they are counted


class MailTo(_Table, frozen=True, kw_only=True):
    address: str
    tenants: tuple[TenantId, ...] = ()  # whose alerts it gets; (): everybody's
    platform: bool = False  # nodes, zones and the engine itself too
    severity: Severity = "warning"  # this and what is more urgent


class Mail(_Table, frozen=True, kw_only=True):
    """Where alerts go that no chat can take; never through an address that the engine watches."""

    server: str
    port: Port = 587
    tls: Literal["starttls", "tls", "none"] = "starttls"
    ca: str = ""  # a PEM file: who signed the server's certificate; "" = whom the system trusts
    user: str = ""
    password_file: str = ""
    sender: str
    to: tuple[MailTo, ...]
    after_minutes: Annotated[int, Meta(ge=0, le=1440)] = 10  # of a Telegram that reaches nobody

    def __post_init__(self) -> None:
        if bool(self.user) != bool(self.password_file):
            raise ValueError("user and password_file go together")
        if self.ca and self.tls == "none":
            raise ValueError("without TLS there is no certificate: set tls, or take out ca")
        if self.user and self.tls == "none":
            raise ValueError('a password is not sent in clear: set tls to "starttls" or "tls"')
        if not self.to:
            raise ValueError("to names nobody")


class User(_Table, frozen=True, kw_only=True):
    id: int  # Telegram's number
    role: Role


class Telegram(_Table, frozen=True, kw_only=True):
    token_file: str
    api_base: str = "https://api.telegram.org"
    chats: tuple[Chat, ...] = ()
    users: tuple[int | User, ...] = ()  # who may ask the bot; a bare number is an operator


class Times(_Table, frozen=True, kw_only=True):
    node_look_seconds: Annotated[int, Meta(ge=1)] = 60
    domain_check_hours: Annotated[int, Meta(ge=1)] = 24
    list_look_sooner_minutes: Annotated[int, Meta(ge=10, le=240)] = 60  # 240: nobody sooner
    accounting_minutes: Annotated[int, Meta(ge=1)] = 5


class Rollouts(_Table, frozen=True, kw_only=True):
    watch_minutes: Annotated[int, Meta(ge=0, le=1440)] = 10  # 0: what is done is believed
    change_percent: Annotated[int, Meta(ge=1, le=100)] = 20  # may go unasked; 100: all


class Smtp(_Table, frozen=True, kw_only=True):
    port: Annotated[int, Meta(ge=0, le=65535)] = 25  # of the nodes; 0: they are not asked


class Images(_Table, frozen=True, kw_only=True):
    every_events: Annotated[int, Meta(ge=1_000)] = 25_000


class Config(_Table, frozen=True, kw_only=True):
    engine_id: EngineId = EngineId("main")
    data_dir: Annotated[str, Meta(min_length=1)] = "/var/lib/email-engine"
    secrets_dir: str = ""  # passwords of SMTP users, a file each; "" = nobody logs in
    allow_reserved_addresses: bool = False
    database: Database = Database()
    api: Api = Api()
    dns: Dns = Dns()
    dnsbl: dnsbl_catalogue.Settings = dnsbl_catalogue.Settings()
    ssh: Ssh = Ssh()
    nodes: dict[NodeId, Node] = {}
    mailwizz: dict[InstanceId, MailwizzTable] = {}
    telegram: Telegram | None = None
    mail: Mail | None = None
    alerts: Alerts = Alerts()
    times: Times = Times()
    smtp: Smtp = Smtp()
    images: Images = Images()
    rollouts: Rollouts = Rollouts()

    def __post_init__(self) -> None:
        """The names of engine and nodes become names of files there, and of streams."""
        _is_slug("engine_id", self.engine_id)
        for node in self.nodes:
            _is_slug(f"[nodes.{node}]", node)

    def tuning(self) -> Tuning:
        return Tuning(
            node_look_every=timedelta(seconds=self.times.node_look_seconds),
            domain_check_every=timedelta(hours=self.times.domain_check_hours),
            list_look_sooner=timedelta(minutes=self.times.list_look_sooner_minutes),
            smtp_port=self.smtp.port,
            image_every=self.images.every_events,
            alert_repeat=timedelta(hours=self.alerts.repeat_hours),
            storm=self.alerts.storm_messages,
            storm_within=timedelta(minutes=self.alerts.storm_minutes),
            mail_after=timedelta(minutes=self.mail.after_minutes if self.mail else 0),
            campaigns={
                instance: table.api.tenant for instance, table in self.mailwizz.items() if table.api
            },
            accounting={
                node: _source(one)
                for node, table in self.nodes.items()
                if (one := table.accounting)
            },
            key_dirs={node: table.key_dirs for node, table in self.nodes.items()},
            passwords=bool(self.secrets_dir),
            accounting_every=timedelta(minutes=self.times.accounting_minutes),
            watch=timedelta(minutes=self.rollouts.watch_minutes),
            change_share=self.rollouts.change_percent / 100,
        )


def _is_slug(what: str, name: str) -> None:
    try:
        parse_slug(name)
    except ValueError as wrong:
        raise ValueError(f"{what}: {wrong}") from wrong


def _source(one: Accounting) -> Source:
    return Source(directory=one.directory.rstrip("/"), local=one.local, own=one.own, http=one.http)
