"""The configuration: one TOML file, overridden by the environment, secrets by reference only.

Unknown keys are errors that say what was meant.  ``EMAIL_ENGINE__API__PORT=8026`` overrides
``[api] port``.  A secret is named by a ``*_file`` key: a path, or ``credential:<name>`` for one
that systemd hands over in ``$CREDENTIALS_DIRECTORY``.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args

import msgspec
from msgspec import Meta, Struct

from engine.errors import StartRefused
from engine.ids import EngineId, InstanceId, NodeId, TenantId
from engine.rules import dnsbl_catalogue
from engine.rules.dnsbl_catalogue import Catalogue
from engine.values.authority import Mode
from engine.values.traffic import Source
from engine.values.tuning import KEY_DIRS, Tuning

PREFIX = "EMAIL_ENGINE__"
Durability = Literal["local", "synchronous", "managed"]
T = TypeVar("T")


class _Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of the file."""


class Database(_Table, frozen=True, kw_only=True):
    dsn: str = ""  # "" and no dsn_file: an embedded Postgres in data_dir
    dsn_file: str = ""
    durability: Durability = "local"


class Api(_Table, frozen=True, kw_only=True):
    host: str = "127.0.0.1"
    port: int = 8025


class Dns(_Table, frozen=True, kw_only=True):
    nameservers: tuple[str, ...] = ()  # "address" or "address:port"; (): the system's


class Ssh(_Table, frozen=True, kw_only=True):
    key_file: str = ""


class Accounting(_Table, frozen=True, kw_only=True):
    directory: str  # into which PowerMTA moves finished files
    local: bool = False  # on this machine; else on the node, over SFTP
    own: bool = False  # of the engine's own <acct-file>: what was counted is removed after 3 days


class Node(_Table, frozen=True, kw_only=True):
    host: str
    host_key: str
    port: int = 22
    user: str = "email-engine"
    config_dir: str = "/etc/pmta"
    pmta: str = "/usr/sbin/pmta"
    authority: Mode = "act"
    accounting: Accounting | None = None
    key_dirs: tuple[str, ...] = KEY_DIRS  # in which tenants may name keys of DKIM


class MailwizzTable(_Table, frozen=True, kw_only=True):
    host: str = "127.0.0.1"
    port: int = 3306
    socket: str = ""
    user: str
    password_file: str
    database: str
    prefix: str = "mw_"
    tenants: tuple[TenantId, ...] = ()  # who may name it; (): everybody


class Chat(_Table, frozen=True, kw_only=True):
    chat: str  # its number
    tenants: tuple[TenantId, ...] = ()  # whose alerts it gets; (): everybody's
    platform: bool = False  # nodes, zones and the engine itself too


class Telegram(_Table, frozen=True, kw_only=True):
    token_file: str
    api_base: str = "https://api.telegram.org"
    chats: tuple[Chat, ...] = ()
    users: tuple[int, ...] = ()  # who may ask the bot, by number


class Times(_Table, frozen=True, kw_only=True):
    node_look_seconds: int = 60
    domain_check_hours: Annotated[int, Meta(ge=1)] = 24
    list_look_sooner_minutes: Annotated[int, Meta(ge=10, le=240)] = 60  # 240: nobody sooner
    accounting_minutes: Annotated[int, Meta(ge=1)] = 5


class Smtp(_Table, frozen=True, kw_only=True):
    port: Annotated[int, Meta(ge=0, le=65535)] = 25  # of the nodes; 0: they are not asked


class Images(_Table, frozen=True, kw_only=True):
    every_events: Annotated[int, Meta(ge=1_000)] = 50_000


class Config(_Table, frozen=True, kw_only=True):
    engine_id: EngineId = EngineId("main")
    data_dir: str = "/var/lib/email-engine"
    allow_reserved_addresses: bool = False
    database: Database = Database()
    api: Api = Api()
    dns: Dns = Dns()
    dnsbl: dnsbl_catalogue.Settings = dnsbl_catalogue.Settings()
    ssh: Ssh = Ssh()
    nodes: dict[NodeId, Node] = {}
    mailwizz: dict[InstanceId, MailwizzTable] = {}
    telegram: Telegram | None = None
    times: Times = Times()
    smtp: Smtp = Smtp()
    images: Images = Images()

    def tuning(self) -> Tuning:
        return Tuning(
            node_look_every=timedelta(seconds=self.times.node_look_seconds),
            domain_check_every=timedelta(hours=self.times.domain_check_hours),
            list_look_sooner=timedelta(minutes=self.times.list_look_sooner_minutes),
            smtp_port=self.smtp.port,
            image_every=self.images.every_events,
            accounting={
                node: Source(directory=one.directory.rstrip("/"), local=one.local, own=one.own)
                for node, table in self.nodes.items()
                if (one := table.accounting)
            },
            key_dirs={node: table.key_dirs for node, table in self.nodes.items()},
            accounting_every=timedelta(minutes=self.times.accounting_minutes),
        )


def load(path: Path, environment: Mapping[str, str] | None = None) -> Config:
    """Raises StartRefused that names file, key and what was meant."""
    env = os.environ if environment is None else environment
    try:
        table = tomllib.loads(path.read_text())
    except OSError as problem:
        raise StartRefused(f"cannot read the configuration {path}: {problem.strerror}") from problem
    except tomllib.TOMLDecodeError as problem:
        raise StartRefused(f"{path} is not valid TOML: {problem}") from problem
    return read(overridden(table, env), str(path))


def read(table: Mapping[str, Any], where: str = "the configuration") -> Config:
    try:
        return msgspec.convert(table, Config)
    except msgspec.ValidationError as problem:
        raise StartRefused(f"{where}: {_meant(str(problem))}") from problem


def overridden(table: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """The table with the environment's values in it, read as TOML where they are TOML."""
    merged = dict(table)
    for name, text in sorted(environment.items()):
        if name.startswith(PREFIX):
            *tables, key = name.removeprefix(PREFIX).lower().split("__")
            place = merged
            for one in tables:
                place[one] = dict(place.get(one) or {})
                place = place[one]
            place[key] = _value(text)
    return merged


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


_UNKNOWN = re.compile(r"unknown field `([^`]+)`")


def _meant(problem: str) -> str:
    """msgspec names the unknown key; people also want to hear which one they meant."""
    found = _UNKNOWN.search(problem)
    if not found:
        return problem
    near = difflib.get_close_matches(found[1], sorted(_known_keys(Config)), n=1)
    said = problem.replace("Object contains unknown field", "there is no key")
    return f"{said}; did you mean `{near[0]}`?" if near else said


def _known_keys(kind: Any) -> set[str]:
    keys: set[str] = set()
    for one in (kind, *get_args(kind)):
        if isinstance(one, type) and issubclass(one, Struct):
            for field in msgspec.structs.fields(one):
                keys |= {field.name} | _known_keys(field.type)
        elif one is not kind:
            keys |= _known_keys(one)
    return keys


def secret(reference: str, environment: Mapping[str, str] | None = None) -> str:
    """The text of a ``*_file`` key, without the last newline; raises StartRefused."""
    env = os.environ if environment is None else environment
    path = Path(reference)
    if reference.startswith("credential:"):
        directory = env.get("CREDENTIALS_DIRECTORY")
        if not directory:
            raise StartRefused(f"{reference}: systemd handed over no credentials")
        path = Path(directory) / reference.removeprefix("credential:")
    try:
        return path.read_text().rstrip("\n")
    except OSError as problem:
        raise StartRefused(f"cannot read the secret {path}: {problem.strerror}") from problem


def block_lists(config: Config, environment: Mapping[str, str] | None = None) -> Catalogue:
    """The lists to watch, with their keys; raises StartRefused, which shows no key."""
    settings = config.dnsbl
    try:
        keys = {
            whose: dnsbl_catalogue.key(secret(place, environment), whose)
            for whose, place in settings.key_files()
        }
        return dnsbl_catalogue.catalogue(settings, keys)
    except ValueError as problem:
        raise StartRefused(f"[dnsbl]: {problem}") from problem


def notify_socket(environment: Mapping[str, str] | None = None) -> str:
    """Where systemd listens for READY=1; "" outside of it."""
    return (os.environ if environment is None else environment).get("NOTIFY_SOCKET", "")


def watchdog_s(environment: Mapping[str, str] | None = None) -> float:
    """Within how many seconds systemd wants a sign of life; 0 = it does not."""
    env = os.environ if environment is None else environment
    return int(env.get("WATCHDOG_USEC", "0")) / 1_000_000


def under_systemd(environment: Mapping[str, str] | None = None) -> bool:
    return "INVOCATION_ID" in (os.environ if environment is None else environment)
