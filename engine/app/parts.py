"""The world, as ports."""

from collections.abc import Callable
from typing import NamedTuple

from engine.ids import EngineId, IpAddr
from engine.ports import (
    AccountingFiles,
    Campaigns,
    Clock,
    ConfigHistory,
    Fence,
    Greeter,
    Ids,
    Images,
    KeyMaker,
    Log,
    Mailer,
    Mailwizz,
    Messenger,
    NoKeys,
    NoSecrets,
    PmtaNode,
    ReadModels,
    Resolver,
    Secrets,
)
from engine.rules.dnsbl_catalogue import DEFAULT, Catalogue
from engine.runtime.perform import accounting, campaigns
from engine.runtime.perform.alert import Nobody, Routes, nowhere
from engine.runtime.perform.dnsbl_round import Bulk
from engine.runtime.perform.domain import NobodyGreets
from engine.runtime.perform.raising import Stepped, never
from engine.runtime.perform.resolver import Checks, nothing_wrong


class Parts(NamedTuple):
    """What an engine is given; what has a default is not there without it."""

    log: Log
    models: ReadModels
    images: Images
    clock: Clock
    ids: Ids
    resolver: Resolver
    pmta: PmtaNode
    mailwizz: Mailwizz
    messenger: Messenger
    chats: Routes
    fence: Callable[[], Fence]
    unused_ip: Callable[[], IpAddr]  # a public address that nobody ever sent from
    greeter: Greeter = NobodyGreets()
    mailer: Mailer = Nobody()
    mail: Routes = nowhere
    accounting: AccountingFiles = accounting.NoFiles()
    campaigns: Campaigns = campaigns.NoApi()
    history: ConfigHistory | None = None  # None: versions are kept in the log alone
    catalogue: Catalogue = DEFAULT  # of block lists
    bulk: Bulk | None = None  # many questions to the resolver's name server at once
    secrets: Secrets = NoSecrets()
    keys: KeyMaker = NoKeys()
    checks: Checks = nothing_wrong  # of the name servers that are asked
    stepped: Stepped = never  # the last time the clock was set
    engine_id: EngineId = EngineId("main")
    allow_reserved: bool = False  # documentation and private addresses are as good as others
