"""Block lists, as data: how each is asked, what its answers mean, and where its facts are from.

Whoever changes what an answer means raises CATALOGUE_VERSION: every look names the version that
judged it.
"""

from engine.rules.dnsbl_catalogue.block_list import (
    UNPUBLISHED_PER_DAY,
    BlockList,
    Catalogue,
    Code,
    Key,
    Kind,
    Severity,
)
from engine.rules.dnsbl_catalogue.chosen import catalogue, key
from engine.rules.dnsbl_catalogue.known import KNOWN, OFFERED
from engine.rules.dnsbl_catalogue.nine import (
    BARRACUDA,
    DEFAULT,
    PSBL,
    SORBS,
    SPAMCOP,
    UCEPROTECT,
)
from engine.rules.dnsbl_catalogue.settings import OwnList, Settings
from engine.rules.dnsbl_catalogue.spamhaus import DBL, PBL, SBL, XBL, ZEN, ZRD

CATALOGUE_VERSION = 2

__all__ = [
    "BARRACUDA",
    "CATALOGUE_VERSION",
    "DBL",
    "DEFAULT",
    "KNOWN",
    "OFFERED",
    "PBL",
    "PSBL",
    "SBL",
    "SORBS",
    "SPAMCOP",
    "UCEPROTECT",
    "UNPUBLISHED_PER_DAY",
    "XBL",
    "ZEN",
    "ZRD",
    "BlockList",
    "Catalogue",
    "Code",
    "Key",
    "Kind",
    "OwnList",
    "Settings",
    "Severity",
    "catalogue",
    "key",
]
